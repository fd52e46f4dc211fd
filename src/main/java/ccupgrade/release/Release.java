package ccupgrade.release;

import java.nio.file.Path;

/**
 * One stored release.
 *
 * @param epoch its name: Unix seconds of its installation, or more when that second was taken or the clock had been set back
 * @param file the read-only jar, in the releases' directory
 */
public record Release(long epoch, Path file, ReleaseRecord record) {

    public String name() {
        return Long.toString(epoch);
    }

    /** The version where it has one, and the epoch: {@code 1.2 (1700000000)}. For messages. */
    public String label() {
        return record.version() == null ? name() : record.version() + " (" + name() + ")";
    }
}
