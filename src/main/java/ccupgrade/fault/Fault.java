package ccupgrade.fault;

import org.jspecify.annotations.Nullable;

/** The root of all failures that a user reads. Its subclasses say whose turn it is; each has an exit code of its own. */
public abstract sealed class Fault extends Exception permits Misuse, Refused, Failed, Busy, NeedsOperator {

    private final @Nullable String remedy;

    Fault(String message, @Nullable String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    /** The way out, as a sentence or a command to run; null where the message says it all. */
    public @Nullable String remedy() {
        return remedy;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
