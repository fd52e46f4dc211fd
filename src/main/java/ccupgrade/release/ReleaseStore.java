package ccupgrade.release;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The releases' directory and the link. Verbs that change something are durable when they return, and may be repeated after a crash
 * at any point of theirs. Whoever changes something holds the deployment's lock; reading needs none.
 *
 * <p>A release comes into being in this order: {@link #nextEpoch}, {@link #stage}, inspection of the staged file, {@link #publish},
 * {@link #activate}. {@link #remove} undoes all but the last, whatever was reached.
 */
public final class ReleaseStore {

    /** Shorter prefixes of an epoch are more likely to be a version. */
    private static final int SHORTEST_PREFIX = 4;

    private static final int MOST_CANDIDATES = 10;

    private final ReleaseNames names;
    private final CurrentLink link;
    private final Layout layout;
    private final Disk disk;
    private final Clock clock;
    private final RecordFile recordFile = new RecordFile();

    /**
     * How the releases of a deployment lie.
     *
     * @param directory need not exist: that is an empty store, and {@link #stage} makes it
     * @param link inside the directory or anywhere else
     * @param linksDirectories whether the link names a release that is a directory, and not the executable in it
     * @param executable what is run of such a release, relative to it; null: the only candidate
     */
    public record Layout(
            Path directory,
            Path link,
            boolean linksDirectories,
            @Nullable String executable) {}

    public ReleaseStore(Layout layout, Disk disk, Clock clock) {
        this.layout = layout;
        this.names = new ReleaseNames(layout.directory());
        this.link = new CurrentLink(layout.link(), names, disk);
        this.disk = disk;
        this.clock = clock;
    }

    /**
     * All releases, oldest first. Passes over what is none: temporaries, records without a file, the link, foreign files. A release
     * that was put there by hand, or whose record is damaged, gets a record made up on the spot: untried, and in the second case
     * pinned, because it may have been.
     *
     * @throws Failed when a record is of a later format
     */
    public List<Release> list() throws Failed, IOException {
        List<Release> releases = new ArrayList<>();
        for (Path file : files()) {
            OptionalLong epoch = ReleaseNames.epochOfRelease(file);
            if (epoch.isPresent() && names.stored(epoch.getAsLong()).equals(Optional.of(file))) {
                releases.add(release(epoch.getAsLong(), file));
            }
        }
        releases.sort(Release.OLDEST_FIRST);
        return List.copyOf(releases);
    }

    public Optional<Release> find(long epoch) throws Failed, IOException {
        Optional<Path> stored = names.stored(epoch);
        return stored.isPresent() ? Optional.of(release(epoch, stored.get())) : Optional.empty();
    }

    /** @throws Failed when there is no such release */
    public Release get(long epoch) throws Failed, IOException {
        Optional<Release> found = find(epoch);
        if (found.isEmpty()) {
            throw missing(epoch);
        }
        return found.get();
    }

    /**
     * The release that a user means: an epoch, a version (a {@code v} before it is allowed), or the first four or more digits of an
     * epoch; tried in this order.
     */
    public Release resolve(String word) throws Refused, Failed, IOException {
        List<Release> all = list();
        String version = word.startsWith("v") ? word.substring(1) : word;
        List<Release> found = matching(all, release -> release.name().equals(word));
        if (found.isEmpty()) {
            found = matching(all, release -> {
                String its = release.record().version();
                return its != null && (its.equals(word) || its.equals(version) || its.equals("v" + version));
            });
        }
        if (found.isEmpty() && word.length() >= SHORTEST_PREFIX) {
            found = matching(all, release -> release.name().startsWith(word));
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.size() > 1) {
            throw new Refused(
                    "cannot tell which release " + word + " is: there are " + found.size() + " of it",
                    "name one by its number: " + labels(found));
        }
        throw new Refused(
                "cannot find release " + word + " in " + names.directory(),
                all.isEmpty() ? "install one: ccupgrade install FILE" : "name one of these: " + labels(all));
    }

    /**
     * The release that the link names; empty when there is no link.
     *
     * @throws Refused when there is something in the link's place that names no release: a file, a directory, a broken link, a link
     *     to elsewhere
     */
    public Optional<Release> current() throws Refused, Failed, IOException {
        OptionalLong epoch = link.epoch();
        return epoch.isPresent() ? find(epoch.getAsLong()) : Optional.empty();
    }

    /**
     * The name for the next release: the clock's second, or one more than the highest that was ever used and left a trace, whichever
     * is more. A clock that was set back can so neither collide nor disturb the order.
     */
    public long nextEpoch() throws IOException {
        long newest = 0;
        for (Path file : files()) {
            newest = Math.max(newest, ReleaseNames.epochOfAnything(file).orElse(0));
        }
        return Math.max(clock.instant().getEpochSecond(), newest + 1);
    }

    /** Where {@link #stage} puts a release before it is one. Follows from the epoch alone. */
    public Path stagingPath(long epoch) {
        return names.staging(epoch);
    }

    /** What is run of a stored release; for one that is not there, where it would lie if it were a jar. */
    public Path path(long epoch) throws Failed, IOException {
        Optional<Release> found = find(epoch);
        return found.isPresent() ? found.get().file() : names.release(epoch, Kind.JAR);
    }

    /** Where {@link #publish} puts a release of this kind. */
    public Path path(long epoch, Kind kind) {
        return names.release(epoch, kind);
    }

    /**
     * Copies a file to {@link #stagingPath}, over the leftover of an earlier attempt, and makes it readable for everybody and
     * writable for nobody: the service's user need not be the one who installs.
     *
     * @throws Failed when the source is not a readable file, or when the directory is full, read-only or not ours to write in; what
     *     was copied is removed again
     */
    public void stage(Path source, long epoch, Progress progress) throws Failed {
        GivenFile.check(source);
        Path staging = names.staging(epoch);
        try {
            disk.createDirectories(names.directory());
            disk.delete(staging);
            disk.copy(source, staging, progress);
            disk.setPermissions(staging, Unpacking.READ);
        } catch (AccessDeniedException e) {
            if (source.toString().equals(e.getFile())) {
                throw new Failed("cannot read " + source + ": permission denied", null, e);
            }
            throw afterRemoving(staging, cannotStore(epoch, e));
        } catch (IOException e) {
            throw afterRemoving(staging, cannotStore(epoch, e));
        }
    }

    /**
     * Finds out what was staged, and unpacks it beside when it is an archive.
     *
     * @param name of the file that was given, for messages
     * @throws Refused when it is nothing that could be a release
     */
    public Staged open(long epoch, String name, Progress progress) throws Refused, Failed, IOException {
        return new Opening(disk, layout.executable()).open(names.staging(epoch), name, names.unpacked(epoch), progress);
    }

    /**
     * Makes what was staged a release. The record is written first, so that there is no release without one. A repetition after a
     * crash finishes what the first attempt began.
     *
     * @throws Failed when the name is taken by another file, or the directory is full or read-only
     */
    public Release publish(long epoch, Staged staged, ReleaseRecord record, Progress progress) throws Failed {
        Path published = names.release(epoch, staged.kind());
        Path place = staged.place();
        try {
            boolean linked = isTaken(epoch) && isOne(published, place);
            if (isTaken(epoch) && !linked) {
                throw new FileAlreadyExistsException(published.toString());
            }
            if (staged.unpacked()) {
                disk.write(names.listing(epoch), Listing.of(place, String.valueOf(published.getFileName()), progress));
            }
            disk.write(names.record(epoch), recordFile.bytes(record));
            if (linked) {
                disk.delete(place);
            } else if (staged.kind() == Kind.DIRECTORY) {
                disk.move(place, published);
            } else {
                disk.publish(place, published);
            }
            disk.delete(names.staging(epoch));
            disk.deleteTree(names.unpacked(epoch));
        } catch (IOException e) {
            throw cannotStore(epoch, e);
        }
        return new Release(
                epoch, staged.executable() == null ? published : published.resolve(staged.executable()), record);
    }

    private boolean isTaken(long epoch) {
        return names.possible(epoch).stream().anyMatch(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS));
    }

    /** A crash between link and unlink leaves both names of one file. */
    private static boolean isOne(Path published, Path place) throws IOException {
        return Files.isRegularFile(published, LinkOption.NOFOLLOW_LINKS)
                && Files.exists(place)
                && Files.isSameFile(place, published);
    }

    /**
     * Makes a release of an executable that lies there already, and stays there: the release is a second name of the same file, or a copy
     * where that cannot be.
     *
     * @throws Failed when the name is taken, or the directory is full, read-only or not ours to write in
     */
    public Release adopt(Path file, long epoch, ReleaseRecord record) throws Failed {
        Path staging = names.staging(epoch);
        try {
            disk.createDirectories(names.directory());
            disk.delete(staging);
            try {
                disk.link(file, staging);
            } catch (IOException e) {
                // Another file system, or a file that is not ours to link to.
                disk.copy(file, staging, Progress.NONE);
                disk.makeReadOnly(staging);
            }
        } catch (IOException e) {
            throw afterRemoving(staging, cannotStore(epoch, e));
        }
        return publish(epoch, new Staged(record.kind(), staging, null, false), record, Progress.NONE);
    }

    /**
     * Removes a release, staged or published, and its record; a no-op when there is nothing of it.
     *
     * @throws Refused when the link names it
     */
    public void remove(long epoch) throws Refused, IOException {
        if (link.names(epoch)) {
            throw new Refused(
                    "cannot remove release " + epoch + ": it is the current one",
                    "make another one current first: ccupgrade rollback");
        }
        disk.delete(names.staging(epoch));
        disk.deleteTree(names.unpacked(epoch));
        // The record last: as long as the release is there, so is its verdict.
        for (Path release : names.possible(epoch)) {
            if (Files.isDirectory(release, LinkOption.NOFOLLOW_LINKS)) {
                disk.deleteTree(names.removed(epoch));
                disk.move(release, names.removed(epoch));
            } else {
                disk.delete(release);
            }
        }
        disk.delete(names.listing(epoch));
        disk.delete(names.record(epoch));
        sweep();
    }

    /** Replaces what is known of a release. */
    public void update(long epoch, ReleaseRecord record) throws Failed {
        if (names.stored(epoch).isEmpty()) {
            throw missing(epoch);
        }
        try {
            disk.write(names.record(epoch), recordFile.bytes(record));
            sweep();
        } catch (IOException e) {
            throw cannotStore(epoch, e);
        }
    }

    /** Removes what killed attempts to write a record or a link, or to remove a release, have left. Whoever calls holds the lock, and is not staging. */
    private void sweep() throws IOException {
        for (Path file : files()) {
            String name = String.valueOf(file.getFileName());
            if (name.startsWith(".") && name.endsWith(Disk.TEMPORARY_SUFFIX)) {
                disk.deleteTree(file);
            }
        }
    }

    /**
     * Points the link to a release by one rename; makes it when there is none.
     *
     * @throws Refused when something that is no link is in its place
     * @throws Failed when there is no such release: the link is left as it is
     */
    public void activate(long epoch) throws Refused, Failed, IOException {
        Release release = get(epoch);
        link.pointTo(layout.linksDirectories() ? release.stored() : release.file());
    }

    /** Removes the link: back to the time before the first release. A no-op when there is none. */
    public void deactivate() throws Refused, IOException {
        link.remove();
    }

    /**
     * What of a stored release is not as it was when it was installed: a line each, none when all is well. Reads all of it: a second per
     * GB. Of one that was put there by hand only what can be seen without knowing what it was.
     */
    public List<String> verify(Release release, Progress progress) throws Failed, IOException {
        List<String> differences = new ArrayList<>();
        ReleaseRecord record = release.record();
        Path stored = release.stored();
        Path listing = names.listing(release.epoch());
        if (Files.exists(listing)) {
            differences.addAll(Listing.compare(listing, stored, progress));
        } else if (record.sha256() != null && record.kind() == Kind.DIRECTORY) {
            differences.add(listing.getFileName() + " is missing, which lists its files");
        } else if (record.sha256() != null && !record.sha256().equals(Checksum.sha256(stored, progress))) {
            differences.add(stored.getFileName() + " was altered");
        }
        if (Files.isRegularFile(release.file())
                && !release.file().toString().endsWith(".jar")
                && !Files.getPosixFilePermissions(release.file()).contains(PosixFilePermission.OTHERS_EXECUTE)) {
            differences.add(layout.directory().relativize(release.file()) + " is not executable for everybody");
        }
        return differences;
    }

    /**
     * What a rollback goes to when nothing is named: the newest good release before the current one that nobody has gone back from. Empty
     * without a current one.
     */
    public Optional<Release> rollbackTarget() throws Refused, Failed, IOException {
        Optional<Release> current = current();
        if (current.isEmpty()) {
            return Optional.empty();
        }
        long limit = current.get().epoch();
        return list().stream()
                .filter(release -> release.epoch() < limit
                        && release.record().verdict() == Verdict.GOOD
                        && !release.record().withdrawn())
                .max(Release.OLDEST_FIRST);
    }

    private Release release(long epoch, Path stored) throws Failed, IOException {
        Path record = names.record(epoch);
        try {
            return release(epoch, stored, recordFile.read(record, Files.readAllBytes(record)));
        } catch (NoSuchFileException e) {
            return release(epoch, stored, MadeUpRecord.of(epoch, stored, layout.executable()));
        } catch (RecordFile.Damaged e) {
            ReleaseRecord madeUp = MadeUpRecord.of(epoch, stored, layout.executable())
                    .withPinned(true, null)
                    .withVerdict(Verdict.UNTRIED, "its record " + record + " is damaged: " + e.why());
            return release(epoch, stored, madeUp);
        }
    }

    private static Release release(long epoch, Path stored, ReleaseRecord record) {
        return new Release(epoch, record.executable() == null ? stored : stored.resolve(record.executable()), record);
    }

    private List<Path> files() throws IOException {
        if (!Files.exists(names.directory(), LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(names.directory())) {
            return files.toList();
        }
    }

    private static List<Release> matching(List<Release> all, Predicate<Release> wanted) {
        return all.stream().filter(wanted).toList();
    }

    /** The newest ones first, because one of them is usually meant. */
    private static String labels(List<Release> releases) {
        String text = releases.stream()
                .sorted(Release.OLDEST_FIRST.reversed())
                .limit(MOST_CANDIDATES)
                .map(Release::label)
                .collect(Collectors.joining(", "));
        return releases.size() > MOST_CANDIDATES ? text + ", …" : text;
    }

    private Failed missing(long epoch) {
        return new Failed(
                "cannot find release " + epoch + " in " + names.directory(), "see what is there: ccupgrade list");
    }

    private Failed cannotStore(long epoch, IOException cause) {
        return new Failed(
                "cannot store release " + epoch + " in " + names.directory(),
                "see that the directory's file system is writable and has room: df -h " + names.directory(),
                cause);
    }

    private Failed afterRemoving(Path staging, Failed failure) {
        try {
            disk.delete(staging);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }
}
