package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotStoreTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    Path home;

    private final FailingDisk failing = new FailingDisk();
    private Path db;
    private Path directory;
    private DatabaseReader reader;
    private SnapshotStore store;

    @BeforeEach
    void setUp() throws Exception {
        db = Files.createDirectory(home.resolve("var")).resolve("jobs.db");
        directory = home.resolve(".tool/snapshots");
        reader = Sqlite.reader(home);
        store = storeWith(1L << 40);
    }

    private SnapshotStore storeWith(long free) {
        return new SnapshotStore(
                directory,
                home,
                failing.disk,
                reader,
                Clock.fixed(NOON, ZoneOffset.UTC),
                new SnapshotStore.Terms(place -> free, 16L << 20));
    }

    private Snapshot take(String id, Path... databases) throws Exception {
        return take(id, 1_790_000_000L, 3, databases);
    }

    private Snapshot take(String id, Long release, long operation, Path... databases) throws Exception {
        return store.settle(published(id, release, operation, databases), false, Progress.NONE);
    }

    private Snapshot published(String id, Path... databases) throws Exception {
        return published(id, 1_790_000_000L, 3, databases);
    }

    private Snapshot published(String id, Long release, long operation, Path... databases) throws Exception {
        try (Preparation preparation = store.prepare(
                id, release, operation, "before the install", new Scope(List.of(databases)), 0, Progress.NONE)) {
            return preparation.finish(List.of(databases), Progress.NONE);
        }
    }

    private static SavedFile savedOf(Snapshot snapshot, int index) {
        SavedFile saved = snapshot.databases().get(index).saved();
        assertThat(saved).isNotNull();
        return saved;
    }

    private void assertNothingLeft() {
        assertThat(directory)
                .satisfiesAnyOf(
                        d -> assertThat(d).doesNotExist(), d -> assertThat(d).isEmptyDirectory());
    }

    @Test
    void what_is_published_can_be_read_back_whole() throws Exception {
        Sqlite.run(
                db,
                "CREATE TABLE schema_migrations(version uint64, dirty bool)",
                "INSERT INTO schema_migrations VALUES(8, 0)");
        Snapshot taken = take("1", db);
        assertThat(store.list()).containsExactly(taken);
        assertThat(store.find("1")).contains(taken);
        assertThat(store.find("2")).isEmpty();
        assertThat(taken.taken()).isEqualTo(NOON);
        assertThat(taken.databases().get(0).path()).isEqualTo("var/jobs.db");
        assertThat(savedOf(taken, 0).schema().text()).isEqualTo("8");
        assertThat(savedOf(taken, 0).rows()).containsEntry("schema_migrations", 1L);
        assertThat(savedOf(taken, 0).integrity()).isEqualTo(SavedFile.INTACT);
        assertThat(savedOf(taken, 0).size()).isEqualTo(Files.size(db)).isEqualTo(taken.size());
        store.verify(taken, Progress.NONE);
    }

    @Test
    void holds_what_stood_in_the_log_alone_as_one_file() throws Exception {
        for (boolean withShm : List.of(true, false)) {
            Path file = home.resolve("var/" + withShm + ".db");
            Sqlite.crashedWal(file, withShm);
            Snapshot taken = take("wal-" + withShm, file);
            assertThat(savedOf(taken, 0).rows()).containsEntry("t", 2L);
            assertThat(taken.directory().toFile().list())
                    .containsExactlyInAnyOrder("1-" + withShm + ".db", "manifest.json");
            Files.delete(Path.of(file + "-wal"));
            store.restore(taken, List.of(file), Progress.NONE);
            assertThat(Sqlite.column(file, "SELECT x FROM t")).containsExactly("1", "2");
        }
    }

    @Test
    void holds_what_a_killed_writers_journal_brings_back() throws Exception {
        Sqlite.crashedJournal(db);
        Snapshot taken = take("1", db);
        assertThat(savedOf(taken, 0).rows()).containsEntry("t", 1L);
        assertThat(taken.directory().toFile().list()).containsExactlyInAnyOrder("1-jobs.db", "manifest.json");
        assertThat(Path.of(db + "-journal")).isNotEmptyFile();
    }

    @Test
    void an_absent_database_is_recorded_as_absent() throws Exception {
        Snapshot taken = take("1", db);
        assertThat(taken.databases()).containsExactly(new SavedDatabase("var/jobs.db", null));
        assertThat(store.find("1")).contains(taken);
    }

    @Test
    void databases_of_one_name_in_two_directories_do_not_collide() throws Exception {
        Path other = Files.createDirectory(home.resolve("other")).resolve("jobs.db");
        Sqlite.run(db, "CREATE TABLE one(x)");
        Sqlite.run(other, "CREATE TABLE two(x)");
        Snapshot taken = take("1", db, other);
        assertThat(savedOf(taken, 0).rows()).containsOnlyKeys("one");
        assertThat(savedOf(taken, 1).rows()).containsOnlyKeys("two");
        Sqlite.run(db, "DROP TABLE one");
        Sqlite.run(other, "DROP TABLE two");
        store.restore(taken, List.of(db, other), Progress.NONE);
        assertThat(reader.rowCounts(db, Progress.NONE)).containsOnlyKeys("one");
        assertThat(reader.rowCounts(other, Progress.NONE)).containsOnlyKeys("two");
    }

    @Test
    void what_is_not_a_database_is_refused_and_nothing_is_left() throws Exception {
        Files.writeString(db, "not a database at all, but long enough");
        assertThatThrownBy(() -> take("1", db))
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith("cannot read var/jobs.db: not an SQLite database (starts with");
        assertNothingLeft();
    }

    @Test
    void a_corrupt_database_is_refused_and_nothing_is_left() throws Exception {
        Sqlite.run(db, "CREATE TABLE t(x)", "INSERT INTO t VALUES(zeroblob(9000))");
        damage(db);
        assertThatThrownBy(() -> take("1", db))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("var/jobs.db: it is corrupt: ");
        assertNothingLeft();
    }

    @Test
    void damage_that_nobody_met_before_is_found_when_it_is_settled() throws Exception {
        Sqlite.run(db, "CREATE TABLE t(x)", "INSERT INTO t VALUES(zeroblob(9000))");
        Snapshot published = published("1", db);
        damage(published.directory().resolve("1-jobs.db"));
        Snapshot settled = store.settle(published, true, Progress.NONE);
        assertThat(savedOf(settled, 0).isSound()).isFalse();
        assertThat(store.find("1")).contains(settled);
    }

    private static void damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        java.util.Arrays.fill(bytes, 4096, 4196, (byte) 0xee);
        Files.write(file, bytes);
    }

    @Test
    void a_locked_database_is_refused_and_nothing_is_left() throws Exception {
        Sqlite.run(db, "CREATE TABLE t(x)");
        try (LockHolder holder = new LockHolder(db)) {
            assertThatThrownBy(() -> take("1", db))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("process " + holder.pid());
        }
        assertNothingLeft();
    }

    @Test
    void too_little_space_is_refused_with_the_numbers() throws Exception {
        Sqlite.run(db, "CREATE TABLE t(x)");
        store = storeWith(5L << 20);
        assertThatThrownBy(() -> take("1", db))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("needs 33.6 MB")
                .hasMessageContaining("where 5.2 MB are free");
        assertNothingLeft();
    }

    @Test
    void a_failure_at_any_disk_call_publishes_nothing_and_the_next_attempt_succeeds() throws Exception {
        Sqlite.crashedWal(db, true);
        boolean failed = true;
        for (int calls = 0; failed; calls++) {
            failing.failAfter(calls, false);
            failed = false;
            try {
                published("1", db);
            } catch (Failed | IOException e) {
                failed = true;
            }
            failing.repair();
            if (failed) {
                assertThat(store.list()).as("after %s calls", calls).isEmpty();
                Snapshot second = take("1", db);
                assertThat(savedOf(second, 0).rows()).containsEntry("t", 2L);
            }
            assertThat(directory.toFile().list()).containsExactly("1");
            store.delete("1");
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void a_settlement_that_was_interrupted_anywhere_leaves_what_can_be_restored_and_is_completed_by_the_next()
            throws Exception {
        boolean interrupted = true;
        int calls = 0;
        for (; interrupted; calls++) {
            for (boolean again : List.of(true, false)) {
                Files.deleteIfExists(db);
                Sqlite.crashedWal(db, true);
                Snapshot published = published("1", db);
                failing.failAfter(calls, calls % 2 == 0);
                interrupted = false;
                try {
                    store.settle(published, true, Progress.NONE);
                } catch (Failed | IOException e) {
                    interrupted = true;
                }
                failing.repair();
                Snapshot left = store.find("1").orElseThrow();
                if (again) {
                    left = store.settle(left, true, Progress.NONE);
                    assertThat(left.directory().toFile().list())
                            .containsExactlyInAnyOrder("1-jobs.db.zst", "manifest.json");
                    assertThat(left.size()).isLessThan(savedOf(left, 0).size());
                }
                store.verify(left, Progress.NONE);
                store.restore(left, List.of(db), Progress.NONE);
                assertThat(Sqlite.column(db, "SELECT x FROM t")).containsExactly("1", "2");
                assertThat(directory).isEmptyDirectory();
            }
        }
        assertThat(calls).isGreaterThan(8);
    }

    @Test
    void a_log_that_is_lost_is_missed_and_one_that_was_folded_in_is_not() throws Exception {
        Sqlite.crashedWal(db, true);
        Snapshot published = published("1", db);
        Path log = published.directory().resolve("1-jobs.db-wal");
        byte[] bytes = Files.readAllBytes(log);
        Files.delete(log);
        assertThatThrownBy(() -> store.verify(published, Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("1-jobs.db-wal has 0 bytes instead of " + bytes.length);
        Files.write(log, bytes);
        store.verify(published, Progress.NONE);
        assertThat(log).doesNotExist();
        store.verify(published, Progress.NONE);
    }

    @Test
    void no_database_is_given_up_for_a_snapshot_that_is_not_all_there() throws Exception {
        Sqlite.crashedWal(db, true);
        Snapshot fresh = published("1", db);
        Snapshot alone = take("2", db);
        Snapshot compressed = store.settle(published("3", db), true, Progress.NONE);
        for (Snapshot snapshot : List.of(fresh, alone, compressed)) {
            Path main = savedOf(snapshot, 0).form() == SavedFile.Form.COMPRESSED
                    ? snapshot.compressedFileOf(savedOf(snapshot, 0))
                    : snapshot.fileOf(savedOf(snapshot, 0));
            Path elsewhere = Files.move(main, home.resolve("elsewhere"));
            assertThatThrownBy(() -> store.giveUp(snapshot, List.of(db))).hasMessageContaining("is missing");
            assertThat(db).exists();
            Files.move(elsewhere, main);
        }
        store.giveUp(fresh, List.of(db));
        assertThat(db.getParent()).isEmptyDirectory();
        store.restore(fresh, List.of(db), Progress.NONE);
        assertThat(reader.rowCounts(db, Progress.NONE)).containsEntry("t", 2L);
    }

    @Test
    void a_damaged_compressed_copy_is_found_out() throws Exception {
        Sqlite.run(db, "CREATE TABLE t(x)", "INSERT INTO t VALUES(randomblob(90000))");
        Snapshot settled = store.settle(published("1", db), true, Progress.NONE);
        store.verify(settled, Progress.NONE);
        Path packed = settled.directory().resolve("1-jobs.db.zst");
        byte[] bytes = Files.readAllBytes(packed);
        bytes[bytes.length / 2] ^= 1;
        Files.write(packed, bytes);
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> store.verify(settled, Progress.NONE),
                () -> store.materialise(settled, Progress.NONE),
                () -> store.restore(settled, List.of(db), Progress.NONE))) {
            assertThatThrownBy(use).isInstanceOf(Failed.class).hasMessageStartingWith("cannot use snapshot 1: ");
        }
        assertThat(Sqlite.column(db, "SELECT count(*) FROM t")).containsExactly("1");
    }

    @Test
    void owner_and_mode_survive_snapshot_and_restore() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        Sqlite.crashedWal(db, true);
        for (String suffix : List.of("", "-wal", "-shm")) {
            Path file = Path.of(db + suffix);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            Files.setAttribute(file, "unix:uid", 65534);
            Files.setAttribute(file, "unix:gid", 65533);
        }
        Snapshot taken = take("1", db);
        assertThat(savedOf(taken, 0).owner()).isEqualTo(new FileOwner(65534, 65533, 0640));
        Files.delete(db);
        store.restore(taken, List.of(), Progress.NONE);
        assertThat(DatabaseFiles.ownerOf(db)).isEqualTo(new FileOwner(65534, 65533, 0640));
        assertThat(db.getParent().toFile().list()).containsExactly("jobs.db");
    }

    @Test
    void a_snapshot_that_could_not_keep_the_owner_is_not_taken() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        Sqlite.run(db, "CREATE TABLE t(x)");
        Files.setAttribute(db, "unix:uid", 65534);
        failing.giveCopiesTo(65533);
        assertThatThrownBy(() -> take("1", db))
                .isInstanceOf(Failed.class)
                .hasMessageStartingWith("cannot keep the owner of var/jobs.db: the copy has 65533:0");
        assertNothingLeft();
    }

    @Test
    void a_copy_that_changed_or_was_given_away_is_found_out() throws Exception {
        Sqlite.run(db, "CREATE TABLE t(x)");
        Snapshot taken = take("1", db);
        Path copy = taken.directory().resolve("1-jobs.db");
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> store.verify(taken, Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("mode 0600 instead of");
        byte[] bytes = Files.readAllBytes(copy);
        bytes[bytes.length - 1] ^= 1;
        Files.write(copy, bytes);
        assertThatThrownBy(() -> store.verify(taken, Progress.NONE)).hasMessageContaining("has the SHA-256");
        Files.delete(copy);
        assertThatThrownBy(() -> store.verify(taken, Progress.NONE)).hasMessageContaining("is missing");
    }

    @Test
    void the_newest_snapshot_of_a_release_is_found() throws Exception {
        Snapshot first = take("1", db);
        Snapshot second = take("2", 1_790_000_000L, 4, db);
        take("3", 1_790_000_001L, 5, db);
        take("4", null, 6, db);
        assertThat(store.newestOf(1_790_000_000L)).contains(second);
        assertThat(store.newestOf(5)).isEmpty();
        store.delete("2");
        assertThat(store.newestOf(1_790_000_000L)).contains(first);
        store.delete("2");
        assertThat(store.list()).extracting(Snapshot::id).containsExactly("1", "3", "4");
    }

    @Test
    void a_manifest_that_makes_no_sense_is_told_and_a_newer_one_as_well() throws Exception {
        Snapshot taken = take("1", db);
        Path manifest = taken.directory().resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(manifest, text.replace("\"format\": 3", "\"format\": 4"));
        assertThatThrownBy(() -> store.list()).isInstanceOf(Failed.class).hasMessageContaining("format 4");
        Files.writeString(manifest, "{}");
        assertThatThrownBy(() -> store.list()).isInstanceOf(Failed.class).hasMessageContaining("cannot understand");
    }
}
