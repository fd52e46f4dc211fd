package ccupgrade.ledger;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One time that a step was done, undone or finished.
 *
 * @param position in the operation's plan; the same for the doing and the undoing
 * @param phase {@code do}, {@code undo} or {@code finish}
 * @param result {@code done}, {@code failed} or {@code interrupted}
 * @param took null when it did not end
 */
public record StepEntry(
        int position,
        String name,
        String phase,
        String result,
        @Nullable Duration took,
        @Nullable String message) {}
