package ccupgrade.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation that has ended.
 *
 * @param number as its journal's
 * @param kind the command: {@code install}, {@code rollback}…
 * @param outcome a short text that programs may compare, such as {@code upgraded} or {@code taken back}
 * @param release the epoch of the release that it was about; null when it did not get that far
 * @param version of that release, where known
 * @param previous the epoch of the release that was current before; null when none was
 * @param downtime how long the service was away; null when it was not stopped
 * @param who user and terminal, or whatever tells a colleague whom to ask
 * @param message what a reader should know beyond the outcome
 * @param rehearsal what was measured; null unless it was a rehearsal that got so far; always null in a list
 * @param steps in the journal's order; always empty in a list
 * @param rows rows per table around a migration; always empty in a list
 */
public record OperationEntry(
        long number,
        String kind,
        Instant started,
        Instant ended,
        String outcome,
        @Nullable Long release,
        @Nullable String version,
        @Nullable Long previous,
        @Nullable Duration downtime,
        String who,
        @Nullable String message,
        @Nullable RehearsalEntry rehearsal,
        List<StepEntry> steps,
        List<RowEntry> rows) {

    public OperationEntry {
        steps = List.copyOf(steps);
        rows = List.copyOf(rows);
    }
}
