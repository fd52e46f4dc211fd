package ccupgrade.release;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;

/**
 * One stored release.
 *
 * @param epoch its name: Unix seconds of its installation, or more when that second was taken or the clock had been set back
 * @param file what is run: the read-only jar or executable in the releases' directory, or the executable inside the directory that the
 *     release is. The directory itself where nobody knows what is run of it.
 */
public record Release(long epoch, Path file, ReleaseRecord record) {

    public static final Comparator<Release> OLDEST_FIRST = (one, other) -> Long.compare(one.epoch, other.epoch);

    public String name() {
        return Long.toString(epoch);
    }

    /** The version where it has one, and the epoch: {@code 1.2 (1700000000)}. For messages. */
    public String label() {
        return record.version() == null ? name() : record.version() + " (" + name() + ")";
    }

    /** For a release that is a directory, that one; else the directory that its file lies in. */
    public Path directory() {
        if (record.kind() != Kind.DIRECTORY) {
            return Objects.requireNonNull(file.getParent());
        }
        return stored();
    }

    /** What has the release's name: the file or the directory. */
    public Path stored() {
        if (record.kind() != Kind.DIRECTORY || record.executable() == null) {
            return file;
        }
        Path directory = file;
        for (int level = Path.of(record.executable()).getNameCount(); level > 0; level--) {
            directory = Objects.requireNonNull(directory.getParent());
        }
        return directory;
    }
}
