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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The releases' directory and the link. Verbs that change something are durable when they return, and may be repeated after a crash
 * at any point of theirs. Whoever changes something holds the deployment's lock; reading needs none.
 *
 * <p>A release comes into being in this order: {@link #nextEpoch}, {@link #stage}, inspection of the staged file, {@link #publish},
 * {@link #activate}. {@link #remove} undoes all but the last, whatever was reached.
 */
public final class ReleaseStore {

    /** The service's user, who need not be the one who installs, must be able to read it; nobody needs to write. */
    private static final Set<PosixFilePermission> PUBLISHED = PosixFilePermissions.fromString("r--r--r--");

    /** Shorter prefixes of an epoch are more likely to be a version. */
    private static final int SHORTEST_PREFIX = 4;

    private static final int MOST_CANDIDATES = 10;

    private final ReleaseNames names;
    private final CurrentLink link;
    private final Disk disk;
    private final Clock clock;
    private final RecordFile recordFile = new RecordFile();

    /**
     * @param directory need not exist: that is an empty store, and {@link #stage} makes it
     * @param link inside the directory or anywhere else
     */
    public ReleaseStore(Path directory, Path link, Disk disk, Clock clock) {
        this.names = new ReleaseNames(directory);
        this.link = new CurrentLink(link, names, disk);
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
            if (epoch.isPresent() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                releases.add(release(epoch.getAsLong()));
            }
        }
        releases.sort(Comparator.comparingLong(Release::epoch));
        return List.copyOf(releases);
    }

    public Optional<Release> find(long epoch) throws Failed, IOException {
        return Files.isRegularFile(names.release(epoch), LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(release(epoch))
                : Optional.empty();
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
                all.isEmpty() ? "install one: ccupgrade install JAR" : "name one of these: " + labels(all));
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

    /** Where {@link #publish} puts it. */
    public Path path(long epoch) {
        return names.release(epoch);
    }

    /**
     * Copies a file to {@link #stagingPath}, over the leftover of an earlier attempt, and makes it readable for everybody and
     * writable for nobody.
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
            disk.setPermissions(staging, PUBLISHED);
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
     * Makes the staged file a release. The record is written first, so that there is no release without one. A repetition after a
     * crash finishes what the first attempt began.
     *
     * @throws Failed when the name is taken by another file, or the directory is full or read-only
     */
    public Release publish(long epoch, ReleaseRecord record) throws Failed {
        Path staging = names.staging(epoch);
        Path file = names.release(epoch);
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                // A crash between link and unlink leaves both names of one file.
                if (!Files.exists(staging) || !Files.isSameFile(staging, file)) {
                    throw new FileAlreadyExistsException(file.toString());
                }
                disk.write(names.record(epoch), recordFile.bytes(record));
                disk.delete(staging);
            } else {
                disk.write(names.record(epoch), recordFile.bytes(record));
                disk.publish(staging, file);
            }
        } catch (IOException e) {
            throw cannotStore(epoch, e);
        }
        return new Release(epoch, file, record);
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
        return publish(epoch, record);
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
        // The record last: as long as the file is there, so is its verdict.
        disk.delete(names.release(epoch));
        disk.delete(names.record(epoch));
        sweep();
    }

    /** Replaces what is known of a release. */
    public void update(long epoch, ReleaseRecord record) throws Failed {
        if (!Files.exists(names.release(epoch))) {
            throw missing(epoch);
        }
        try {
            disk.write(names.record(epoch), recordFile.bytes(record));
            sweep();
        } catch (IOException e) {
            throw cannotStore(epoch, e);
        }
    }

    /** Removes what killed attempts to write a record or a link have left. Whoever calls holds the lock, and is not staging. */
    private void sweep() throws IOException {
        for (Path file : files()) {
            String name = String.valueOf(file.getFileName());
            if (name.startsWith(".") && name.endsWith(Disk.TEMPORARY_SUFFIX)) {
                disk.delete(file);
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
        if (!Files.isRegularFile(names.release(epoch))) {
            throw missing(epoch);
        }
        link.pointTo(names.release(epoch));
    }

    /** Removes the link: back to the time before the first release. A no-op when there is none. */
    public void deactivate() throws Refused, IOException {
        link.remove();
    }

    /** The newest release with these bytes. Releases put there by hand are read to find out: a second per GB. */
    public Optional<Release> withSha256(String sha256) throws Failed, IOException {
        List<Release> all = list();
        for (int i = all.size() - 1; i >= 0; i--) {
            Release release = all.get(i);
            String known = release.record().sha256();
            String its = known != null ? known : Checksum.sha256(release.file(), Progress.NONE);
            if (its.equals(sha256)) {
                return Optional.of(release);
            }
        }
        return Optional.empty();
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
                .max(Comparator.comparingLong(Release::epoch));
    }

    private Release release(long epoch) throws Failed, IOException {
        Path file = names.release(epoch);
        Path record = names.record(epoch);
        try {
            return new Release(epoch, file, recordFile.read(record, Files.readAllBytes(record)));
        } catch (NoSuchFileException e) {
            return new Release(epoch, file, madeUp(epoch, file));
        } catch (RecordFile.Damaged e) {
            ReleaseRecord madeUp = madeUp(epoch, file)
                    .withPinned(true)
                    .withVerdict(Verdict.UNTRIED, "its record " + record + " is damaged: " + e.why());
            return new Release(epoch, file, madeUp);
        }
    }

    private static ReleaseRecord madeUp(long epoch, Path file) throws IOException {
        JarTitle title = JarTitle.ofAdopted(file);
        return new ReleaseRecord(
                title.title(),
                title.version(),
                null,
                Files.size(file),
                String.valueOf(file.getFileName()),
                Instant.ofEpochSecond(epoch),
                Verdict.UNTRIED,
                null,
                false,
                false,
                null,
                Kind.JAR,
                null,
                Supported.UNKNOWN);
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
                .sorted(Comparator.comparingLong(Release::epoch).reversed())
                .limit(MOST_CANDIDATES)
                .map(Release::label)
                .collect(Collectors.joining(", "));
        return releases.size() > MOST_CANDIDATES ? text + ", …" : text;
    }

    private Failed missing(long epoch) {
        return new Failed(
                "cannot find release " + epoch + ": there is no " + names.release(epoch),
                "see what is there: ccupgrade list");
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
