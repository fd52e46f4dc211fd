package ccupgrade.state;

import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.disk.Sizes;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a deployment, a directory each. One is published by a single rename, when it is complete, verified and durable, and
 * disappears by one; what is found under a hidden temporary name is a crash's leftover.
 *
 * <p>One caller at a time: the deployment's lock is the caller's.
 */
public final class SnapshotStore {

    /** What the manifest, directories and a growing neighbour may need besides. */
    private static final long MARGIN = 32L << 20;

    /** Bytes that may still be written below a directory. */
    interface FreeSpace {
        long in(Path directory) throws IOException;
    }

    /**
     * What a test makes otherwise.
     *
     * @param small bytes of databases that are copied within the downtime: so much is copied and synced in less time than what a hot
     *     copy takes besides
     */
    record Terms(FreeSpace freeSpace, long small) {

        static final Terms USUAL = new Terms(place -> Files.getFileStore(place).getUsableSpace(), 16L << 20);
    }

    private final Path directory;
    private final Path home;
    private final Disk disk;
    private final DatabaseReader reader;
    private final Clock clock;
    private final Terms terms;

    /**
     * @param directory made when needed; on the databases' file system a restore is a rename
     * @param home what the manifests name databases relative to
     */
    public SnapshotStore(Path directory, Path home, Disk disk, DatabaseReader reader, Clock clock) {
        this(directory, home, disk, reader, clock, Terms.USUAL);
    }

    SnapshotStore(Path directory, Path home, Disk disk, DatabaseReader reader, Clock clock, Terms terms) {
        this.directory = directory;
        this.home = home.toAbsolutePath();
        this.disk = disk;
        this.reader = reader;
        this.clock = clock;
        this.terms = terms;
    }

    /**
     * Begins a snapshot while the service works: copies what can be copied now. The rest is {@link Preparation#finish}'s, when the
     * service has ended. Until then, or until it is closed, nothing else in this process may open or close a file of these databases.
     * The archive comes first: a large one takes hours, during which a database's log could not begin anew.
     *
     * @param id free, and fit for a file name
     * @param release the epoch of the release whose state this is
     * @param rate bytes a second to copy at most; 0 for as fast as it goes
     * @throws Refused when a database is unreadable, or the space does not suffice; nothing is left
     * @throws Failed when copying fails, or the owner of a file cannot be kept; nothing is left
     */
    public Preparation prepare(
            String id, @Nullable Long release, long operation, String reason, Scope scope, long rate, Progress progress)
            throws Fault, IOException, InterruptedException {
        Preparation preparation = draft(id, release, operation, reason, scope);
        return begun(preparation, scope, () -> {
            preparation.beginArchive(rate, progress);
            for (Path database : scope.databases()) {
                preparation.begin(database, rate, progress);
            }
            return preparation;
        });
    }

    /**
     * Takes a whole snapshot while the service works on. Each database is as one moment left it, and the next one as a later moment did:
     * what a service writes to two of them together may be in one copy and not in the other.
     *
     * @param rate bytes a second to copy at most; 0 for as fast as it goes
     * @throws Refused when a database is unreadable, or the space does not suffice; nothing is left
     * @throws Failed when copying fails, or the owner of a file cannot be kept; nothing is left
     */
    public Snapshot takeLive(
            String id, @Nullable Long release, long operation, String reason, Scope scope, long rate, Progress progress)
            throws Fault, IOException, InterruptedException {
        Preparation preparation = draft(id, release, operation, reason, scope);
        return begun(preparation, scope, () -> {
            preparation.beginArchive(rate, progress);
            return preparation.finishLive(rate, progress);
        });
    }

    private interface Beginning<T> {
        T run() throws Fault, IOException, InterruptedException;
    }

    /** What fails leaves nothing. */
    private <T> T begun(Preparation preparation, Scope scope, Beginning<T> beginning)
            throws Fault, IOException, InterruptedException {
        boolean begun = false;
        try {
            disk.createDirectories(directory);
            // What a service keeps to itself by the mode of its directory stays its own in here.
            disk.setPermissions(directory, PosixFilePermissions.fromString("rwx------"));
            refuseWithoutSpace(scope);
            disk.createDirectories(hidden(preparation.id()));
            T result = beginning.run();
            begun = true;
            return result;
        } catch (IOException e) {
            throw new Failed("cannot take a snapshot of " + namesOf(scope), null, e);
        } finally {
            if (!begun) {
                preparation.close();
            }
        }
    }

    private Preparation draft(String id, @Nullable Long release, long operation, String reason, Scope scope)
            throws Failed, IOException {
        Path target = directoryOf(id);
        removeLeftovers();
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new Failed("cannot take snapshot " + id + ": " + target + " is there already", null);
        }
        return new Preparation(
                new Snapshot(
                        id,
                        target,
                        release,
                        operation,
                        clock.instant(),
                        reason,
                        List.of(),
                        List.of(),
                        null,
                        scope.filesOnly()),
                scope,
                hidden(id),
                this::pathOf,
                disk,
                reader,
                clock,
                terms);
    }

    private void refuseWithoutSpace(Scope scope) throws Refused, IOException {
        long needed = MARGIN + PlainFiles.sizeOf(scope.files());
        for (Path database : scope.databases()) {
            DatabaseFiles live = DatabaseFiles.of(database);
            if (live.exists()) {
                // Twice the log: once as a copy, and once more as pages in the file when it is folded.
                needed += Files.size(live.main()) + 2 * Sizes.ifThere(live.wal()) + Sizes.ifThere(live.journal());
            }
        }
        requireSpace("cannot take a snapshot of " + namesOf(scope), needed);
    }

    private void requireSpace(String cannot, long needed) throws Refused, IOException {
        long free = terms.freeSpace.in(directory);
        if (free < needed) {
            throw new Refused(
                    cannot + ": it needs " + Words.bytes(needed) + " in " + directory + ", where " + Words.bytes(free)
                            + " are free",
                    "free some space there");
        }
    }

    /** What copies snapshots to elsewhere. */
    public SnapshotExport export() {
        return new SnapshotExport(disk, reader, clock, terms.freeSpace);
    }

    private String namesOf(Scope scope) {
        return String.join(
                ", ",
                Stream.concat(scope.databases().stream(), scope.files().stream())
                        .map(reader.faults()::nameOf)
                        .toList());
    }

    private String pathOf(Path database) {
        Path absolute = database.toAbsolutePath();
        return absolute.startsWith(home) ? home.relativize(absolute).toString() : absolute.toString();
    }

    /** All snapshots, the oldest first. */
    public List<Snapshot> list() throws Failed, IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Snapshot> snapshots = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!String.valueOf(entry.getFileName()).startsWith(".")
                        && Files.exists(entry.resolve(Manifest.FILE))) {
                    snapshots.add(Manifest.read(entry));
                }
            }
        }
        // By their operations' numbers and not by the time: a clock that was set back must not make an older state the
        // newest.
        snapshots.sort(SnapshotStore::compare);
        return List.copyOf(snapshots);
    }

    private static int compare(Snapshot one, Snapshot other) {
        if (one.operation() != other.operation()) {
            return Long.compare(one.operation(), other.operation());
        }
        int times = one.taken().compareTo(other.taken());
        return times == 0 ? one.id().compareTo(other.id()) : times;
    }

    public Optional<Snapshot> find(String id) throws Failed, IOException {
        Path found = directoryOf(id);
        return Files.exists(found.resolve(Manifest.FILE)) ? Optional.of(Manifest.read(found)) : Optional.empty();
    }

    /** The newest of the snapshots that hold the whole state of this release. */
    public Optional<Snapshot> newestOf(long release) throws Failed, IOException {
        return list().stream()
                .filter(snapshot -> !snapshot.filesOnly())
                .filter(snapshot -> snapshot.release() != null && snapshot.release() == release)
                .reduce((older, newer) -> newer);
    }

    /**
     * Compares each copy with what was recorded of it, owner and mode included: its content, once it is settled; before, whether it opens
     * with the schema and the whole log that it was published with, for which the log is folded in.
     *
     * @throws Failed when a copy is missing, damaged, or no longer belongs to whom the database belonged to
     */
    public void verify(Snapshot snapshot, Progress progress) throws Fault, IOException {
        restoration(true).verify(settlement().folded(reread(snapshot)), progress);
    }

    /** Looks whether the snapshot is what was recorded, without changing anything. */
    public Examination examine(Snapshot snapshot, Progress progress) throws IOException {
        return Examination.of(snapshot, progress);
    }

    /**
     * Deletes the databases as they are now, to make room on a full disk for putting the snapshot back; not before it is seen that all of the
     * snapshot is there. Files and an archive need no room and stay. Nothing that a user wrote may be in them that is not in the snapshot.
     */
    public void giveUp(Snapshot snapshot, List<Path> databases) throws Failed, IOException {
        settlement().requireWhole(reread(snapshot));
        for (Path database : databases) {
            DatabaseFiles files = DatabaseFiles.of(database);
            for (Path side : files.sides()) {
                disk.delete(side);
            }
            disk.delete(files.main());
        }
    }

    /** Makes one file of each copy, which others can read then. A matter of the log's size; a no-op for what is one file already. */
    public Snapshot folded(Snapshot snapshot) throws Fault, IOException {
        return settlement().folded(reread(snapshot));
    }

    /**
     * Makes of what was copied in haste what can be kept: one file for each database, thoroughly checked, hashed, its rows counted, and
     * compressed. Slow: not for a downtime. The snapshot can be restored at every moment; after a crash or a failure, call it again.
     *
     * @param compress otherwise the files stay as large as the databases
     */
    public Snapshot settle(Snapshot snapshot, boolean compress, Progress progress) throws Fault, IOException {
        return settlement().settle(reread(snapshot), compress, progress);
    }

    /**
     * Makes the live state what the snapshot says, and consumes it. Nobody has a database open. What is there now is lost unless
     * the caller has {@link #park parked} it. Nothing is touched before the whole snapshot is verified. After a crash or a failure at
     * any point, call it again; if the snapshot is not found any more, it was restored.
     *
     * @param databasesNow as {@link DatabaseFinder} tells them now: those that the snapshot does not know are deleted
     */
    public void restore(Snapshot snapshot, List<Path> databasesNow, Progress progress) throws Fault, IOException {
        requireWholeState(snapshot);
        restoration(true).restore(settlement().folded(reread(snapshot)), databasesNow, progress);
        consume(snapshot.directory(), snapshot.id());
    }

    /**
     * Makes, while the service works, what {@link #restoreCopy} will only have to rename: a verified spare of each copy, uncompressed. A
     * no-op for spares that are there.
     *
     * @throws Refused when the space does not suffice
     */
    public void materialise(Snapshot snapshot, Progress progress) throws Fault, IOException {
        Snapshot folded = settlement().folded(reread(snapshot));
        long needed = MARGIN;
        for (SavedDatabase database : folded.databases()) {
            SavedFile saved = database.saved();
            needed += saved == null || Files.exists(folded.spareOf(saved)) ? 0 : saved.size();
        }
        requireSpace("cannot make ready snapshot " + snapshot.id(), needed);
        restoration(false).materialise(folded, progress);
    }

    /** Deletes what {@link #materialise} made; a no-op when there is nothing. */
    public void dropSpares(String id) throws Failed, IOException {
        Optional<Snapshot> found = find(id);
        if (found.isPresent()) {
            for (SavedDatabase database : found.get().databases()) {
                if (database.saved() != null) {
                    disk.delete(found.get().unfinishedSpareOf(database.saved()));
                    disk.delete(found.get().spareOf(database.saved()));
                }
            }
        }
    }

    /** Like {@link #restore}, but the snapshot stays: its spares are consumed, and made first where {@link #materialise} has not. */
    public void restoreCopy(Snapshot snapshot, List<Path> databasesNow, Progress progress) throws Fault, IOException {
        requireWholeState(snapshot);
        restoration(false).restore(settlement().folded(reread(snapshot)), databasesNow, progress);
    }

    /** Databases that it does not know would be deleted. */
    private static void requireWholeState(Snapshot snapshot) throws Failed {
        if (snapshot.filesOnly()) {
            throw Restoration.unusable(snapshot, "it holds files only");
        }
    }

    /** Makes the configuration files what the snapshot says, and nothing else; the snapshot stays. To be repeated after a crash. */
    public void restoreFiles(Snapshot snapshot) throws Failed, IOException {
        restoration(false).verifyFiles(snapshot);
        restoration(false).restoreFiles(snapshot);
    }

    /** The files of a snapshot that are not, now, what it says. */
    public List<KeptFile> changedFiles(Snapshot snapshot) throws IOException {
        PlainFiles files = new PlainFiles(home, disk);
        List<KeptFile> changed = new ArrayList<>();
        for (KeptFile file : snapshot.files()) {
            if (!files.isAsKept(file)) {
                changed.add(file);
            }
        }
        return changed;
    }

    /**
     * Gives a configuration file a new content by one rename, with the owner, mode and attributes that it has; one that is not there yet
     * belongs to whom its directory belongs to, mode 0640.
     */
    public void replaceFile(Path file, byte[] content) throws IOException {
        new PlainFiles(home, disk).replace(file, content);
    }

    /**
     * Makes the archive of one snapshot live, and moves the one that was live into another, which was taken with
     * {@link Scope.Keeping#BY_MOVING}. Interrupted, it is taken back by {@link #unswapTree} and {@link #restore} of the other.
     */
    public void swapTree(Snapshot from, Snapshot into) throws Failed, IOException {
        trees().swap(from, into);
    }

    /** Puts the archive back into the snapshot that it came from, as it is now; a no-op when it was not taken out. */
    public void unswapTree(String from, Snapshot into) throws Failed, IOException {
        trees().unswap(find(from), into);
    }

    /** Records that somebody may have written to a snapshot's archive; a no-op where there is no such snapshot. */
    public void forgetCount(String id) throws Failed, IOException {
        Optional<Snapshot> found = find(id);
        if (found.isPresent()) {
            describe(found.get().withUncountedTree());
        }
    }

    private void describe(Snapshot snapshot) throws IOException {
        disk.write(snapshot.directory().resolve(Manifest.FILE), Manifest.bytes(snapshot));
    }

    /** Records that a snapshot's archive is not in it any more; a no-op where there is no such snapshot. */
    public void forgetTree(String id) throws Failed, IOException {
        Optional<Snapshot> found = find(id);
        if (found.isPresent()) {
            describe(found.get().withoutTree());
        }
    }

    private ArchiveTrees trees() {
        return new ArchiveTrees(home, disk);
    }

    /**
     * Moves databases, with all that lies beside them, and what else the snapshot would replace, into a directory for somebody to look
     * at later. Nobody has them open. Nothing in that directory is overwritten: the next free of {@code jobs.db}, {@code jobs.db.2}, …
     * is taken. After a crash or a failure, call it again.
     */
    public void park(Snapshot snapshot, List<Path> databases, Path evidence) throws IOException {
        new Parking(disk).park(databases, evidence);
        parkFiles(snapshot, evidence);
        trees().park(snapshot, evidence);
    }

    /** The same with the files alone that are not what the snapshot says. */
    public void parkFiles(Snapshot snapshot, Path evidence) throws IOException {
        for (KeptFile file : changedFiles(snapshot)) {
            new Parking(disk).parkFile(PlainFiles.real(home.resolve(file.path())), evidence);
        }
    }

    /** Deletes what was parked under a name. */
    public void deleteParked(Path parked) throws IOException {
        trees().discard(parked);
        disk.deleteTree(parked);
    }

    /**
     * Makes durable what others have written to databases so far. They may be in use, but not by a connection of this process, which
     * would lose its locks.
     */
    public void makeDurable(List<Path> databases) throws IOException {
        for (Path database : databases) {
            DatabaseFiles live = DatabaseFiles.of(database);
            // The logs first, as SQLite does it.
            for (Path side : live.sides()) {
                syncIfThere(side);
            }
            if (syncIfThere(live.main())) {
                disk.sync(live.directory());
            }
        }
    }

    private boolean syncIfThere(Path file) throws IOException {
        try {
            disk.sync(file);
            return true;
        } catch (NoSuchFileException e) {
            // Its owner may remove a log at any time.
            return false;
        }
    }

    /**
     * Bytes of the configuration files that are there.
     *
     * @throws Refused when one is no file, or together they are too large to be copied within the downtime
     */
    public static long sizeOfFiles(List<Path> files) throws Refused, IOException {
        return PlainFiles.sizeOf(files);
    }

    /** @throws Refused when an archive could not be moved away, so that there would be no way back */
    public static void refuseUnmovable(Path archive) throws Refused, IOException {
        ArchiveTrees.refuseUnmovable(ArchiveTrees.real(archive));
    }

    /** How an archive would be kept; whether it can be cloned is found out by trying. */
    public SavedTree.Way foreseenWay(Path archive, boolean rewritesFiles) throws IOException, InterruptedException {
        return KeepingTree.foreseen(ArchiveTrees.real(archive), rewritesFiles, directory, disk);
    }

    /** A no-op when there is none. */
    public void delete(String id) throws IOException {
        consume(directoryOf(id), id);
    }

    private void consume(Path published, String id) throws IOException {
        Path hidden = hidden(id);
        deleteHidden(hidden);
        if (Files.exists(published, LinkOption.NOFOLLOW_LINKS)) {
            // First out of sight: half a snapshot must never look like a whole one.
            disk.move(published, hidden);
            deleteHidden(hidden);
        }
    }

    private void deleteHidden(Path hidden) throws IOException {
        trees().discardBeside(hidden);
        disk.deleteTree(hidden);
    }

    private void removeLeftovers() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Path> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, ".*" + Disk.TEMPORARY_SUFFIX)) {
            entries.forEach(leftovers::add);
        }
        for (Path leftover : leftovers) {
            deleteHidden(leftover);
        }
    }

    private Restoration restoration(boolean consuming) {
        return new Restoration(home, disk, reader, consuming);
    }

    private Settlement settlement() {
        return new Settlement(disk, reader);
    }

    /** What the caller has may be from before the log was folded in. */
    private static Snapshot reread(Snapshot snapshot) throws Failed, IOException {
        return Manifest.read(snapshot.directory());
    }

    private Path hidden(String id) {
        return directory.resolve("." + id + Disk.TEMPORARY_SUFFIX);
    }

    private Path directoryOf(String id) {
        if (!id.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
            throw new IllegalArgumentException("not the id of a snapshot: " + id);
        }
        return directory.resolve(id);
    }
}
