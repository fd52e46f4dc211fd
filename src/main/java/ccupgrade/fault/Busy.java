package ccupgrade.fault;

import org.jspecify.annotations.Nullable;

/** Another operation holds the deployment. Waiting helps. */
public final class Busy extends Fault {

    public Busy(String message, @Nullable String remedy) {
        super(message, remedy, null);
    }

    public Busy(String message, @Nullable String remedy, @Nullable Throwable cause) {
        super(message, remedy, cause);
    }
}
