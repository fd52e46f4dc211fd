package ccupgrade.fault;

import org.jspecify.annotations.Nullable;

/** No rule of ours leads on from here: somebody must look. Never used for anything milder. */
public final class NeedsOperator extends Fault {

    public NeedsOperator(String message, @Nullable String remedy) {
        super(message, remedy, null);
    }

    public NeedsOperator(String message, @Nullable String remedy, @Nullable Throwable cause) {
        super(message, remedy, cause);
    }
}
