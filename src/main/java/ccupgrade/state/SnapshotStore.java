package ccupgrade.state;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final Path directory;
    private final Path home;
    private final Disk disk;
    private final DatabaseReader reader;
    private final Clock clock;
    private final FreeSpace freeSpace;

    /**
     * @param directory made when needed; on the databases' file system a restore is a rename
     * @param home what the manifests name databases relative to
     */
    public SnapshotStore(Path directory, Path home, Disk disk, DatabaseReader reader, Clock clock) {
        this(
                directory,
                home,
                disk,
                reader,
                clock,
                place -> Files.getFileStore(place).getUsableSpace());
    }

    SnapshotStore(Path directory, Path home, Disk disk, DatabaseReader reader, Clock clock, FreeSpace freeSpace) {
        this.directory = directory;
        this.home = home.toAbsolutePath();
        this.disk = disk;
        this.reader = reader;
        this.clock = clock;
        this.freeSpace = freeSpace;
    }

    /**
     * Takes and publishes a snapshot. The service is stopped and nobody has a database open; the caller has made sure of both.
     *
     * @param id free, and fit for a file name
     * @param release the epoch of the release whose state this is
     * @param databases as {@link DatabaseFinder} told them; absent ones are recorded as absent
     * @throws Refused when a database is unreadable or corrupt, or the space does not suffice; no snapshot is left
     * @throws Failed when copying fails, the owner of a file cannot be kept, or a copy is not what it was copied from; none is left
     */
    public Snapshot take(
            String id, @Nullable Long release, long operation, String reason, List<Path> databases, Progress progress)
            throws Fault, IOException {
        Path target = directoryOf(id);
        removeLeftovers();
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new Failed("cannot take snapshot " + id + ": " + target + " is there already", null);
        }
        Path temporary = hidden(id);
        try {
            disk.createDirectories(directory);
            // What a service keeps to itself by the mode of its directory stays its own in here.
            disk.setPermissions(directory, PosixFilePermissions.fromString("rwx------"));
            refuseWithoutSpace(databases);
            disk.createDirectories(temporary);
            List<SavedDatabase> saved = new ArrayList<>();
            for (Path database : databases) {
                saved.add(save(database, temporary, saved.size() + 1, progress));
            }
            Snapshot snapshot = new Snapshot(
                    id, target, release, operation, clock.instant().truncatedTo(ChronoUnit.MILLIS), reason, saved);
            disk.write(temporary.resolve(Manifest.FILE), Manifest.bytes(snapshot));
            disk.sync(temporary);
            disk.move(temporary, target);
            return snapshot;
        } catch (IOException e) {
            throw clearedAway(temporary, new Failed("cannot take a snapshot of " + namesOf(databases), null, e));
        } catch (Fault e) {
            throw clearedAway(temporary, e);
        }
    }

    private <T extends Fault> T clearedAway(Path temporary, T failure) {
        try {
            disk.deleteTree(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private SavedDatabase save(Path database, Path into, int number, Progress progress) throws Fault, IOException {
        DatabaseFiles live = DatabaseFiles.of(database);
        if (!live.exists()) {
            return new SavedDatabase(pathOf(database), null);
        }
        // Where only a copy can be read, a second copy would prove no more than the first one's checks.
        Optional<SchemaVersion> before = reader.isReadByCopyOnly(database) ? Optional.empty() : reader.schema(database);
        // Numbered, because two directories may hold a database of the same name.
        Path copy = into.resolve(number + "-" + database.getFileName());
        new ColdCopy(disk, reader).copy(live, copy, progress);
        SchemaVersion schema = reader.schema(copy)
                .orElseThrow(() -> new Failed("cannot find the copy of " + reader.nameOf(database), null));
        if (before.isPresent() && !before.get().identity().equals(schema.identity())) {
            throw new Failed(
                    "cannot trust the copy of " + reader.nameOf(database) + ": its schema is " + schema.text()
                            + ", the database's is " + before.get().text(),
                    "make sure that nobody uses the database, and try again");
        }
        List<String> findings = reader.quickCheck(copy, progress);
        if (!findings.isEmpty()) {
            throw new Refused(
                    "cannot take a snapshot of " + reader.nameOf(database) + ": it is corrupt: "
                            + String.join("; ", findings),
                    "restore it from a snapshot or a backup first");
        }
        Map<String, Long> rows = reader.rowCounts(copy, progress);
        return new SavedDatabase(
                pathOf(database),
                new SavedFile(
                        String.valueOf(copy.getFileName()),
                        Files.size(copy),
                        Checksum.sha256(copy, progress),
                        DatabaseFiles.ownerOf(copy),
                        schema,
                        rows,
                        SavedFile.UNCHECKED));
    }

    private void refuseWithoutSpace(List<Path> databases) throws Refused, IOException {
        long needed = MARGIN;
        for (Path database : databases) {
            DatabaseFiles live = DatabaseFiles.of(database);
            if (live.exists()) {
                // Twice the log: once as a copy, and once more as pages in the file when it is folded.
                needed += Files.size(live.main()) + 2 * sizeOf(live.wal()) + sizeOf(live.journal());
            }
        }
        long free = freeSpace.in(directory);
        if (free < needed) {
            throw new Refused(
                    "cannot take a snapshot of " + namesOf(databases) + ": it needs " + Words.bytes(needed) + " in "
                            + directory + ", where " + Words.bytes(free) + " are free",
                    "free some space there");
        }
    }

    private static long sizeOf(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private String namesOf(Collection<Path> databases) {
        return String.join(", ", databases.stream().map(reader::nameOf).toList());
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
        snapshots.sort(Comparator.comparing(Snapshot::taken)
                .thenComparing(Snapshot::operation)
                .thenComparing(Snapshot::id));
        return List.copyOf(snapshots);
    }

    public Optional<Snapshot> find(String id) throws Failed, IOException {
        Path found = directoryOf(id);
        return Files.exists(found.resolve(Manifest.FILE)) ? Optional.of(Manifest.read(found)) : Optional.empty();
    }

    /** The newest of the snapshots that hold the state of this release. */
    public Optional<Snapshot> newestOf(long release) throws Failed, IOException {
        return list().stream()
                .filter(snapshot -> snapshot.release() != null && snapshot.release() == release)
                .reduce((older, newer) -> newer);
    }

    /**
     * Compares each copy with what was recorded when it was taken, owner and mode included.
     *
     * @throws Failed when a copy is missing, damaged, or no longer belongs to whom the database belonged to
     */
    public void verify(Snapshot snapshot, Progress progress) throws Fault, IOException {
        restoration(true).verify(snapshot, progress);
    }

    /** Checks the copies thoroughly and records the findings. Slow: not for a downtime. */
    public Snapshot checkIntegrity(Snapshot snapshot, Progress progress) throws Fault, IOException {
        List<SavedDatabase> checked = new ArrayList<>();
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            checked.add(
                    saved == null
                            ? database
                            : new SavedDatabase(
                                    database.path(),
                                    saved.withIntegrity(reader.integrityCheck(snapshot.fileOf(saved), progress))));
        }
        Snapshot result = new Snapshot(
                snapshot.id(),
                snapshot.directory(),
                snapshot.release(),
                snapshot.operation(),
                snapshot.taken(),
                snapshot.reason(),
                checked);
        disk.write(snapshot.directory().resolve(Manifest.FILE), Manifest.bytes(result));
        return result;
    }

    /**
     * Makes the live databases what the snapshot says, and consumes it. Nobody has a database open. What is there now is lost unless
     * the caller has {@link #park parked} it. Nothing is touched before the whole snapshot is verified. After a crash or a failure at
     * any point, call it again; if the snapshot is not found any more, it was restored.
     *
     * @param databasesNow as {@link DatabaseFinder} tells them now: those that the snapshot does not know are deleted
     */
    public void restore(Snapshot snapshot, List<Path> databasesNow, Progress progress) throws Fault, IOException {
        restoration(true).restore(snapshot, databasesNow, progress);
        consume(snapshot.directory(), snapshot.id());
    }

    /** Like {@link #restore}, but the snapshot stays: it takes the time of a copy, and the space. */
    public void restoreCopy(Snapshot snapshot, List<Path> databasesNow, Progress progress) throws Fault, IOException {
        restoration(false).restore(snapshot, databasesNow, progress);
    }

    /**
     * Moves databases, with all that lies beside them, into a directory for somebody to look at later. Nobody has them open. Nothing in
     * that directory is overwritten: the next free of {@code jobs.db}, {@code jobs.db.2}, … is taken. After a crash or a failure, call it
     * again.
     */
    public void park(List<Path> databases, Path evidence) throws IOException {
        new Parking(disk).park(databases, evidence);
    }

    /** A no-op when there is none. */
    public void delete(String id) throws IOException {
        consume(directoryOf(id), id);
    }

    private void consume(Path published, String id) throws IOException {
        Path hidden = hidden(id);
        disk.deleteTree(hidden);
        if (Files.exists(published, LinkOption.NOFOLLOW_LINKS)) {
            // First out of sight: half a snapshot must never look like a whole one.
            disk.move(published, hidden);
            disk.deleteTree(hidden);
        }
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
            disk.deleteTree(leftover);
        }
    }

    private Restoration restoration(boolean consuming) {
        return new Restoration(home, disk, reader, consuming);
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
