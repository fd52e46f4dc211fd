package ccupgrade.release;

import ccupgrade.disk.Disk;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of files in the releases' directory. Nobody else puts them together or takes them apart. */
final class ReleaseNames {

    private static final String JAR_SUFFIX = ".jar";
    private static final String RECORD_SUFFIX = ".json";
    private static final String LISTING_SUFFIX = ".sha256";

    /** Eleven digits last until the year 5138; longer numbers (20260131120000) are somebody's dates, no epochs. */
    private static final String EPOCH = "([1-9][0-9]{0,10})";

    private static final Pattern JAR = Pattern.compile(EPOCH + Pattern.quote(JAR_SUFFIX));

    /** A bare number of fewer digits is somebody's directory for a year or a day (20260131). */
    private static final Pattern BARE = Pattern.compile("([1-9][0-9]{8,10})");

    /** Also the temporary names that {@link Disk} makes for these: a dot before, something after. */
    private static final Pattern ANYTHING_OF_A_RELEASE = Pattern.compile("\\.?" + EPOCH + "(\\..*)?");

    private final Path directory;

    ReleaseNames(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    /** Where a release of this kind lies. */
    Path release(long epoch, Kind kind) {
        return kind == Kind.JAR ? jar(epoch) : bare(epoch);
    }

    /** Whatever has this release's name and can be one; a link is none. */
    Optional<Path> stored(long epoch) {
        if (Files.isRegularFile(jar(epoch), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(jar(epoch));
        }
        Path bare = bare(epoch);
        return Files.isRegularFile(bare, LinkOption.NOFOLLOW_LINKS)
                        || Files.isDirectory(bare, LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(bare)
                : Optional.empty();
    }

    /** All names that a release can have. */
    List<Path> possible(long epoch) {
        return List.of(jar(epoch), bare(epoch));
    }

    private Path jar(long epoch) {
        return directory.resolve(epoch + JAR_SUFFIX);
    }

    private Path bare(long epoch) {
        return directory.resolve(Long.toString(epoch));
    }

    Path record(long epoch) {
        return directory.resolve(epoch + RECORD_SUFFIX);
    }

    /** Of what came out of an archive: the SHA-256 of each file. */
    Path listing(long epoch) {
        return directory.resolve(epoch + LISTING_SUFFIX);
    }

    /** Of what was given, as it was given. */
    Path staging(long epoch) {
        return directory.resolve("." + epoch + ".given" + Disk.TEMPORARY_SUFFIX);
    }

    /** Of what was in it, when that is an archive. */
    Path unpacked(long epoch) {
        return directory.resolve("." + epoch + ".unpacked" + Disk.TEMPORARY_SUFFIX);
    }

    /** Of a directory that is being deleted: half a release must not look like one. */
    Path removed(long epoch) {
        return directory.resolve("." + epoch + ".removed" + Disk.TEMPORARY_SUFFIX);
    }

    /** The epoch when this is the name of a release. */
    static OptionalLong epochOfRelease(Path file) {
        OptionalLong epoch = epoch(JAR, file);
        return epoch.isPresent() ? epoch : epoch(BARE, file);
    }

    /** The epoch when this is the name of a release, its record or a leftover of it. */
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
