package ccupgrade.fault;

import org.jspecify.annotations.Nullable;

/** The command line or {@code ccupgrade.toml} is wrong: the caller's turn. Thrown before anything is touched. */
public final class Misuse extends Fault {

    public Misuse(String message, @Nullable String remedy) {
        super(message, remedy, null);
    }

    public Misuse(String message, @Nullable String remedy, @Nullable Throwable cause) {
        super(message, remedy, cause);
    }
}
