package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.fault.Failed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {

    @TempDir
    Path home;

    @Test
    void tells_who_has_the_database_open_by_any_name_and_not_ourselves() throws Exception {
        Path db = home.resolve("jobs.db");
        Sqlite.run(db, "CREATE TABLE t(x)");
        Path link = Files.createSymbolicLink(home.resolve("link.db"), Path.of("jobs.db"));
        OpenFiles openFiles = new OpenFiles();
        try (InputStream ours = Files.newInputStream(db);
                LockHolder holder = new LockHolder(db)) {
            assertThat(ours).isNotNull();
            List<OpenFile> open = openFiles.of(List.of(link));
            assertThat(open).extracting(OpenFile::pid).containsOnly(holder.pid());
            assertThat(open).extracting(OpenFile::command).containsOnly("java");
            assertThat(open).extracting(OpenFile::file).contains(db);
        }
        assertThat(openFiles.of(List.of(db, home.resolve("absent.db")))).isEmpty();
    }

    @Test
    void tells_who_has_only_the_log_open() throws Exception {
        Path db = home.resolve("jobs.db");
        Sqlite.crashedWal(db, false);
        Path wal = home.resolve("jobs.db-wal");
        Process reader = new ProcessBuilder("sh", "-c", "echo open; exec sleep 60")
                .redirectInput(wal.toFile())
                .start();
        try {
            assertThat(reader.getInputStream().read()).isEqualTo('o');
            assertThat(new OpenFiles().of(List.of(db)))
                    .extracting(OpenFile::pid, OpenFile::file)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(reader.pid(), wal));
        } finally {
            reader.destroyForcibly();
        }
    }

    @Test
    void tells_who_writes_into_a_tree_and_not_who_reads_in_it() throws Exception {
        Path tree = Files.createDirectories(home.resolve("archive/fritz"));
        Path written = Files.writeString(tree.resolve("data.json"), "{}");
        Path read = Files.writeString(tree.resolve("meta.json"), "{}");
        Path elsewhere = Files.writeString(home.resolve("archive-2.json"), "{}");
        Path link = Files.createSymbolicLink(home.resolve("link"), Path.of("archive"));
        Process writer = new ProcessBuilder(
                        "sh",
                        "-c",
                        "exec 3>>\"$0\" 4<\"$1\" 5>>\"$2\"; echo open; sleep 60",
                        written.toString(),
                        read.toString(),
                        elsewhere.toString())
                .start();
        try {
            assertThat(writer.getInputStream().read()).isEqualTo('o');
            assertThat(new OpenFiles().writingBelow(link))
                    .isNotEmpty()
                    .allSatisfy(open -> assertThat(open.file()).isEqualTo(written))
                    .extracting(OpenFile::pid)
                    .contains(writer.pid());
        } finally {
            writer.descendants().forEach(ProcessHandle::destroyForcibly);
            writer.destroyForcibly().waitFor();
        }
        assertThat(new OpenFiles().writingBelow(home.resolve("absent"))).isEmpty();
    }

    @Test
    void where_we_may_not_look_the_locks_tell() throws Exception {
        Path db = Files.writeString(home.resolve("jobs.db"), "x");
        String place = placeOf(db);
        Path proc = Files.createDirectory(home.resolve("proc"));
        Files.createDirectories(proc.resolve("4711"));
        Files.writeString(proc.resolve("4711/comm"), "jobs-service\n");
        Files.createDirectories(proc.resolve("12/fd"));
        Files.writeString(
                proc.resolve("locks"),
                "1: POSIX  ADVISORY  READ  4711 " + place + " 1073741826 1073742335\n"
                        + "1: -> POSIX  ADVISORY  WRITE 0 " + place + " 0 EOF\n"
                        + "2: POSIX  ADVISORY  READ  12 " + place + " 0 EOF\n"
                        + "3: FLOCK  ADVISORY  WRITE 4711 00:00:1 0 EOF\n"
                        + "4: POSIX  ADVISORY  READ  99 " + place + " 0 EOF\n");
        assertThat(new OpenFiles(proc, () -> 99).of(List.of(db)))
                .containsExactly(new OpenFile(0, "unknown", db), new OpenFile(4711, "jobs-service", db));
    }

    @Test
    void where_we_may_look_into_all_nobody_asks_for_the_locks() throws Exception {
        Path db = Files.writeString(home.resolve("jobs.db"), "x");
        Path proc = Files.createDirectory(home.resolve("proc"));
        Files.createDirectories(proc.resolve("1/fd"));
        Path theirs = Files.createDirectories(proc.resolve("4711/fd"));
        Files.writeString(proc.resolve("4711/comm"), "jobs-service\n");
        Files.createSymbolicLink(theirs.resolve("3"), db);
        // What cannot be read as a list tells that it was read.
        Files.createDirectory(proc.resolve("locks"));

        assertThat(new OpenFiles(proc, () -> 99).of(List.of(db)))
                .containsExactly(new OpenFile(4711, "jobs-service", db));

        Files.createDirectories(proc.resolve("12"));
        assertThatThrownBy(() -> new OpenFiles(proc, () -> 99).of(List.of(db))).isInstanceOf(IOException.class);
    }

    @Test
    void a_lock_of_a_process_that_is_hidden_counts() throws Exception {
        Path db = Files.writeString(home.resolve("jobs.db"), "x");
        Path proc = Files.createDirectory(home.resolve("proc"));
        Files.createDirectories(proc.resolve("4711/fd"));
        Files.writeString(proc.resolve("locks"), "1: POSIX  ADVISORY  READ  815 " + placeOf(db) + " 0 EOF\n");

        assertThat(new OpenFiles(proc, () -> 99).of(List.of(db))).containsExactly(new OpenFile(815, "unknown", db));
    }

    @Test
    void without_proc_there_is_no_answer() throws Exception {
        Path db = Files.writeString(home.resolve("jobs.db"), "x");
        assertThatThrownBy(() -> new OpenFiles(home.resolve("noproc"), () -> 1).of(List.of(db)))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("cannot tell which processes");
    }

    private static String placeOf(Path file) throws IOException {
        long inode = (Long) Files.getAttribute(file, "unix:ino");
        long device = (Long) Files.getAttribute(file, "unix:dev");
        return String.format("%02x:%02x:%d", device >> 8 & 0xfff, device & 0xff | device >> 12 & 0xfff00, inode);
    }
}
