package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.disk.ChildCopy;
import ccupgrade.disk.DurableDisk;
import ccupgrade.disk.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Under a writer in a process of its own, which goes on while the copy is made, slowly enough to be overtaken. */
class HotSnapshotTest {

    /** For more than the few that the suite has time for: {@code -Dccupgrade.stress.snapshots=200}. */
    private static final int SNAPSHOTS = Integer.getInteger("ccupgrade.stress.snapshots", 3);

    private static final long RATE = 40L << 20;

    @TempDir
    Path home;

    private SnapshotStore store() {
        return new SnapshotStore(
                home.resolve("snapshots"),
                home,
                new DurableDisk(new Random(3)),
                // As patient as the product: a busy writer in rollback-journal mode leaves a reader little room.
                new DatabaseReader(home, home.resolve("scratch"), new DurableDisk(new Random(3)), new OpenFiles()),
                Clock.systemUTC(),
                new SnapshotStore.Terms(place -> 1L << 40, 1 << 20));
    }

    private interface Deed {
        void on(Path db) throws Exception;
    }

    /** One snapshot of a busy database. What is wrong with it, once it is folded, or null. */
    private String oneSnapshot(SnapshotStore store, Path db, boolean clean, Deed beforeTheStop, List<String> notes)
            throws Exception {
        try (BusyWriter writer = BusyWriter.start(db);
                Preparation preparation =
                        store.prepare("1", 5L, 1, "test", new Scope(List.of(db)), RATE, Progress.NONE)) {
            beforeTheStop.on(db);
            long acknowledged = writer.stop(clean);
            Snapshot snapshot = store.folded(preparation.finish(List.of(db), Progress.NONE));
            notes.addAll(preparation.notes());
            String wrong = BusyWriter.whatIsWrong(snapshot.directory().resolve("1-jobs.db"), acknowledged);
            store.delete("1");
            return wrong;
        }
    }

    @ParameterizedTest
    @CsvSource({"wal,true", "wal,false", "delete,true", "delete,false"})
    void what_is_copied_under_a_busy_writer_is_the_state_at_its_end(String journalMode, boolean clean)
            throws Exception {
        Path db = home.resolve("jobs.db");
        BusyWriter.make(db, journalMode);
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < SNAPSHOTS; i++) {
            assertThat(oneSnapshot(store(), db, clean, file -> {}, notes))
                    .as("snapshot %s", i)
                    .isNull();
        }
        assertThat(notes).isEmpty();
    }

    /** Otherwise all of it would be copied after the stop whenever we happen to come in the middle of a transaction. */
    @Test
    void the_journal_of_a_transaction_that_ends_is_not_taken_for_that_of_a_killed_writer() throws Exception {
        Path db = home.resolve("jobs.db");
        BusyWriter.make(db, "delete");
        Path journal = Files.write(home.resolve("jobs.db-journal"), new byte[] {1});
        Thread commit = new Thread(() -> {
            try {
                Thread.sleep(50);
                Files.delete(journal);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        commit.start();
        try (Preparation preparation =
                store().prepare("1", 5L, 1, "test", new Scope(List.of(db)), RATE, Progress.NONE)) {
            commit.join();
            assertThat(copies()).containsExactly("1-jobs.db");
            assertThat(preparation.notes()).isEmpty();
        }
    }

    @Test
    void nor_is_that_of_a_transaction_that_takes_its_time() throws Exception {
        Path db = home.resolve("jobs.db");
        BusyWriter.make(db, "delete");
        try (Connection service = Sqlite.open(db)) {
            // More than it keeps in memory, so that the journal counts before the end.
            Sqlite.run(
                    service,
                    "PRAGMA cache_size = 10",
                    "BEGIN IMMEDIATE",
                    "CREATE TABLE slow(x)",
                    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000)"
                            + " INSERT INTO slow SELECT hex(randomblob(1000)) FROM n");
            assertThat(new DatabaseFiles(db).journalHasContent()).isTrue();
            Thread commit = new Thread(() -> {
                try {
                    Thread.sleep(1000);
                    Sqlite.run(service, "COMMIT");
                } catch (InterruptedException | SQLException e) {
                    throw new AssertionError(e);
                }
            });
            commit.start();
            try (Preparation preparation =
                    store().prepare("1", 5L, 1, "test", new Scope(List.of(db)), RATE, Progress.NONE)) {
                assertThat(copies()).containsExactly("1-jobs.db");
                assertThat(preparation.notes()).isEmpty();
            }
            commit.join();
        }
    }

    private List<String> copies() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("snapshots"))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith("jobs.db"))
                    .toList();
        }
    }

    /** The lock on {@code -shm} alone would still keep the log of a service whose SQLite is as new as ours. */
    private static void dropAllLocks(Path db) throws Exception {
        dropLock(Path.of(db + "-shm"));
        dropLock(db);
    }

    private static void dropLock(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            in.read();
        }
    }

    @Test
    void locks_that_were_dropped_are_noticed_and_the_database_is_copied_anew() throws Exception {
        Path db = home.resolve("jobs.db");
        BusyWriter.make(db, "wal");
        for (Deed deed : List.<Deed>of(
                HotSnapshotTest::dropAllLocks, HotSnapshotTest::dropLock, file -> dropLock(Path.of(file + "-shm")))) {
            List<String> notes = new ArrayList<>();
            assertThat(oneSnapshot(store(), db, true, deed, notes)).isNull();
            assertThat(notes)
                    .containsExactly(
                            "jobs.db is copied while the service stands still, because the mark in the database's log was lost");
        }
    }

    /** Shows that the tests above can fail, and that it is the locks that keep them from failing. */
    @Test
    void without_the_locks_a_clean_end_spoils_the_copy() throws Exception {
        Path db = home.resolve("jobs.db");
        BusyWriter.make(db, "wal");
        assertThat(copyByHand(db, file -> {})).isNull();
        assertThat(copyByHand(db, HotSnapshotTest::dropAllLocks)).isNotNull();
    }

    private String copyByHand(Path db, Deed beforeTheStop) throws Exception {
        DurableDisk disk = new DurableDisk(new Random(3));
        DatabaseFiles live = new DatabaseFiles(db);
        DatabaseFiles copy =
                new DatabaseFiles(Files.createTempDirectory(home, "copy").resolve("jobs.db"));
        CopiedDatabase copied = new CopiedDatabase(copy, disk, Sqlite.reader(home));
        try (BusyWriter writer = BusyWriter.start(db);
                WalCopy hot = WalCopy.begin(live, copied, disk, new ChildCopy(disk), RATE, Progress.NONE)) {
            beforeTheStop.on(db);
            long acknowledged = writer.stop(true);
            if (Files.exists(live.wal())) {
                Files.copy(live.wal(), copy.wal());
            }
            return BusyWriter.whatIsWrong(copy.main(), acknowledged);
        }
    }
}
