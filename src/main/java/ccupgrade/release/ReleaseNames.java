package ccupgrade.release;

import ccupgrade.disk.Disk;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of files in the releases' directory. Nobody else puts them together or takes them apart. */
final class ReleaseNames {

    private static final String RELEASE_SUFFIX = ".jar";
    private static final String RECORD_SUFFIX = ".json";

    /** Eleven digits last until the year 5138; longer numbers (20260131120000) are somebody's dates, no epochs. */
    private static final String EPOCH = "([1-9][0-9]{0,10})";

    private static final Pattern RELEASE = Pattern.compile(EPOCH + Pattern.quote(RELEASE_SUFFIX));

    /** Also the temporary names that {@link Disk} makes for these: a dot before, something after. */
    private static final Pattern ANYTHING_OF_A_RELEASE = Pattern.compile("\\.?" + EPOCH + "\\..*");

    private final Path directory;

    ReleaseNames(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    Path release(long epoch) {
        return directory.resolve(epoch + RELEASE_SUFFIX);
    }

    Path record(long epoch) {
        return directory.resolve(epoch + RECORD_SUFFIX);
    }

    Path staging(long epoch) {
        return directory.resolve("." + epoch + RELEASE_SUFFIX + Disk.TEMPORARY_SUFFIX);
    }

    /** The epoch when this is the name of a release's file. */
    static OptionalLong epochOfRelease(Path file) {
        return epoch(RELEASE, file);
    }

    /** The epoch when this is the name of a release's file, record or leftover. */
    static OptionalLong epochOfAnything(Path file) {
        return epoch(ANYTHING_OF_A_RELEASE, file);
    }

    private static OptionalLong epoch(Pattern pattern, Path file) {
        Path name = file.getFileName();
        if (name == null) {
            return OptionalLong.empty();
        }
        Matcher matcher = pattern.matcher(name.toString());
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }
}
