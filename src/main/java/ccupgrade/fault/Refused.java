package ccupgrade.fault;

import org.jspecify.annotations.Nullable;

/** A gate says no: the release, the state or the request must change first. The thing refused is known and readable. */
public final class Refused extends Fault {

    public Refused(String message, @Nullable String remedy) {
        super(message, remedy, null);
    }

    public Refused(String message, @Nullable String remedy, @Nullable Throwable cause) {
        super(message, remedy, cause);
    }
}
