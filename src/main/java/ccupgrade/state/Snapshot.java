package ccupgrade.state;

import ccupgrade.disk.Disk;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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

    /** Bytes that all copies take. */
    public long size() {
        long size = 0;
        for (SavedDatabase database : databases) {
            SavedFile saved = database.saved();
            size += saved == null ? 0 : saved.sizeOnDisk();
        }
        return size;
    }

    Path fileOf(SavedFile saved) {
        return directory.resolve(saved.file());
    }

    Path compressedFileOf(SavedFile saved) {
        return directory.resolve(saved.file() + ".zst");
    }

    /** A copy of the copy, uncompressed, that a restore uses up while the snapshot stays. */
    Path spareOf(SavedFile saved) {
        return directory.resolve(saved.file() + ".spare");
    }

    /** What becomes the spare when it is whole. */
    Path unfinishedSpareOf(SavedFile saved) {
        return directory.resolve("." + saved.file() + Disk.TEMPORARY_SUFFIX);
    }

    Snapshot completed(Instant now, List<SavedDatabase> saved) {
        Instant shown = now.truncatedTo(ChronoUnit.MILLIS);
        return new Snapshot(id, directory, release, operation, shown, reason, saved);
    }

    Snapshot with(List<SavedDatabase> changed) {
        return new Snapshot(id, directory, release, operation, taken, reason, changed);
    }

    Snapshot with(int index, SavedFile saved) {
        List<SavedDatabase> changed = new ArrayList<>(databases);
        changed.set(index, new SavedDatabase(databases.get(index).path(), saved));
        return with(changed);
    }
}
