package ccupgrade.fault;

import org.jspecify.annotations.Nullable;

/** Something outside did not do what it must: a file, a process, a service. The machine's turn, not the request's. */
public final class Failed extends Fault {

    public Failed(String message, @Nullable String remedy) {
        super(message, remedy, null);
    }

    public Failed(String message, @Nullable String remedy, @Nullable Throwable cause) {
        super(message, remedy, cause);
    }
}
