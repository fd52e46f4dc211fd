package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.Checkup;
import ccupgrade.upgrade.Finding;
import ccupgrade.upgrade.Finding.Level;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade doctor}. */
public final class DoctorCommand implements Declared {

    private final Console console;
    private final Session session;

    private final Argument<Boolean> deep =
            Argument.flag("look through databases of more than 5 GB as well, about 100 MB a second", "--deep");

    public DoctorCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "doctor",
                        "check now what could go wrong in the next upgrade",
                        "",
                        "Changes nothing, and may be run at any time. Ends with 0 when the next install would be let through, as far as that can be known without its file;"
                                + " warnings included."),
                deep);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        ProgressLine progress = new ProgressLine(console, session.surroundings().nanos());
        List<Finding> findings =
                new Checkup(session.deployment(), session.surroundings(), progress).findings(deep.isGiven());
        ExitCode code = codeOf(findings);
        if (console.isJson()) {
            console.json("checkup", new Document(code.number(), findings));
        } else {
            console.print(OutcomeView.table(findings));
        }
        return code;
    }

    private static ExitCode codeOf(List<Finding> findings) {
        if (findings.stream().anyMatch(finding -> finding.level() == Level.REFUSED)) {
            return ExitCode.REFUSED;
        }
        return findings.stream().anyMatch(finding -> finding.level() == Level.FAILED) ? ExitCode.FAILED : ExitCode.DONE;
    }

    /** The JSON of a checkup. */
    record Document(int exitCode, List<Finding> findings) {}
}
