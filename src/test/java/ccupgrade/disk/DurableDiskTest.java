package ccupgrade.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real file system, because that is what the promises are about. */
class DurableDiskTest {

    @TempDir
    Path directory;

    private final Disk disk = new DurableDisk(new Random(1));

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void write_makes_a_file_or_replaces_its_content_and_leaves_nothing_else() throws IOException {
        Path file = directory.resolve("f");
        disk.write(file, bytes("first, and longer"));
        disk.write(file, bytes("second"));
        assertThat(file).hasContent("second");
        assertThat(names()).containsExactly("f");
    }

    @Test
    void write_removes_what_a_killed_write_of_the_same_file_left_and_nothing_else() throws IOException {
        file(".f.0123456789ab.ccupgrade-tmp", "half");
        file(".g.0123456789ab.ccupgrade-tmp", "another file's");
        file(".f.ccupgrade-tmp", "not by write");
        disk.write(directory.resolve("f"), bytes("new"));
        assertThat(names()).containsExactly(".f.ccupgrade-tmp", ".g.0123456789ab.ccupgrade-tmp", "f");
    }

    @Test
    void write_that_fails_half_way_leaves_the_old_content_and_nothing_else() throws Exception {
        Path file = file("f", "old");
        // The shell forbids its child to make a file longer than four kilobytes.
        try (ChildJvm child = ChildJvm.start(
                List.of("sh", "-c", "ulimit -f 8; exec \"$@\"", "sh"), "write", file.toString(), "100000")) {
            assertThat(child.rest()).contains("File too large");
            assertThat(child.exitCode()).isNotZero();
        }
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("f");
    }

    @Test
    void write_does_not_replace_a_directory() throws IOException {
        Files.createDirectories(directory.resolve("d/inside"));
        assertThatThrownBy(() -> disk.write(directory.resolve("d"), bytes("x"))).isInstanceOf(IOException.class);
        assertThat(names()).containsExactly("d");
    }

    @Test
    void a_temporary_file_left_behind_blocks_nothing() throws IOException {
        Path file = file("f", "old");
        // What a process leaves that was killed before its rename; the same random numbers never come twice in real
        // life.
        Files.writeString(directory.resolve(".f.0123456789ab" + Disk.TEMPORARY_SUFFIX), "half");
        for (int seed = 0; seed < 20; seed++) {
            new DurableDisk(new Random(seed)).write(file, bytes("new " + seed));
            assertThat(file).hasContent("new " + seed);
        }
        assertThat(names()).containsExactly("f");
    }

    @Test
    void a_colliding_temporary_name_fails_and_leaves_the_old_content() throws IOException {
        Path file = file("f", "old");
        byte[] collision = new byte[6];
        new Random(3).nextBytes(collision);
        Files.writeString(
                directory.resolve(".f." + HexFormat.of().formatHex(collision) + Disk.TEMPORARY_SUFFIX), "half");
        assertThatThrownBy(() -> new DurableDisk(new Random(3)).write(file, bytes("new")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("old");
    }

    @Test
    void append_makes_a_file_and_adds_to_it() throws IOException {
        Path file = directory.resolve("f");
        disk.append(file, bytes("one\n"));
        disk.append(file, bytes("two\n"));
        assertThat(file).hasContent("one\ntwo\n");
        disk.truncate(file, 5);
        disk.append(file, bytes("!"));
        assertThat(file).hasContent("one\nt!");
        assertThatThrownBy(() -> disk.truncate(directory.resolve("none"), 0)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void a_link_that_is_replaced_is_never_absent() throws Exception {
        Path link = directory.resolve("current");
        disk.replaceLink(link, Path.of("0"));
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<List<String>> seen = CompletableFuture.supplyAsync(() -> {
            List<String> targets = new ArrayList<>();
            while (!stop.get()) {
                try {
                    targets.add(Files.readSymbolicLink(link).toString());
                } catch (IOException e) {
                    targets.add(e.toString());
                }
            }
            return targets;
        });
        for (int target = 1; target <= 200; target++) {
            disk.replaceLink(link, Path.of(Integer.toString(target)));
        }
        stop.set(true);
        assertThat(seen.get()).isNotEmpty().allMatch(target -> target.matches("[0-9]{1,3}"));
        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("200"));
        assertThat(names()).containsExactly("current");
    }

    @Test
    void a_plain_file_or_a_directory_is_never_replaced_by_a_link() throws IOException {
        Path plain = file("plain", "mine");
        Path folder = Files.createDirectory(directory.resolve("folder"));
        assertThatThrownBy(() -> disk.replaceLink(plain, Path.of("x")))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("is not a symbolic link");
        assertThatThrownBy(() -> disk.replaceLink(folder, Path.of("x"))).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(plain).hasContent("mine");
        assertThat(names()).containsExactly("folder", "plain");
    }

    @Test
    void a_dangling_link_and_one_to_a_directory_are_replaced_themselves() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("folder"));
        Path link = Files.createSymbolicLink(directory.resolve("l"), folder);
        disk.replaceLink(link, Path.of("nowhere"));
        disk.replaceLink(link, Path.of("folder"));
        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("folder"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void move_replaces_a_file() throws IOException {
        disk.move(file("a", "new"), file("b", "old"));
        assertThat(directory.resolve("b")).hasContent("new");
        assertThat(names()).containsExactly("b");
    }

    @Test
    void publish_refuses_a_name_that_is_taken_and_changes_nothing() throws IOException {
        Path source = file("a", "new");
        Path target = file("b", "old");
        assertThatThrownBy(() -> disk.publish(source, target)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(source).hasContent("new");
        assertThat(target).hasContent("old");
        // A dangling link is a name that is taken too.
        Path dangling = Files.createSymbolicLink(directory.resolve("c"), Path.of("nowhere"));
        assertThatThrownBy(() -> disk.publish(source, dangling)).isInstanceOf(FileAlreadyExistsException.class);

        disk.publish(source, directory.resolve("d"));
        assertThat(directory.resolve("d")).hasContent("new");
        assertThat(names()).containsExactly("b", "c", "d");
    }

    @Test
    void copy_keeps_mode_and_times() throws IOException {
        Path source = file("a", "content");
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("r-x-w---x"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.parse("2020-02-03T04:05:06.789Z")));
        Path target = directory.resolve("b");
        disk.copy(source, target, Progress.NONE);
        assertThat(target).hasContent("content");
        assertThat(Files.getPosixFilePermissions(target)).isEqualTo(PosixFilePermissions.fromString("r-x-w---x"));
        assertThat(Files.getLastModifiedTime(target)).isEqualTo(Files.getLastModifiedTime(source));
    }

    @Test
    void copy_keeps_owner_and_group_where_the_process_may_set_them() throws IOException {
        Path source = file("a", "content");
        try {
            Files.setAttribute(source, "unix:uid", 12345);
            Files.setAttribute(source, "unix:gid", 23456);
        } catch (FileSystemException e) {
            assumeTrue(false, "this process may not give files away");
        }
        Path target = directory.resolve("b");
        disk.copy(source, target, Progress.NONE);
        assertThat(Files.getAttribute(target, "unix:uid")).isEqualTo(12345);
        assertThat(Files.getAttribute(target, "unix:gid")).isEqualTo(23456);
    }

    @Test
    void copy_keeps_extended_attributes() throws IOException {
        Path source = file("a", "content");
        UserDefinedFileAttributeView view = Files.getFileAttributeView(source, UserDefinedFileAttributeView.class);
        try {
            view.write("origin", ByteBuffer.wrap(bytes("here")));
        } catch (FileSystemException e) {
            assumeTrue(false, "this file system has no extended attributes");
        }
        Path target = directory.resolve("b");
        disk.copy(source, target, Progress.NONE);
        ByteBuffer value = ByteBuffer.allocate(10);
        Files.getFileAttributeView(target, UserDefinedFileAttributeView.class).read("origin", value);
        assertThat(new String(value.array(), 0, value.position(), StandardCharsets.UTF_8))
                .isEqualTo("here");
    }

    @Test
    void copy_refuses_a_name_that_is_taken() throws IOException {
        Path source = file("a", "new");
        Path target = file("b", "old");
        List<String> told = new ArrayList<>();
        assertThatThrownBy(() -> disk.copy(source, target, telling(told)))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(target).hasContent("old");
        assertThat(told).startsWith("begin copying a 3").endsWith("end");
    }

    @Test
    void copy_tells_how_far_it_is() throws IOException {
        Path source = file("a", "x".repeat(100_000));
        List<String> told = new ArrayList<>();
        disk.copy(source, directory.resolve("b"), telling(told));
        assertThat(told).startsWith("begin copying a 100000").endsWith("at 100000", "end");
    }

    @Test
    void copy_that_is_interrupted_ends_well_and_leaves_the_interruption_to_its_caller() throws IOException {
        Path source = file("a", "x".repeat(1_000_000));
        Thread.currentThread().interrupt();
        // The bytes are all there, although making them durable is refused to an interrupted thread.
        assertThatThrownBy(() -> disk.copy(source, directory.resolve("b"), Progress.NONE))
                .isInstanceOf(IOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(Files.size(directory.resolve("b"))).isEqualTo(1_000_000);
    }

    private static Progress telling(List<String> told) {
        return new Progress() {
            @Override
            public void begin(String what, long total) {
                told.add("begin " + what + " " + total);
            }

            @Override
            public void at(long done) {
                told.add("at " + done);
            }

            @Override
            public void end() {
                told.add("end");
            }
        };
    }

    @Test
    void make_read_only_takes_the_right_to_write_and_nothing_else() throws IOException {
        Path file = file("f", "x");
        disk.setPermissions(file, PosixFilePermissions.fromString("rwxrw-rw-"));
        disk.makeReadOnly(file);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("r-xr--r--"));
        disk.makeReadOnly(file);
        disk.sync(file);
    }

    @Test
    void set_permissions_sets_exactly_these_on_a_directory_too() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("d"));
        disk.setPermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(folder)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void delete_tree_follows_no_link() throws IOException {
        Path outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "x");
        Path tree = Files.createDirectories(directory.resolve("tree/deep/er"))
                .getParent()
                .getParent();
        Files.writeString(tree.resolve("deep/f"), "x");
        Files.createSymbolicLink(tree.resolve("deep/link"), outside);
        Files.createSymbolicLink(tree.resolve("dangling"), Path.of("nowhere"));
        disk.deleteTree(tree);
        disk.deleteTree(tree);
        assertThat(names()).containsExactly("outside");
        assertThat(outside.resolve("kept")).exists();

        Path link = Files.createSymbolicLink(directory.resolve("link"), outside);
        disk.deleteTree(link);
        assertThat(names()).containsExactly("outside");
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void delete_removes_a_link_and_not_its_target_and_no_full_directory() throws IOException {
        Path target = file("f", "x");
        Files.createSymbolicLink(directory.resolve("l"), target);
        disk.delete(directory.resolve("l"));
        disk.delete(directory.resolve("l"));
        disk.delete(directory.resolve("no/such/directory"));
        assertThat(names()).containsExactly("f");
        assertThatThrownBy(() -> disk.delete(directory)).isInstanceOf(DirectoryNotEmptyException.class);
    }

    @Test
    void create_directories_makes_what_is_missing_and_accepts_a_link_to_a_directory() throws IOException {
        disk.createDirectories(directory.resolve("a/b/c"));
        disk.createDirectories(directory.resolve("a/b/c"));
        assertThat(directory.resolve("a/b/c")).isEmptyDirectory();
        Path link = Files.createSymbolicLink(directory.resolve("l"), Path.of("a"));
        disk.createDirectories(link.resolve("b2"));
        assertThat(directory.resolve("a/b2")).isEmptyDirectory();
        disk.createDirectories(Path.of("/"));
    }

    @Test
    void create_directories_does_not_replace_a_file() throws IOException {
        Path file = file("f", "x");
        assertThatThrownBy(() -> disk.createDirectories(file)).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> disk.createDirectories(file.resolve("d"))).isInstanceOf(FileSystemException.class);
        assertThat(file).hasContent("x");
    }

    @Test
    void checksum_is_that_of_the_content() throws IOException {
        assertThat(Checksum.sha256(file("f", "abc"), Progress.NONE))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(Checksum.sha256(file("empty", ""), Progress.NONE))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
