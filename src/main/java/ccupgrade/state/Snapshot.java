package ccupgrade.state;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A published, complete copy of the state.
 *
 * @param directory where it lies
 * @param release the epoch of the release whose state it is; null when there was none
 * @param operation the number of the operation that took it
 * @param reason for a reader: {@code before the install of 1790000000}
 */
public record Snapshot(
        String id,
        Path directory,
        @Nullable Long release,
        long operation,
        Instant taken,
        String reason,
        List<SavedDatabase> databases) {

    public Snapshot {
        databases = List.copyOf(databases);
    }

    /** Bytes of all copies. */
    public long size() {
        long size = 0;
        for (SavedDatabase database : databases) {
            SavedFile saved = database.saved();
            size += saved == null ? 0 : saved.size();
        }
        return size;
    }

    Path fileOf(SavedFile saved) {
        return directory.resolve(saved.file());
    }
}
