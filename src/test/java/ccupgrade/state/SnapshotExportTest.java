package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotExportTest {

    @TempDir
    Path home;

    @TempDir
    Path outside;

    private final FailingDisk failing = new FailingDisk();
    private Path db;
    private Path target;

    @BeforeEach
    void setUp() throws Exception {
        db = Files.createDirectory(home.resolve("var")).resolve("jobs.db");
        Sqlite.run(db, "PRAGMA journal_mode = WAL", "CREATE TABLE job(id INTEGER)", "INSERT INTO job VALUES (1), (2)");
        Files.writeString(home.resolve("jobs.conf"), "port = 1\n");
        Files.createDirectories(home.resolve("archive/2026"));
        Files.writeString(home.resolve("archive/2026/1.json"), "{}");
        Files.writeString(home.resolve("archive/version.txt"), "2");
        target = outside.resolve("copy");
    }

    private SnapshotStore storeWith(long free) {
        return new SnapshotStore(
                home.resolve(".tool/snapshots"),
                home,
                failing.disk,
                Sqlite.reader(home),
                Clock.systemUTC(),
                new SnapshotStore.Terms(place -> free, 16L << 20));
    }

    private SnapshotStore store() {
        return storeWith(1L << 40);
    }

    private Snapshot takenLive() throws Exception {
        Scope scope = new Scope(
                List.of(db),
                List.of(home.resolve("jobs.conf")),
                Set.of(),
                new Scope.Archive(home.resolve("archive"), "version.txt", Scope.Keeping.TREE, false),
                false);
        return store().takeLive("3-by-hand", null, 3, "by hand", scope, 0, Progress.NONE);
    }

    private Snapshot settled(boolean compress) throws Exception {
        return store().settle(takenLive(), compress, Progress.NONE);
    }

    private List<String> beside() throws Exception {
        try (Stream<Path> files = Files.list(outside)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void what_is_taken_beside_an_open_writer_has_what_it_has_committed_and_no_more() throws Exception {
        try (Connection writer = Sqlite.open(db)) {
            Sqlite.run(writer, "INSERT INTO job VALUES (3)");
            writer.setAutoCommit(false);
            Sqlite.run(writer, "INSERT INTO job VALUES (4)");
            Snapshot snapshot = settled(true);
            writer.rollback();
            store().export().copy(snapshot, target, false, Progress.NONE);
        }
        assertThat(Sqlite.column(target.resolve("var/jobs.db"), "SELECT id FROM job"))
                .containsExactly("1", "2", "3");
    }

    @Test
    void a_copy_is_plain_private_and_can_be_checked_with_sha256sum() throws Exception {
        store().export().copy(settled(true), target, true, Progress.NONE);
        assertThat(target.resolve("jobs.conf")).hasContent("port = 1");
        assertThat(target.resolve("archive/2026/1.json")).hasContent("{}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rwx------");
        assertThat(target.resolve("var")).isDirectoryContaining(file -> file.endsWith("jobs.db"));
        Process check = new ProcessBuilder("sha256sum", "-c", "--strict", "SHA256SUMS")
                .directory(target.toFile())
                .start();
        String said = new String(check.getInputStream().readAllBytes());
        assertThat(check.waitFor()).isZero();
        assertThat(said.lines()).containsExactly("jobs.conf: OK", "var/jobs.db: OK");
        assertThat(beside()).containsExactly("copy");
    }

    @Test
    void nothing_that_is_there_is_overwritten() throws Exception {
        Snapshot snapshot = settled(false);
        Files.createDirectory(target);
        assertThatThrownBy(() -> store().export().copy(snapshot, target, false, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("is there already");
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void what_does_not_fit_is_refused_before_anything_is_written() throws Exception {
        Snapshot snapshot = settled(true);
        assertThatThrownBy(() -> storeWith(1000).export().copy(snapshot, target, false, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("1.0 kB are free");
        assertThat(beside()).isEmpty();
    }

    @Test
    void what_nobody_has_checked_is_not_given_away() throws Exception {
        Snapshot snapshot = takenLive();
        assertThatThrownBy(() -> store().export().copy(snapshot, target, false, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("nobody has checked it");
    }

    @Test
    void an_altered_database_is_not_exported_and_nothing_is_left() throws Exception {
        Snapshot snapshot = settled(false);
        Path copy = snapshot.directory().resolve("1-jobs.db");
        byte[] bytes = Files.readAllBytes(copy);
        bytes[bytes.length - 1] ^= 1;
        Files.write(copy, bytes, StandardOpenOption.WRITE);
        assertThatThrownBy(() -> store().export().copy(snapshot, target, false, Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("var/jobs.db has the SHA-256");
        assertThat(beside()).isEmpty();
    }

    @Test
    void an_altered_manifest_does_not_make_it_write_outside_of_its_directory() throws Exception {
        Snapshot snapshot = settled(false);
        Path manifest = snapshot.directory().resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"jobs.conf\"", "\"../evil.conf\""));
        Snapshot altered = store().find(snapshot.id()).orElseThrow();
        assertThatThrownBy(() -> store().export().copy(altered, target, false, Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("../evil.conf");
        assertThat(beside()).isEmpty();
    }

    @Test
    void whichever_call_of_the_disk_fails_the_name_stays_free_or_has_all_of_it_and_the_next_attempt_succeeds()
            throws Exception {
        Snapshot snapshot = settled(true);
        int failures = 0;
        for (int calls = 0; ; calls++) {
            failing.failAfter(calls, false);
            try {
                store().export().copy(snapshot, target, true, Progress.NONE);
                failing.repair();
                break;
            } catch (Fault | IOException e) {
                failures++;
            }
            failing.repair();
            assertThat(target).doesNotExist();
            store().export().copy(snapshot, target, true, Progress.NONE);
            assertThat(Sqlite.column(target.resolve("var/jobs.db"), "SELECT count(*) FROM job"))
                    .containsExactly("2");
            assertThat(beside()).containsExactly("copy");
            failing.disk.deleteTree(target);
        }
        assertThat(failures).isGreaterThan(5);
    }

    @Test
    void a_look_finds_an_altered_configuration_file_and_an_archive_that_is_gone() throws Exception {
        Snapshot snapshot = settled(true);
        assertThat(store().examine(snapshot, Progress.NONE).differences()).isEmpty();
        Files.writeString(snapshot.directory().resolve("file-1-jobs.conf"), "port = 2\n");
        failing.disk.deleteTree(snapshot.directory().resolve("archive"));
        assertThat(store().examine(snapshot, Progress.NONE).differences())
                .containsExactly("file-1-jobs.conf was altered", "the archive is missing");
    }
}
