package ccupgrade.upgrade;

import ccupgrade.ledger.OperationEntry;
import ccupgrade.saga.Failure;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one operation. All but the entry comes from its journal and is null, or empty, when that was cleared away.
 *
 * @param failure why it turned back; null when it did not, or when a crash left no time to say
 * @param source the file that was to be installed; null when none was
 * @param schemaBefore for a reader; null when the operation did not get so far
 * @param schemaAfter likewise
 * @param snapshot the identifier of the snapshot that it took; null when it took none, or removed it again
 * @param stopped when the service was stopped; null when it was not
 * @param evidence where the state lies that it took out of service; null when there is none
 * @param migrationOutput all that the migration said, the last one of several; null when none was run
 * @param lastOutput the end of it, line by line
 */
public record OperationDetail(
        OperationEntry entry,
        @Nullable Failure failure,
        List<String> warnings,
        @Nullable String source,
        @Nullable String schemaBefore,
        @Nullable String schemaAfter,
        @Nullable String snapshot,
        @Nullable Instant stopped,
        @Nullable Path evidence,
        @Nullable Path journal,
        @Nullable Path migrationOutput,
        List<String> lastOutput) {

    public OperationDetail {
        warnings = List.copyOf(warnings);
        lastOutput = List.copyOf(lastOutput);
    }
}
