package ccupgrade.cli;

import ccupgrade.fault.Busy;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.fault.Refused;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** What a command ends with. Scripts rely on the numbers: they never change their meaning. */
public enum ExitCode {
    DONE(0, "done, or nothing to do"),
    FAILED(1, "failed before anything was changed"),
    USAGE(2, "wrong command line or ccupgrade.toml"),
    REFUSED(3, "refused by a check; nothing was changed"),
    TAKEN_BACK(4, "failed, and everything was taken back"),
    NEEDS_OPERATOR(5, "failed, and somebody must look: see what it says"),
    BUSY(6, "another operation holds the deployment");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    /** What the number tells, as the help prints it. */
    public String meaning() {
        return meaning;
    }

    /**
     * The code of a failure that passed every undo: whoever knows that something had been changed and was taken back says {@link #TAKEN_BACK}
     * itself. Whatever is no fault of ours (an {@code IOException}, a bug) is {@link #FAILED}.
     */
    public static ExitCode of(Throwable failure) {
        if (failure instanceof Fault fault) {
            return ofFault(fault);
        }
        boolean wraps = failure instanceof ExecutionException || failure instanceof InvocationTargetException;
        return wraps && failure.getCause() != null ? of(failure.getCause()) : FAILED;
    }

    private static ExitCode ofFault(Fault fault) {
        if (fault instanceof Misuse) {
            return USAGE;
        }
        if (fault instanceof Refused) {
            return REFUSED;
        }
        if (fault instanceof Busy) {
            return BUSY;
        }
        return fault instanceof NeedsOperator ? NEEDS_OPERATOR : FAILED;
    }

    /** All codes with their meanings, a line each. */
    static List<String> help() {
        List<String> lines = new ArrayList<>();
        for (ExitCode code : values()) {
            lines.add("  " + code.number + "  " + code.meaning);
        }
        return lines;
    }
}
