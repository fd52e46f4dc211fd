package ccupgrade.saga;

import ccupgrade.fault.Busy;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Why a step did not succeed, as the journal keeps it.
 *
 * @param step the step's name
 * @param message the whole chain of causes; further lines are evidence, such as a program's last words
 * @param remedy the way out, or null
 */
public record Failure(
        String step, Kind kind, String message, @Nullable String remedy) {

    /** Whose turn it is, after {@link Fault}'s subclasses, and two that are nobody's fault. */
    public enum Kind {
        MISUSE,
        REFUSED,
        FAILED,
        BUSY,
        NEEDS_OPERATOR,
        /** Somebody asked the operation to stop. */
        CANCELLED,
        /** A defect of ours. */
        DEFECT
    }

    static Failure of(String step, Throwable cause) {
        String remedy = cause instanceof Fault fault ? fault.remedy() : null;
        return new Failure(step, kindOf(cause), messageOf(cause), remedy);
    }

    private static Kind kindOf(Throwable cause) {
        if (cause instanceof Fault fault) {
            return kindOfFault(fault);
        }
        if (cause instanceof InterruptedException) {
            return Kind.CANCELLED;
        }
        return cause instanceof IOException ? Kind.FAILED : Kind.DEFECT;
    }

    private static Kind kindOfFault(Fault fault) {
        if (fault instanceof Misuse) {
            return Kind.MISUSE;
        }
        if (fault instanceof Refused) {
            return Kind.REFUSED;
        }
        if (fault instanceof Busy) {
            return Kind.BUSY;
        }
        if (fault instanceof NeedsOperator) {
            return Kind.NEEDS_OPERATOR;
        }
        assert fault instanceof Failed;
        return Kind.FAILED;
    }

    /** A failure's message and those of its causes; in one line, but for evidence that a message brings along below its first. */
    public static String messageOf(Throwable failure) {
        StringBuilder line = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String said = ownMessageOf(cause);
            if (line.indexOf(said) < 0) {
                line.append(line.isEmpty() ? "" : ": ").append(said);
            }
        }
        return line.toString();
    }

    /** The JDK's file errors have the bare path as their message; say what is the matter with it. */
    private static String ownMessageOf(Throwable cause) {
        if (cause instanceof NoSuchFileException missing && missing.getReason() == null) {
            return missing.getFile() + ": no such file or directory";
        }
        if (cause instanceof AccessDeniedException denied && denied.getReason() == null) {
            return denied.getFile() + ": permission denied";
        }
        if (cause instanceof FileSystemException || cause instanceof Fault) {
            return String.valueOf(cause.getMessage());
        }
        if (cause instanceof InterruptedException) {
            return "stopped on request";
        }
        String message = cause.getMessage();
        if (cause instanceof IOException && message != null) {
            return message;
        }
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
