package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import ccupgrade.state.Scope.Keeping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptArchiveTest {

    /** In memory, and so another file system than that of the test's directory. */
    private static final Path MEMORY = Path.of("/dev/shm");

    @TempDir
    Path home;

    private FailingDisk failing = new FailingDisk();
    private Path archive;
    private Path db;
    private Path evidence;
    private SnapshotStore store;

    @BeforeEach
    void setUp() throws Exception {
        archive = home.resolve("var/job-archive");
        Files.createDirectories(archive.getParent());
        db = home.resolve("var/jobs.db");
        evidence = home.resolve("evidence");
        Sqlite.run(db, "CREATE TABLE old(x)");
        oldTree();
        store = store();
    }

    private SnapshotStore store() {
        return new SnapshotStore(home.resolve("snapshots"), home, failing.disk, Sqlite.reader(home), Clock.systemUTC());
    }

    private void oldTree() throws IOException {
        Files.createDirectories(archive.resolve("emmy/1"));
        Files.writeString(archive.resolve("version.txt"), "2\n");
        Files.writeString(archive.resolve("emmy/1/meta.json"), "old");
        Files.createSymbolicLink(archive.resolve("latest"), Path.of("emmy/1"));
    }

    /** As a migration that fails half-way leaves it, which writes new files. */
    private void halfMigrated() throws IOException {
        Path meta = archive.resolve("emmy/1/meta.json");
        Files.delete(meta);
        Files.writeString(meta, "new");
        Files.writeString(archive.resolve("emmy/1/extra"), "new");
        Files.delete(archive.resolve("latest"));
    }

    private static Map<String, String> contents(Path tree) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.toList()) {
                all.put(
                        tree.relativize(file).toString(),
                        Files.isSymbolicLink(file)
                                ? "-> " + Files.readSymbolicLink(file)
                                : Files.getLastModifiedTime(file)
                                        + (Files.isDirectory(file) ? "" : " " + Files.readString(file)));
            }
        }
        return all;
    }

    private Scope scope(Keeping keeping, boolean rewrites) {
        return new Scope(
                List.of(db), List.of(), Set.of(), new Scope.Archive(archive, "version.txt", keeping, rewrites), false);
    }

    private Snapshot taken(String id, Long release, Scope scope) throws Exception {
        try (Preparation preparation = store.prepare(id, release, 1, "test", scope, 0, Progress.NONE)) {
            return preparation.finish(scope.databases(), Progress.NONE);
        }
    }

    private Snapshot taken(boolean rewrites) throws Exception {
        return taken("1", 5L, scope(Keeping.TREE, rewrites));
    }

    private static SavedTree treeOf(Snapshot snapshot) {
        assertThat(snapshot.archive()).isNotNull();
        assertThat(snapshot.archive().tree()).isNotNull();
        return snapshot.archive().tree();
    }

    private void elsewhere() throws IOException {
        assumeTrue(
                Files.isWritable(MEMORY)
                        && !Files.getAttribute(MEMORY, "unix:dev").equals(Files.getAttribute(home, "unix:dev")),
                "needs a second file system");
        Path other = Files.createTempDirectory(MEMORY, "archive").resolve("job-archive");
        failing.disk.deleteTree(archive);
        Files.createSymbolicLink(archive, other);
        Path link = archive;
        archive = other;
        oldTree();
        archive = link;
    }

    @Test
    void a_kept_tree_that_lost_a_file_or_grew_is_seen_without_reading_it() throws Exception {
        Snapshot snapshot = taken(true);
        assertThat(store.examine(snapshot, Progress.NONE).archive()).isNull();
        Path kept = snapshot.directory().resolve("archive/emmy/1/meta.json");

        Files.writeString(kept, "longer than it was");
        assertThat(store.examine(snapshot, Progress.NONE).archive())
                .isEqualTo("the archive was altered: it has 2 files with 20 bytes, and had 2 with 5");

        store.forgetCount("1");
        assertThat(store.examine(store.find("1").orElseThrow(), Progress.NONE).archive())
                .isNull();

        Files.delete(kept);
        assertThat(store.examine(snapshot, Progress.NONE).archive())
                .isEqualTo("the archive was altered: it has 1 files with 2 bytes, and had 2 with 5");
    }

    @Test
    void an_archive_that_is_not_touched_is_not_copied_but_its_version_is_kept() throws Exception {
        Snapshot snapshot = taken("1", 5L, scope(Keeping.VERSION, true));
        assertThat(snapshot.hasTree()).isFalse();
        assertThat(snapshot.archiveVersion()).isEqualTo(2);
        assertThat(store.find("1")).contains(snapshot);
        halfMigrated();
        Map<String, String> before = contents(archive);
        store.park(snapshot, List.of(db), evidence);
        store.restore(snapshot, List.of(db), Progress.NONE);
        assertThat(contents(archive)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"false,false,false", "true,false,false", "false,false,true", "true,true,false", "false,true,true"})
    void taking_back_that_was_interrupted_anywhere_is_completed_by_the_next(
            boolean rewrites, boolean elsewhere, boolean acts) throws Exception {
        if (elsewhere) {
            elsewhere();
        }
        Map<String, String> before = contents(archive.toRealPath());
        Path real = archive.toRealPath();
        boolean interrupted = true;
        int calls = 0;
        for (; interrupted; calls++) {
            failing = new FailingDisk();
            store = store();
            Snapshot snapshot = taken(rewrites);
            assertThat(treeOf(snapshot).files()).isEqualTo(2);
            assertThat(treeOf(snapshot).bytes()).isEqualTo(5);
            store.settle(snapshot, true, Progress.NONE);
            halfMigrated();
            Map<String, String> failed = contents(real);
            failing.failAfter(calls, acts);
            interrupted = false;
            try {
                takeBack();
            } catch (Failed | IOException e) {
                interrupted = true;
            }
            failing.repair();
            takeBack();
            assertThat(contents(real)).isEqualTo(before);
            Path kept = evidence.resolve("job-archive");
            assertThat(contents(kept.toRealPath())).isEqualTo(failed);
            assertThat(evidence.toFile().list()).containsExactlyInAnyOrder("jobs.db", "job-archive", "parked");
            assertThat(home.resolve("snapshots")).isEmptyDirectory();
            for (Path parked : List.of(kept, evidence.resolve("jobs.db"))) {
                store.deleteParked(parked);
            }
            failing.disk.deleteTree(evidence);
            assertThat(real.getParent().toFile().list()).noneMatch(name -> name.startsWith("."));
        }
        assertThat(calls).isGreaterThan(10);
        if (elsewhere) {
            failing.disk.deleteTree(real.getParent());
        }
    }

    /** As the undo of a migration does it. */
    private void takeBack() throws Exception {
        Path parked = evidence.resolve("parked");
        Optional<Snapshot> snapshot = store.find("1");
        if (!Files.exists(parked)) {
            store.verify(snapshot.orElseThrow(), Progress.NONE);
            store.park(snapshot.orElseThrow(), List.of(db), evidence);
            failing.disk.write(parked, new byte[0]);
        }
        if (snapshot.isPresent()) {
            store.restore(snapshot.get(), List.of(db), Progress.NONE);
        }
        store.delete("1");
    }

    @Test
    void an_archive_that_was_not_there_is_not_there_again() throws Exception {
        failing.disk.deleteTree(archive);
        Snapshot snapshot = taken(true);
        assertThat(treeOf(snapshot).way()).isEqualTo(SavedTree.Way.ABSENT);
        oldTree();
        takeBack();
        assertThat(archive).doesNotExist();
        assertThat(evidence.resolve("job-archive/version.txt")).exists();
    }

    @Test
    void a_snapshot_that_is_deleted_takes_its_archive_along_wherever_it_lies() throws Exception {
        elsewhere();
        Path beside = archive.toRealPath().getParent();
        taken(false);
        assertThat(beside.toFile().list()).containsExactlyInAnyOrder("job-archive", ".job-archive.1.ccupgrade");
        store.delete("1");
        assertThat(beside.toFile().list()).containsExactly("job-archive");
        failing.disk.deleteTree(beside);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void what_a_crash_leaves_of_a_copy_goes_with_the_next_snapshot(boolean elsewhere) throws Exception {
        if (elsewhere) {
            elsewhere();
        }
        Path real = archive.toRealPath();
        boolean interrupted = true;
        for (int calls = 0; interrupted; calls++) {
            failing.failAfter(calls, calls % 2 == 0);
            interrupted = false;
            try {
                taken(false);
            } catch (Failed | IOException e) {
                interrupted = true;
            }
            failing.repair();
            if (interrupted) {
                store.delete("1");
                taken(false);
            }
            store.delete("1");
            assertThat(home.resolve("snapshots")).isEmptyDirectory();
            assertThat(real.getParent().toFile().list()).noneMatch(name -> name.startsWith("."));
        }
        if (elsewhere) {
            failing.disk.deleteTree(real.getParent());
        }
    }

    @Test
    void the_ways_are_clones_where_they_can_be_had_then_links_where_they_may_then_copies() throws Exception {
        boolean clones = treeOf(taken(true)).way() == SavedTree.Way.CLONE;
        store.delete("1");
        assertThat(treeOf(taken(true)).way()).isEqualTo(clones ? SavedTree.Way.CLONE : SavedTree.Way.LINK);
        store.delete("1");
        assertThat(treeOf(taken(false)).way()).isEqualTo(clones ? SavedTree.Way.CLONE : SavedTree.Way.COPY);
    }

    @Test
    void a_snapshot_whose_archive_is_gone_is_not_used() throws Exception {
        Snapshot snapshot = taken(false);
        Path kept = snapshot.directory().resolve("archive");
        failing.disk.deleteTree(kept);
        failing.disk.deleteTree(archive);
        assertThatThrownBy(() -> store.verify(snapshot, Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("archive is missing");
    }

    @Test
    void an_archive_that_is_a_file_is_refused() throws Exception {
        failing.disk.deleteTree(archive);
        Files.writeString(archive, "x");
        assertThatThrownBy(() -> taken(false)).isInstanceOf(Refused.class).hasMessageContaining("not a directory");
        assertThat(home.resolve("snapshots")).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void a_rollback_exchanges_the_trees_and_is_itself_taken_back_from_wherever_it_was_interrupted(
            boolean elsewhere, boolean acts) throws Exception {
        if (elsewhere) {
            elsewhere();
        }
        Path real = archive.toRealPath();
        Map<String, String> old = contents(real);
        taken(false);
        halfMigrated();
        Map<String, String> present = contents(real);
        boolean interrupted = true;
        int calls = 0;
        for (; interrupted; calls++) {
            Snapshot target = store.find("1").orElseThrow();
            Snapshot abandoned = taken("2", 6L, scope(Keeping.BY_MOVING, false));
            assertThat(contents(real)).isEqualTo(present);
            failing.failAfter(calls, acts);
            interrupted = false;
            try {
                store.swapTree(target, abandoned);
            } catch (Failed | IOException e) {
                interrupted = true;
            }
            failing.repair();
            if (!interrupted) {
                assertThat(contents(real)).isEqualTo(old);
            }
            for (int undo = 0; undoInterrupted(undo, acts); undo++) {
                failing.repair();
            }
            assertThat(contents(real)).isEqualTo(present);
            assertThat(contents(ArchiveTrees.placeIn(target.directory()))).isEqualTo(old);
            store.delete("2");
        }
        assertThat(calls).isGreaterThan(1);
        Snapshot abandoned = taken("2", 6L, scope(Keeping.BY_MOVING, false));
        store.swapTree(store.find("1").orElseThrow(), abandoned);
        store.forgetTree("1");
        assertThat(store.find("1").orElseThrow().hasTree()).isFalse();
        store.delete("1");
        assertThat(contents(real)).isEqualTo(old);
        assertThat(contents(ArchiveTrees.placeIn(abandoned.directory()))).isEqualTo(present);
        if (elsewhere) {
            failing.disk.deleteTree(real.getParent());
        }
    }

    private boolean undoInterrupted(int calls, boolean acts) throws Exception {
        failing.failAfter(calls, acts);
        try {
            Optional<Snapshot> abandoned = store.find("2");
            if (abandoned.isPresent()) {
                store.unswapTree("1", abandoned.get());
                store.restore(abandoned.get(), List.of(db), Progress.NONE);
            }
            return false;
        } catch (Failed | IOException e) {
            return true;
        } finally {
            failing.repair();
        }
    }

    @Test
    void a_rename_is_possible_within_one_mount_only() throws Exception {
        Path info = Files.writeString(
                home.resolve("mountinfo"),
                "1 0 8:1 / / rw - ext4 /dev/vda rw\n2 1 8:1 /data " + home.toRealPath() + "/var rw - ext4 /dev/vda rw\n"
                        + "3 1 8:1 / " + home.toRealPath() + "/a\\040b rw - ext4 /dev/vda rw\n");
        Files.createDirectory(home.resolve("a b"));
        Mounts mounts = Mounts.of(info);
        assertThat(mounts.isPoint(archive.getParent())).isTrue();
        assertThat(mounts.isPoint(home.resolve("a b"))).isTrue();
        assertThat(mounts.isPoint(archive)).isFalse();
        assertThat(mounts.areOne(home, home.resolve("snapshots").getParent())).isTrue();
        assertThat(mounts.areOne(home, archive)).isFalse();
        assertThat(mounts.areOne(archive, archive.getParent())).isTrue();
    }
}
