package ccupgrade.upgrade;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Kind;
import ccupgrade.release.Staged;
import ccupgrade.service.Isolation;
import ccupgrade.state.ArchiveVersion;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A directory that a release takes for the deployment's home: copies of the databases and of the small files that lie in the home; what
 * is larger is shown as it is, for reading only. The archive is there through a layer that takes what is written to it, where the kernel
 * can do that; then it, too, can be migrated without being touched.
 *
 * <p>Where the kernel lets us, the release sees it <em>in the place</em> of the home, by a mount of its own: then not even an absolute path
 * leads to the live databases. Elsewhere it is started in it, what it is told names it, and somebody has to watch what it opens.
 */
final class StandIn {

    private final Site site;
    private final Path directory;
    private final Isolation isolation;
    private final Furnishing furnishing;

    /** Over the archive; null where there is none or none can be laid. */
    private Isolation.@Nullable Layer layer;

    /** Relative to the home; null until it was taken in. */
    private @Nullable Staged release;

    StandIn(Site site, long operation, Isolation isolation) {
        this.site = site;
        this.directory = site.deployment().operation(operation).resolve("stand-in");
        this.isolation = isolation;
        this.furnishing = new Furnishing(site, home(), isolation.isPossible());
    }

    /** All of it lies here. */
    Path directory() {
        return directory;
    }

    private Path home() {
        return directory.resolve("home");
    }

    /** Where the copy of a live database lies. */
    Path copyOf(Path database) throws IOException {
        Path real = real(database);
        Path liveHome = site.deployment().home().toRealPath();
        if (real.startsWith(liveHome)) {
            return home().resolve(liveHome.relativize(real));
        }
        return elsewhere(outside().indexOf(real.getParent())).resolve(real.getFileName());
    }

    private Path elsewhere(int number) {
        return directory.resolve("elsewhere").resolve(Integer.toString(number));
    }

    /** Where the copy of a configuration file lies; empty for one outside of the home, which is seen as it is. */
    Optional<Path> copyOfFile(Path file) throws IOException {
        Path home = site.deployment().home();
        if (!file.startsWith(home)) {
            return Optional.empty();
        }
        return Optional.of(home().resolve(home.relativize(file)));
    }

    /** As the release is to call the copy. */
    Path seenAs(Path database) throws IOException {
        return isolation.isPossible() ? database : copyOf(database);
    }

    /** As the release is to call the home. */
    Path seenHome() {
        return isolation.isPossible() ? site.deployment().home() : home();
    }

    /** What is mounted over what, the home last: it hides where the others lie. */
    private Map<Path, Path> covers() throws IOException {
        Map<Path, Path> covers = new LinkedHashMap<>();
        List<Path> outside = outside();
        for (int i = 0; i < outside.size(); i++) {
            covers.put(elsewhere(i), outside.get(i));
        }
        if (layer != null && layer.place().equals(ownPlaceOfArchive())) {
            covers.put(layer.place(), realArchive());
        }
        covers.put(home(), site.deployment().home().toRealPath());
        return covers;
    }

    /** Directories of databases outside the home, each once. */
    private List<Path> outside() throws IOException {
        Path liveHome = site.deployment().home().toRealPath();
        List<Path> outside = new ArrayList<>();
        for (Path database : site.databases()) {
            Path real = real(database);
            if (!real.startsWith(liveHome) && !outside.contains(real.getParent())) {
                outside.add(Objects.requireNonNull(real.getParent()));
            }
        }
        return outside;
    }

    private Path realArchive() throws IOException {
        return Objects.requireNonNull(site.archive(), "no archive").toRealPath();
    }

    private Path ownPlaceOfArchive() {
        return directory.resolve("elsewhere").resolve("archive");
    }

    /** Where the archive is to be seen before the covers are there: in the one that covers its own place, if it is in any. */
    private Path placeOfArchive() throws IOException {
        Path live = realArchive();
        Path liveHome = site.deployment().home().toRealPath();
        if (live.startsWith(liveHome)) {
            return home().resolve(liveHome.relativize(live));
        }
        List<Path> outside = outside();
        for (int i = 0; i < outside.size(); i++) {
            if (live.startsWith(outside.get(i))) {
                return elsewhere(i).resolve(outside.get(i).relativize(live));
            }
        }
        return ownPlaceOfArchive();
    }

    private void layArchive() throws IOException, InterruptedException {
        Path live = realArchive();
        Path own = directory.resolve("layer");
        Isolation.Layer over = new Isolation.Layer(own, placeOfArchive());
        furnishing.makeLike(live, over.place());
        furnishing.makeLike(live, own.resolve(Isolation.Layer.UPPER));
        site.disk().replaceLink(own.resolve(Isolation.Layer.LOWER), live);
        if (isolation.canLay(over, site.surroundings().environment())) {
            layer = over;
        } else {
            site.disk().deleteTree(over.place());
        }
    }

    /** Whether the archive can be migrated here. */
    boolean hasArchive() {
        return layer != null;
    }

    /** Why it cannot, for a reader. */
    String whyNoArchive() {
        return isolation.canLay()
                ? "no layer (overlay) can be laid over it here that would keep it untouched"
                : "to keep it untouched meanwhile, ccupgrade has to run as root";
    }

    private Path written() {
        return Objects.requireNonNull(layer, "the archive is not here")
                .directory()
                .resolve(Isolation.Layer.UPPER);
    }

    /** The version of the archive as the release sees it now; empty when it keeps none. */
    Optional<Long> archiveVersion(String versionFile) throws Fault, IOException {
        boolean isWritten = Files.exists(written().resolve(versionFile), LinkOption.NOFOLLOW_LINKS);
        return ArchiveVersion.read(isWritten ? written() : realArchive(), versionFile);
    }

    /** Bytes of all files of the archive that were written to. */
    long archiveWritten() throws IOException {
        return sizeOf(written(), null);
    }

    static Path real(Path database) throws IOException {
        return Files.exists(database) ? database.toRealPath() : database.toAbsolutePath();
    }

    /** Makes the directories, and copies what is small. The databases are for the caller to copy. */
    void furnish(List<String> notes) throws IOException, InterruptedException {
        site.disk().createDirectories(home());
        for (Path database : site.databases()) {
            site.disk()
                    .createDirectories(Objects.requireNonNull(copyOf(database).getParent()));
        }
        List<Path> outside = outside();
        for (int i = 0; i < outside.size(); i++) {
            if (Files.isDirectory(outside.get(i))) {
                furnishing.makeLike(outside.get(i), elsewhere(i));
            }
        }
        Path archive = site.archive();
        Path shown = archive != null && Files.isDirectory(archive) ? archive.toRealPath() : null;
        if (shown != null) {
            layArchive();
        }
        furnishing.furnish(shown, layer != null, directory, notes);
    }

    /**
     * Copies the release to where the stand-in's own releases would lie.
     *
     * @param sha256 of the file when it was looked at
     */
    void takeIn(Path source, String sha256) throws Fault, IOException {
        Path given = directory.resolve("given");
        site.disk().createDirectories(directory);
        site.disk().copy(source, given, Progress.NONE);
        site.disk().setPermissions(given, PosixFilePermissions.fromString("r--r--r--"));
        if (!Checksum.sha256(given, Progress.NONE).equals(sha256)) {
            throw new Refused(
                    "cannot rehearse " + source.getFileName() + ": somebody replaced it just now",
                    "rehearse it again: ccupgrade rehearse " + source);
        }
        Staged staged = site.opening()
                .open(given, String.valueOf(source.getFileName()), directory.resolve("unpacked"), Progress.NONE);
        Path releases = home().resolve("releases");
        site.disk().createDirectories(releases);
        furnishing.giveAway(releases, releases, 0755);
        Path place = releases.resolve(staged.kind() == Kind.JAR ? "rehearsed.jar" : "rehearsed");
        site.disk().move(staged.place(), place);
        release = new Staged(staged.kind(), place, staged.executable(), staged.unpacked());
    }

    /** What is run, as the release itself is to call it. */
    Path release() {
        return seenHome().resolve(home().relativize(taken().file()));
    }

    /** The directory that it is, or lies in, by its name for us. */
    Path releaseDirectory() {
        return taken().directory();
    }

    private Staged taken() {
        return Objects.requireNonNull(release, "nothing was taken in");
    }

    /**
     * The command, with the stand-in in the place of the home where that can be done.
     *
     * @param directory where it is to run, by its live name
     */
    List<String> argv(List<String> command, Path directory) throws Fault, IOException, InterruptedException {
        return isolation.isPossible() ? isolation.covered(layer, covers(), directory, command) : command;
    }

    /** The directory to start a command in that is to run in a directory of the live home, or of elsewhere. */
    Path workingDirectory(Path directory) throws IOException {
        Path liveHome = site.deployment().home().toRealPath();
        Path real = Files.exists(directory) ? directory.toRealPath() : directory;
        if (isolation.isPossible() || real.equals(liveHome)) {
            return home();
        }
        return real.startsWith(liveHome) ? home().resolve(liveHome.relativize(real)) : directory;
    }

    /** Bytes of all files that are there now, but for what was written to the archive: that may be millions of files. */
    long size() throws IOException {
        return sizeOf(directory, layer == null ? null : layer.directory());
    }

    private static long sizeOf(Path tree, @Nullable Path without) throws IOException {
        long[] sum = {0};
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) {
                return found.equals(without) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) {
                sum[0] += attributes.isRegularFile() ? attributes.size() : 0;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path found, IOException e) {
                // A temporary file that went away while we looked.
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path found, @Nullable IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return sum[0];
    }

    /** Bytes of the copies' logs. */
    long logSize() throws IOException {
        long sum = 0;
        for (Path database : site.databases()) {
            Path copy = copyOf(database);
            sum += sizeOf(copy.resolveSibling(copy.getFileName() + "-wal"));
        }
        return sum;
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    void remove() throws IOException {
        site.disk().deleteTree(directory);
    }
}
