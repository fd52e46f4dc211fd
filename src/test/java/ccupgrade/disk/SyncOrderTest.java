package ccupgrade.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel is really asked for, and in which order: a tracer looks on. */
class SyncOrderTest {

    private static final Pattern CALL = Pattern.compile("^(?:\\[pid +\\d+] |\\d+ +)?(\\w+)\\((.*)\\) += 0");

    /** A descriptor as the tracer shows it, with the path that it is open on. */
    private static final Pattern DESCRIPTOR = Pattern.compile("^\\d+<(.*)>$");

    @TempDir
    Path given;

    private Path directory;

    @BeforeEach
    void resolve() throws IOException {
        directory = given.toRealPath();
    }

    @Test
    void write_syncs_the_file_before_its_name_and_the_name_before_it_returns() throws Exception {
        assertThat(traced("write", "f", "10")).containsExactly("fsync .f.tmp", "rename .f.tmp f", "fsync .");
    }

    @Test
    void append_syncs_the_file_and_a_new_one_s_name() throws Exception {
        assertThat(traced("append", "f", "10")).containsExactly("fsync f", "fsync .");
        assertThat(traced("append", "f", "10")).containsExactly("fsync f");
    }

    @Test
    void replace_link_renames_and_syncs_the_name() throws Exception {
        assertThat(traced("link", "l", "target")).containsExactly("symlink .l.tmp", "rename .l.tmp l", "fsync .");
    }

    @Test
    void publish_makes_the_new_name_durable_before_the_old_one_goes() throws Exception {
        Files.writeString(directory.resolve("a"), "x");
        Files.createDirectory(directory.resolve("d"));
        assertThat(traced("publish", "a", directory.resolve("d/b").toString()))
                .containsExactly("link a d/b", "fsync d", "unlink a", "fsync .");
    }

    @Test
    void move_syncs_both_directories() throws Exception {
        Files.writeString(directory.resolve("a"), "x");
        Files.createDirectory(directory.resolve("d"));
        assertThat(traced("move", "a", directory.resolve("d/b").toString()))
                .containsExactly("rename a d/b", "fsync d", "fsync .");
    }

    @Test
    void copy_syncs_the_bytes_and_the_name() throws Exception {
        Files.writeString(directory.resolve("a"), "x");
        assertThat(traced("copy", "a", directory.resolve("b").toString())).containsExactly("fsync b", "fsync .");
    }

    @Test
    void delete_syncs_the_directory_even_when_a_killed_predecessor_had_removed_the_name() throws Exception {
        Files.writeString(directory.resolve("a"), "x");
        assertThat(traced("delete", "a")).containsExactly("unlink a", "fsync .");
        assertThat(traced("delete", "a")).containsExactly("fsync .");
        assertThat(traced("deleteTree", "a")).containsExactly("fsync .");
    }

    @Test
    void create_directories_syncs_each_name_and_the_last_one_of_a_killed_predecessor() throws Exception {
        assertThat(traced("createDirectories", "a/b")).containsExactly("mkdir a", "fsync .", "mkdir a/b", "fsync a");
        assertThat(traced("createDirectories", "a/b")).containsExactly("fsync a");
    }

    /** The calls that change or sync something in our directory, with names relative to it. */
    private List<String> traced(String verb, String file, String... more) throws Exception {
        String[] arguments = new String[2 + more.length];
        arguments[0] = verb;
        arguments[1] = directory.resolve(file).toString();
        System.arraycopy(more, 0, arguments, 2, more.length);
        Path trace = Files.createTempFile("trace", ".txt");
        try {
            try (ChildJvm child = start(trace, arguments)) {
                String said = child.rest();
                assumeTrue(!said.contains("ptrace") && !said.contains("PTRACE"), "processes cannot be traced here");
                assertThat(child.exitCode()).as(said).isZero();
            }
            List<String> calls = new ArrayList<>();
            for (String line : Files.readAllLines(trace)) {
                Matcher call = CALL.matcher(line);
                if (call.find() && call.group(2).contains(directory.toString())) {
                    calls.add(describe(call.group(1), call.group(2)));
                }
            }
            return calls;
        } finally {
            Files.delete(trace);
        }
    }

    private static ChildJvm start(Path trace, String... arguments) {
        try {
            return ChildJvm.start(
                    List.of(
                            "strace",
                            "-f",
                            "-y",
                            "-s",
                            "1000",
                            "-o",
                            trace.toString(),
                            "-e",
                            "trace=fsync,fdatasync,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat"),
                    arguments);
        } catch (IOException e) {
            assumeTrue(false, "there is no strace here");
            throw new IllegalStateException(e);
        }
    }

    private String describe(String call, String arguments) {
        StringBuilder words = new StringBuilder(call.replaceFirst("(at2?)$", ""));
        for (String argument : arguments.split(", ")) {
            Matcher descriptor = DESCRIPTOR.matcher(argument);
            String path = descriptor.matches() ? descriptor.group(1) : argument.replace("\"", "");
            if (path.startsWith(directory.toString())) {
                Path relative = directory.relativize(Path.of(path));
                String name = relative.toString().isEmpty() ? "." : relative.toString();
                words.append(' ').append(name.replaceAll("\\.[0-9a-f]{12}\\" + Disk.TEMPORARY_SUFFIX, ".tmp"));
            }
        }
        return words.toString();
    }
}
