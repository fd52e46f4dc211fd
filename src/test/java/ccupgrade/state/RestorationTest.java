package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.DurableDisk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestorationTest {

    @TempDir
    Path home;

    private FailingDisk failing = new FailingDisk();
    private Path var;
    private Path db;
    private Path second;
    private Path created;
    private SnapshotStore store;

    @BeforeEach
    void setUp() throws Exception {
        var = Files.createDirectory(home.resolve("var"));
        db = var.resolve("jobs.db");
        second = var.resolve("second.db");
        created = var.resolve("created.db");
        store = store();
    }

    private SnapshotStore store() {
        return new SnapshotStore(
                home.resolve("snapshots"),
                home,
                failing.disk,
                Sqlite.reader(home),
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    }

    private List<Path> now() throws IOException {
        return DatabaseFinder.resolve(home, List.of("var/*.db"));
    }

    private Snapshot taken() throws Exception {
        return taken(db, second, created);
    }

    private Snapshot taken(Path... databases) throws Exception {
        try (Preparation preparation =
                store.prepare("1", 5L, 1, "test", new Scope(List.of(databases)), 0, Progress.NONE)) {
            return preparation.finish(List.of(databases), Progress.NONE);
        }
    }

    private void oldState() throws Exception {
        Sqlite.crashedWal(db, true);
        Sqlite.run(second, "CREATE TABLE old(x)");
    }

    /** What a failed migration leaves: changed files, a log and a journal that belong to them, and databases that nobody knew. */
    private void failedMigration() throws Exception {
        for (Path file : List.of(db, second)) {
            for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
                Files.deleteIfExists(Path.of(file + suffix));
            }
        }
        Sqlite.crashedWal(db, true);
        Sqlite.run(db, "INSERT INTO t VALUES('new')", "CREATE TABLE new(x)");
        Path wal = Files.createTempDirectory(home, "new").resolve("x.db");
        Sqlite.crashedWal(wal, true);
        for (String suffix : List.of("-wal", "-shm")) {
            Files.copy(Path.of(wal + suffix), Path.of(db + suffix), StandardCopyOption.REPLACE_EXISTING);
        }
        Sqlite.crashedJournal(second);
        Sqlite.run(created, "CREATE TABLE c(x)");
        Sqlite.run(var.resolve("unknown.db"), "CREATE TABLE u(x)");
    }

    private void assertOldState() throws Exception {
        assertThat(var.toFile().list()).containsExactlyInAnyOrder("jobs.db", "second.db");
        assertThat(Sqlite.column(db, "SELECT x FROM t")).containsExactly("1", "2");
        assertThat(Sqlite.column(db, "SELECT name FROM sqlite_master")).containsExactly("t");
        assertThat(Sqlite.column(second, "SELECT name FROM sqlite_master")).containsExactly("old");
        assertThat(home.resolve("snapshots")).isEmptyDirectory();
    }

    @Test
    void leftovers_beside_the_database_do_not_come_back_to_life() throws Exception {
        oldState();
        Snapshot snapshot = taken();
        failedMigration();
        store.restore(snapshot, now(), Progress.NONE);
        assertOldState();
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void a_restore_that_was_interrupted_anywhere_is_completed_by_the_next(boolean otherFileSystem, boolean acts)
            throws Exception {
        oldState();
        taken();
        failedMigration();
        Path template = Files.createDirectory(home.resolve("template"));
        copyTree(var, template.resolve("var"));
        copyTree(home.resolve("snapshots"), template.resolve("snapshots"));
        boolean interrupted = true;
        int calls = 0;
        for (; interrupted; calls++) {
            for (String directory : List.of("var", "snapshots")) {
                new DurableDisk(new Random(1)).deleteTree(home.resolve(directory));
                copyTree(template.resolve(directory), home.resolve(directory));
            }
            failing = new FailingDisk(otherFileSystem);
            store = store();
            failing.failAfter(calls, acts);
            interrupted = false;
            try {
                store.restore(store.find("1").orElseThrow(), now(), Progress.NONE);
            } catch (Failed | IOException e) {
                interrupted = true;
            }
            failing.repair();
            Optional<Snapshot> left = store.find("1");
            if (left.isPresent()) {
                store.restore(left.get(), now(), Progress.NONE);
            }
            store.delete("1");
            assertOldState();
        }
        assertThat(calls).isGreaterThan(10);
    }

    private static void copyTree(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(source.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true", "true,true"})
    void a_snapshot_that_stays_is_restored_by_renaming_what_was_made_ready(boolean compress, boolean otherFileSystem)
            throws Exception {
        failing = new FailingDisk(otherFileSystem);
        store = store();
        oldState();
        Snapshot snapshot = store.settle(taken(), compress, Progress.NONE);
        store.materialise(snapshot, Progress.NONE);
        // A second name, so that the file system cannot give its number to the next file.
        Path ready =
                Files.createLink(home.resolve("ready"), snapshot.directory().resolve("1-jobs.db.spare"));
        for (int i = 0; i < 2; i++) {
            // The second time nothing was made ready.
            failedMigration();
            store.restoreCopy(snapshot, now(), Progress.NONE);
            assertThat(var.toFile().list()).containsExactlyInAnyOrder("jobs.db", "second.db");
            assertThat(Sqlite.column(db, "SELECT x FROM t")).containsExactly("1", "2");
            assertThat(Files.isSameFile(ready, db)).isEqualTo(i == 0 && !otherFileSystem);
        }
        store.verify(snapshot, Progress.NONE);
        assertThat(snapshot.directory().toFile().list()).noneMatch(name -> name.contains("spare"));
        store.materialise(snapshot, Progress.NONE);
        store.dropSpares("1");
        store.dropSpares("none");
        assertThat(snapshot.directory().toFile().list()).noneMatch(name -> name.contains("spare"));
    }

    @Test
    void nothing_is_touched_when_the_snapshot_is_damaged() throws Exception {
        oldState();
        Snapshot snapshot = taken();
        Files.writeString(snapshot.directory().resolve("2-second.db"), "x");
        failedMigration();
        List<String> before = Sqlite.listing(var);
        assertThatThrownBy(() -> store.restore(snapshot, now(), Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("cannot use snapshot 1: ");
        assertThat(Sqlite.listing(var)).isEqualTo(before);
    }

    @Test
    void a_copy_that_went_elsewhere_is_not_taken_for_restored() throws Exception {
        oldState();
        Snapshot snapshot = store.folded(taken());
        Files.delete(snapshot.directory().resolve("1-jobs.db"));
        failedMigration();
        assertThatThrownBy(() -> store.restore(snapshot, now(), Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("is missing, and var/jobs.db is not what it held");
    }

    @Test
    void a_link_to_a_database_stays_and_its_target_is_restored() throws Exception {
        Path real = Files.createDirectory(home.resolve("data")).resolve("real.db");
        Sqlite.run(real, "CREATE TABLE old(x)");
        Files.createSymbolicLink(db, Path.of("../data/real.db"));
        Snapshot snapshot = taken(db);
        Sqlite.run(real, "DROP TABLE old");
        Files.writeString(Path.of(real + "-wal"), "stale");
        store.restore(snapshot, List.of(real), Progress.NONE);
        assertThat(db).isSymbolicLink();
        assertThat(Sqlite.column(db, "SELECT name FROM sqlite_master")).containsExactly("old");
        assertThat(real.getParent().toFile().list()).containsExactly("real.db");
    }

    @Test
    void parking_moves_the_database_with_all_beside_it_and_overwrites_nothing() throws Exception {
        Snapshot snapshot = taken();
        Path evidence = home.resolve("evidence");
        for (String attempt : List.of("jobs.db", "jobs.db.2", "jobs.db.3")) {
            Sqlite.crashedWal(db, true);
            store.park(snapshot, List.of(db, second), evidence);
            assertThat(var).isEmptyDirectory();
            assertThat(Sqlite.column(evidence.resolve(attempt), "SELECT x FROM t"))
                    .containsExactly("1", "2");
        }
        store.park(snapshot, List.of(db, second), evidence);
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void parking_that_was_interrupted_anywhere_is_completed_by_the_next(boolean otherFileSystem, boolean acts)
            throws Exception {
        boolean interrupted = true;
        Snapshot snapshot = taken();
        for (int calls = 0; interrupted; calls++) {
            failing = new FailingDisk(otherFileSystem);
            store = store();
            Path evidence = home.resolve("evidence" + calls);
            Sqlite.crashedWal(db, true);
            failing.failAfter(calls, acts);
            interrupted = false;
            try {
                store.park(snapshot, List.of(db), evidence);
            } catch (IOException e) {
                interrupted = true;
            }
            failing.repair();
            store.park(snapshot, List.of(db), evidence);
            assertThat(var).isEmptyDirectory();
            assertThat(evidence.toFile().list()).containsExactlyInAnyOrder("jobs.db", "jobs.db-wal", "jobs.db-shm");
            assertThat(Sqlite.column(evidence.resolve("jobs.db"), "SELECT x FROM t"))
                    .containsExactly("1", "2");
        }
    }
}
