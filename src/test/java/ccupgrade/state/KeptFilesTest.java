package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptFilesTest {

    @TempDir
    Path home;

    private FailingDisk failing = new FailingDisk();
    private Path config;
    private Path env;
    private Path db;
    private Path evidence;
    private SnapshotStore store;

    @BeforeEach
    void setUp() throws Exception {
        config = Files.writeString(home.resolve("config.json"), "old");
        env = home.resolve(".env");
        db = home.resolve("jobs.db");
        evidence = home.resolve("evidence");
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r-----"));
        Sqlite.run(db, "CREATE TABLE old(x)");
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

    private Snapshot taken() throws Exception {
        return taken(new Scope(List.of(db), List.of(config, env), Set.of(config), null, false));
    }

    private Snapshot taken(Scope scope) throws Exception {
        try (Preparation preparation = store.prepare("1", 5L, 1, "test", scope, 0, Progress.NONE)) {
            return preparation.finish(scope.databases(), Progress.NONE);
        }
    }

    private void newState() throws Exception {
        store.replaceFile(config, "new".getBytes());
        store.replaceFile(env, "made".getBytes());
        Sqlite.run(db, "DROP TABLE old");
    }

    private void assertOldState() throws Exception {
        assertThat(config).hasContent("old");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config)))
                .isEqualTo("rw-r-----");
        assertThat(env).doesNotExist();
        assertThat(Sqlite.column(db, "SELECT name FROM sqlite_master")).containsExactly("old");
        assertThat(home.toFile().list()).noneMatch(name -> name.endsWith("ccupgrade-tmp"));
    }

    @Test
    void what_is_kept_can_be_read_back() throws Exception {
        Snapshot taken = taken();
        assertThat(store.find("1")).contains(taken);
        assertThat(taken.files())
                .extracting(KeptFile::path, KeptFile::replaced)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("config.json", true),
                        org.assertj.core.groups.Tuple.tuple(".env", false));
        assertThat(taken.files().get(1).copy()).isNull();
        store.verify(taken, Progress.NONE);
    }

    @Test
    void a_manifest_from_before_files_were_kept_is_still_read() throws Exception {
        Snapshot taken = taken(new Scope(List.of(db)));
        Path manifest = taken.directory().resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(
                manifest,
                text.replace("\"format\": 3", "\"format\": 2")
                        .replace(",\n  \"files\": [],\n  \"filesOnly\": false", ""));
        assertThat(Files.readString(manifest)).doesNotContain("files");
        assertThat(store.find("1")).contains(taken);
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void taking_back_that_was_interrupted_anywhere_is_completed_by_the_next(boolean otherFileSystem, boolean acts)
            throws Exception {
        boolean interrupted = true;
        int calls = 0;
        for (; interrupted; calls++) {
            failing = new FailingDisk(otherFileSystem);
            store = store();
            taken();
            newState();
            failing.failAfter(calls, acts);
            interrupted = false;
            try {
                takeBack();
            } catch (Failed | IOException e) {
                interrupted = true;
            }
            failing.repair();
            takeBack();
            assertOldState();
            assertThat(evidence.resolve("config.json")).hasContent("new");
            assertThat(evidence.resolve(".env")).hasContent("made");
            assertThat(evidence.toFile().list()).containsExactlyInAnyOrder("jobs.db", "config.json", ".env", "parked");
            assertThat(home.resolve("snapshots")).isEmptyDirectory();
            failing.disk.deleteTree(evidence);
        }
        assertThat(calls).isGreaterThan(15);
    }

    /** As the undo of a migration does it. */
    private void takeBack() throws Exception {
        Path parked = evidence.resolve("parked");
        Optional<Snapshot> snapshot = store.find("1");
        if (!Files.exists(parked)) {
            store.park(snapshot.orElseThrow(), List.of(db), evidence);
            failing.disk.write(parked, new byte[0]);
        }
        if (snapshot.isPresent()) {
            store.restore(snapshot.get(), List.of(db), Progress.NONE);
        }
        store.delete("1");
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void files_alone_are_put_back_from_a_snapshot_that_stays_also_after_an_interruption(boolean acts) throws Exception {
        boolean interrupted = true;
        for (int calls = 0; interrupted; calls++) {
            Snapshot snapshot = taken();
            store.replaceFile(config, "new".getBytes());
            store.replaceFile(env, "made".getBytes());
            failing.failAfter(calls, acts);
            interrupted = false;
            try {
                store.parkFiles(snapshot, evidence);
                store.restoreFiles(snapshot);
            } catch (Failed | IOException e) {
                interrupted = true;
            }
            failing.repair();
            store.parkFiles(snapshot, evidence);
            store.restoreFiles(snapshot);
            assertOldState();
            assertThat(store.changedFiles(snapshot)).isEmpty();
            assertThat(evidence.toFile().list()).containsExactlyInAnyOrder("config.json", ".env");
            store.verify(snapshot, Progress.NONE);
            store.delete("1");
            failing.disk.deleteTree(evidence);
        }
    }

    @Test
    void a_file_that_is_as_it_was_is_left_alone() throws Exception {
        Snapshot snapshot = taken();
        Object inode = Files.getAttribute(config, "unix:ino");
        store.park(snapshot, List.of(), evidence);
        store.restore(snapshot, List.of(db), Progress.NONE);
        assertThat(Files.getAttribute(config, "unix:ino")).isEqualTo(inode);
        assertThat(evidence).doesNotExist();
        assertOldState();
    }

    @Test
    void a_link_stays_and_what_it_leads_to_is_replaced_and_put_back() throws Exception {
        Path real = Files.createDirectory(home.resolve("etc")).resolve("real.json");
        Files.move(config, real);
        Files.createSymbolicLink(config, Path.of("etc/real.json"));
        Snapshot snapshot = taken();
        store.replaceFile(config, "new".getBytes());
        assertThat(real).hasContent("new");
        store.parkFiles(snapshot, evidence);
        assertThat(real).doesNotExist();
        store.restoreFiles(snapshot);
        assertThat(config).isSymbolicLink();
        assertThat(real).hasContent("old");
    }

    @Test
    void owner_mode_times_and_attributes_survive_a_replacement_and_its_being_taken_back() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        Files.setAttribute(config, "unix:uid", 65534);
        Files.setAttribute(config, "unix:gid", 65533);
        Files.setAttribute(config, "user:note", "kept".getBytes());
        Files.setLastModifiedTime(config, FileTime.from(Instant.parse("2020-01-02T03:04:05.678901Z")));
        Snapshot snapshot = taken();
        store.replaceFile(config, "much longer than before".getBytes());
        assertThat(config).hasContent("much longer than before");
        assertThat(DatabaseFiles.ownerOf(config)).isEqualTo(new FileOwner(65534, 65533, 0640));
        assertThat((byte[]) Files.getAttribute(config, "user:note")).asString().isEqualTo("kept");
        store.restore(snapshot, List.of(db), Progress.NONE);
        assertThat(config).hasContent("old");
        assertThat(DatabaseFiles.ownerOf(config)).isEqualTo(new FileOwner(65534, 65533, 0640));
        assertThat((byte[]) Files.getAttribute(config, "user:note")).asString().isEqualTo("kept");
        assertThat(Files.getLastModifiedTime(config).toInstant()).isEqualTo("2020-01-02T03:04:05.678901Z");
    }

    @Test
    void a_file_that_is_made_belongs_as_its_directory_does_and_is_not_for_everybody() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        Files.setAttribute(home, "unix:uid", 65534);
        Files.setAttribute(home, "unix:gid", 65533);
        store.replaceFile(env, "made".getBytes());
        assertThat(DatabaseFiles.ownerOf(env)).isEqualTo(new FileOwner(65534, 65533, 0640));
    }

    @Test
    void what_is_no_small_file_is_refused_and_nothing_is_left() throws Exception {
        Files.createDirectory(env);
        assertThatThrownBy(this::taken).isInstanceOf(Refused.class).hasMessageContaining(".env: it is not a file");
        Files.delete(env);
        try (RandomAccessFile large = new RandomAccessFile(env.toFile(), "rw")) {
            large.setLength(65L << 20);
        }
        assertThatThrownBy(this::taken).isInstanceOf(Refused.class).hasMessageContaining("they have 68.2 MB");
        assertThat(home.resolve("snapshots")).isEmptyDirectory();
    }

    @Test
    void a_copy_that_is_damaged_or_gone_is_found_out_before_anything_is_touched() throws Exception {
        Snapshot snapshot = taken();
        newState();
        Path copy = snapshot.directory().resolve("file-1-config.json");
        Files.writeString(copy, "odd");
        assertThatThrownBy(() -> store.restore(snapshot, List.of(db), Progress.NONE))
                .hasMessageContaining("is not what was kept of config.json");
        Files.delete(copy);
        assertThatThrownBy(() -> store.verify(snapshot, Progress.NONE)).hasMessageContaining("is missing");
        assertThat(config).hasContent("new");
        assertThat(Sqlite.column(db, "SELECT name FROM sqlite_master")).isEmpty();
    }

    @Test
    void a_snapshot_of_files_is_never_taken_for_one_of_the_state() throws Exception {
        Snapshot files = taken(Scope.ofFiles(List.of(config)));
        assertThat(store.newestOf(5)).isEmpty();
        assertThatThrownBy(() -> store.restore(files, List.of(db), Progress.NONE))
                .hasMessageContaining("it holds files only");
        assertThatThrownBy(() -> store.restoreCopy(files, List.of(db), Progress.NONE))
                .hasMessageContaining("it holds files only");
        assertThat(db).exists();
        store.replaceFile(config, "new".getBytes());
        store.restoreFiles(store.find("1").orElseThrow());
        assertThat(config).hasContent("old");
    }
}
