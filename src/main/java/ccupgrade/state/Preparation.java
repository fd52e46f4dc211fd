package ccupgrade.state;

import ccupgrade.disk.ChildCopy;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that was begun while the service works, and is finished when it has ended. What is needed to finish it is in memory: a
 * crash leaves a hidden directory, which {@link SnapshotStore#delete} and the next snapshot remove.
 *
 * <p>How each database is copied is found out by looking. Where the file system can clone, or the databases are small, everything is
 * done after the end, because it takes no time; a database in WAL mode is copied by {@link WalCopy}, any other by {@link BlockCopy}.
 */
public final class Preparation implements AutoCloseable {

    private static final int LOOKS_AT_JOURNAL = 20;
    private static final long MILLIS_BETWEEN_LOOKS = 10;

    private final Snapshot draft;
    private final Scope scope;
    private final Path temporary;
    private final Function<Path, String> pathInManifest;
    private final Disk disk;
    private final ChildCopy children;
    private final DatabaseReader reader;
    private final Clock clock;
    private final SnapshotStore.Terms terms;
    private final Map<Path, Begun> begun = new HashMap<>();
    private final List<String> notes = new ArrayList<>();
    private @Nullable KeepingTree tree;
    private int copies;
    private long small;

    /** @param rows null when they were not counted: those of a large database are when it is settled */
    private record Begun(
            CopiedDatabase copy,
            @Nullable HotCopy hot,
            boolean cloning,
            @Nullable Map<String, Long> rows) {}

    /** @param draft without databases, and without the time of the service's end */
    Preparation(
            Snapshot draft,
            Scope scope,
            Path temporary,
            Function<Path, String> pathInManifest,
            Disk disk,
            DatabaseReader reader,
            Clock clock,
            SnapshotStore.Terms terms) {
        this.draft = draft;
        this.scope = scope;
        this.temporary = temporary;
        this.pathInManifest = pathInManifest;
        this.disk = disk;
        this.children = new ChildCopy(disk);
        this.reader = reader;
        this.clock = clock;
        this.terms = terms;
    }

    String id() {
        return draft.id();
    }

    /** Does nothing where only the version is kept. */
    void beginArchive(long rate, Progress progress) throws Fault, IOException, InterruptedException {
        Scope.Archive archive = scope.archive();
        if (archive != null) {
            tree = new KeepingTree(archive, temporary, draft.id(), disk, clock);
            tree.begin(rate, progress);
        }
    }

    void begin(Path database, long rate, Progress progress) throws Fault, IOException, InterruptedException {
        DatabaseFiles live = DatabaseFiles.of(database);
        if (live.exists()) {
            begun.put(live.identity(), begin(live, copyOf(database), rate, progress));
        }
    }

    private Begun begin(DatabaseFiles live, CopiedDatabase copy, long rate, Progress progress)
            throws Fault, IOException, InterruptedException {
        Path database = live.main();
        if (isLeftByKilledWriter(database)) {
            // Nobody is served by it now.
            return new Begun(copy, null, false, null);
        }
        // Refuses, in time, what cannot be read.
        reader.schema(database);
        boolean inLog = DatabaseFiles.usesWal(live.header());
        boolean isSmall = small + Files.size(database) <= terms.small();
        if (isSmall) {
            small += Files.size(database);
            return new Begun(copy, null, false, reader.rowCounts(database, progress));
        }
        if (children.tryClone(database, copy.files().main())) {
            copy.delete();
            return new Begun(copy, null, true, null);
        }
        HotCopy hot = null;
        try {
            if (!inLog) {
                hot = BlockCopy.begin(live, copy, disk, children, clock.instant(), rate, progress);
            } else if (Files.exists(live.wal()) && Files.exists(live.shm())) {
                hot = WalCopy.begin(live, copy, disk, children, rate, progress);
            }
        } catch (SQLException e) {
            throw reader.faults().of(database, e);
        } catch (ChildCopy.Unavailable e) {
            note(live, String.valueOf(e.getMessage()));
        }
        return new Begun(copy, hot, false, null);
    }

    /** A live writer's journal is there for the time of a transaction; that of a killed one stays. */
    private boolean isLeftByKilledWriter(Path database) throws IOException, InterruptedException {
        for (int look = 1; reader.isReadByCopyOnly(database); look++) {
            if (look == LOOKS_AT_JOURNAL) {
                return true;
            }
            Thread.sleep(MILLIS_BETWEEN_LOOKS);
        }
        return false;
    }

    private CopiedDatabase copyOf(Path database) {
        copies++;
        // Numbered, because two directories may hold a database of the same name.
        Path file = temporary.resolve(copies + "-" + database.getFileName());
        return new CopiedDatabase(new DatabaseFiles(file), disk, reader);
    }

    /**
     * Completes and publishes the snapshot, and lets go of the databases. Nobody else has one open; the caller has made sure of it.
     * Takes the time of copying what was written since the beginning.
     *
     * @param databasesNow as {@link DatabaseFinder} tells them now; absent ones are recorded as absent
     * @throws Failed when copying fails, the owner of a file cannot be kept, or a copy is not what it was copied from; nothing is left
     */
    public Snapshot finish(List<Path> databasesNow, Progress progress) throws Fault, IOException, InterruptedException {
        try (this) {
            List<SavedDatabase> saved = new ArrayList<>();
            for (Path database : databasesNow) {
                saved.add(new SavedDatabase(pathInManifest.apply(database), save(database, progress)));
            }
            return publish(saved, progress);
        } catch (IOException e) {
            throw new Failed("cannot complete snapshot " + draft.id(), null, e);
        }
    }

    /**
     * Completes and publishes the snapshot while the service works on, of which nothing was {@link #begin begun} but the archive: each
     * database as one transaction left it, one after the other.
     */
    Snapshot finishLive(long rate, Progress progress) throws Fault, IOException, InterruptedException {
        try (this) {
            List<SavedDatabase> saved = new ArrayList<>();
            for (Path database : scope.databases()) {
                saved.add(new SavedDatabase(pathInManifest.apply(database), saveLive(database, rate, progress)));
            }
            return publish(saved, progress);
        } catch (IOException e) {
            throw new Failed("cannot complete snapshot " + draft.id(), null, e);
        }
    }

    private @Nullable SavedFile saveLive(Path database, long rate, Progress progress)
            throws Fault, IOException, InterruptedException {
        DatabaseFiles live = DatabaseFiles.of(database);
        if (!live.exists()) {
            return null;
        }
        CopiedDatabase copy = copyOf(database);
        new LiveCopy(disk, reader).copy(database, copy.files().main(), rate, progress);
        copy.requireOwnerOf(live);
        return savedOf(copy, copy.schema(), null);
    }

    private Snapshot publish(List<SavedDatabase> saved, Progress progress)
            throws Fault, IOException, InterruptedException {
        Scope.Archive archive = scope.archive();
        SavedArchive savedArchive =
                archive == null || tree == null ? null : tree.finish(pathInManifest.apply(archive.path()), progress);
        Snapshot snapshot = draft.completed(clock.instant(), saved, keepFiles(), savedArchive);
        disk.write(temporary.resolve(Manifest.FILE), Manifest.bytes(snapshot));
        disk.sync(temporary);
        disk.move(temporary, snapshot.directory());
        return snapshot;
    }

    private List<KeptFile> keepFiles() throws Fault, IOException {
        PlainFiles.sizeOf(scope.files());
        PlainFiles plain = new PlainFiles(Path.of("/"), disk);
        List<KeptFile> kept = new ArrayList<>();
        for (Path file : scope.files()) {
            Path copy = temporary.resolve("file-" + (kept.size() + 1) + "-" + file.getFileName());
            kept.add(plain.keep(
                    file, pathInManifest.apply(file), scope.replacing().contains(file), copy));
        }
        return kept;
    }

    private @Nullable SavedFile save(Path database, Progress progress) throws Fault, IOException, InterruptedException {
        DatabaseFiles live = DatabaseFiles.of(database);
        if (!live.exists()) {
            return null;
        }
        Begun known = begun.get(live.identity());
        Begun begin = known == null ? new Begun(copyOf(database), null, false, null) : known;
        CopiedDatabase copy = begin.copy;
        SchemaVersion schema = begin.hot == null ? null : completed(live, copy, begin.hot, progress);
        if (schema == null) {
            new ColdCopy(disk, children).copy(live, copy, begin.cloning, progress);
            schema = copy.schemaOf(live);
        }
        copy.requireOwnerOf(live);
        return savedOf(copy, schema, begin.rows);
    }

    private static SavedFile savedOf(CopiedDatabase copy, SchemaVersion schema, @Nullable Map<String, Long> rows)
            throws IOException {
        Path main = copy.files().main();
        return new SavedFile(
                String.valueOf(main.getFileName()),
                Files.size(main),
                copy.hasLog() ? SavedFile.Form.WITH_LOG : SavedFile.Form.ALONE,
                copy.logSize(),
                null,
                0,
                DatabaseFiles.ownerOf(main),
                schema,
                rows,
                SavedFile.UNCHECKED);
    }

    /** Null when it must be copied anew. */
    private @Nullable SchemaVersion completed(DatabaseFiles live, CopiedDatabase copy, HotCopy hot, Progress progress)
            throws Fault, IOException {
        try (hot) {
            return hot.complete(progress);
        } catch (HotCopy.Useless e) {
            note(live, String.valueOf(e.getMessage()));
            copy.delete();
            return null;
        }
    }

    private void note(DatabaseFiles live, String why) {
        notes.add(reader.faults().nameOf(live.main()) + " is copied while the service stands still, because " + why);
    }

    /** What made the downtime longer than it should be, a sentence each; to be asked after {@link #finish}, too. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** Lets go of the databases. What was copied stays for {@link #close}, or for {@link SnapshotStore#delete}. */
    public void letGo() {
        for (Begun one : begun.values()) {
            if (one.hot != null) {
                one.hot.close();
            }
        }
    }

    /** Lets go of the databases, and of what was copied unless it is published. A second call does nothing. */
    @Override
    public void close() throws IOException {
        letGo();
        if (Files.exists(temporary)) {
            new ArchiveTrees(temporary, disk).discardBeside(temporary);
            disk.deleteTree(temporary);
        }
    }
}
