package ccupgrade.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.disk.TreeMirror.Tally;
import ccupgrade.disk.TreeMirror.Way;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TreeMirrorTest {

    @TempDir
    Path directory;

    private final Disk disk = new DurableDisk(new Random(1));
    private Path live;
    private Path copy;

    @BeforeEach
    void setUp() throws Exception {
        live = Files.createDirectory(directory.resolve("live"));
        copy = directory.resolve("copy");
        write("version.txt", "2");
        write("emmy/1/meta.json", "{}");
        write("emmy/1/data.json.gz", "data");
        Files.createDirectory(live.resolve("emmy/empty"));
        Files.createSymbolicLink(live.resolve("latest"), Path.of("emmy/1"));
        Files.createSymbolicLink(live.resolve("dangling"), Path.of("none"));
        Files.setPosixFilePermissions(live.resolve("emmy/1"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.setPosixFilePermissions(live.resolve("emmy/1/meta.json"), PosixFilePermissions.fromString("r--r-----"));
    }

    private Path write(String name, String text) throws IOException {
        Path file = live.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** Later than any change that the test makes, so that each counts as settled. */
    private TreeMirror mirror(Way way) {
        return new TreeMirror(live, copy, way, disk, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1)));
    }

    private static Map<String, String> contents(Path tree) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.toList()) {
                String what = Files.isSymbolicLink(file)
                        ? "-> " + Files.readSymbolicLink(file)
                        : Files.readAttributes(file, "unix:uid,gid,mode", LinkOption.NOFOLLOW_LINKS)
                                + " "
                                + Files.getLastModifiedTime(file)
                                + (Files.isDirectory(file) ? "" : " " + Files.readString(file));
                all.put(tree.relativize(file).toString(), what);
            }
        }
        return all;
    }

    @Test
    void a_look_counts_every_name_and_changes_nothing() throws Exception {
        Map<String, String> before = contents(live);
        List<Long> counted = new ArrayList<>();
        Duration took = TreeLook.at(live, new Progress() {
            @Override
            public void begin(String what, long total) {}

            @Override
            public void at(long done) {
                counted.add(done);
            }

            @Override
            public void end() {}
        });
        assertThat(took).isPositive();
        // All but the tree itself.
        assertThat(counted).hasSize(before.size() - 1).last().isEqualTo(before.size() - 1L);
        assertThat(contents(live)).isEqualTo(before);
        assertThat(copy).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"COPY", "LINK", "CLONE"})
    void the_last_pass_leaves_a_tree_that_is_equal_in_all_but_what_links_cannot_keep(Way way) throws Exception {
        assumeTrue(way != Way.CLONE || TreeMirror.canClone(live, directory.resolve("probe"), disk), "no clones here");
        TreeMirror mirror = mirror(way);
        mirror.pass(false, 0, Progress.NONE);
        Tally second = mirror.pass(false, 0, Progress.NONE);
        assertThat(second).isEqualTo(new Tally(3, 7, 0));
        assertThat(mirror.pass(true, 0, Progress.NONE)).isEqualTo(new Tally(3, 7, 0));
        assertThat(contents(copy)).isEqualTo(contents(live));
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"COPY", "LINK"})
    void whatever_happens_between_two_passes_is_in_the_copy(Way way) throws Exception {
        TreeMirror mirror = mirror(way);
        mirror.pass(false, 0, Progress.NONE);
        // Of the same size and with the same times as before: only the inode and its change tell.
        Path data = live.resolve("emmy/1/data.json.gz");
        FileTime then = Files.getLastModifiedTime(data);
        Path other = write("other", "DATA");
        Files.setLastModifiedTime(other, then);
        Files.move(other, data, StandardCopyOption.REPLACE_EXISTING);
        write("fritz/2/meta.json", "new");
        Files.delete(live.resolve("emmy/1/meta.json"));
        Files.delete(live.resolve("emmy/empty"));
        write("emmy/empty", "a file in place of a directory");
        Files.delete(live.resolve("latest"));
        write("latest/meta.json", "a directory in place of a link");
        Files.delete(live.resolve("dangling"));
        Files.createSymbolicLink(live.resolve("dangling"), Path.of("elsewhere"));
        Files.setPosixFilePermissions(live.resolve("emmy"), PosixFilePermissions.fromString("rwx------"));
        Files.setLastModifiedTime(live, FileTime.from(Instant.parse("2020-01-02T03:04:05Z")));
        mirror.pass(true, 0, Progress.NONE);
        assertThat(contents(copy)).isEqualTo(contents(live));
    }

    @Test
    void what_is_written_in_place_is_copied_again_even_when_size_and_time_are_put_back() throws Exception {
        TreeMirror mirror = mirror(Way.COPY);
        mirror.pass(false, 0, Progress.NONE);
        Path file = live.resolve("version.txt");
        FileTime then = Files.getLastModifiedTime(file);
        Files.writeString(file, "3");
        Files.setLastModifiedTime(file, then);
        assertThat(mirror.pass(true, 0, Progress.NONE).made()).isEqualTo(1);
        assertThat(copy.resolve("version.txt")).hasContent("3");
    }

    @Test
    void what_changed_just_now_is_not_trusted_and_copied_again() throws Exception {
        TreeMirror mirror = new TreeMirror(live, copy, Way.COPY, disk, Clock.systemUTC());
        mirror.pass(false, 0, Progress.NONE);
        assertThat(mirror.pass(true, 0, Progress.NONE).made()).isEqualTo(3);
        assertThat(contents(copy)).isEqualTo(contents(live));
    }

    @Test
    void a_copy_shares_nothing_and_a_link_shares_the_file() throws Exception {
        mirror(Way.COPY).pass(true, 0, Progress.NONE);
        Path file = live.resolve("version.txt");
        assertThat(Files.getAttribute(copy.resolve("version.txt"), "unix:ino"))
                .isNotEqualTo(Files.getAttribute(file, "unix:ino"));
        disk.deleteTree(copy);
        mirror(Way.LINK).pass(true, 0, Progress.NONE);
        assertThat(Files.getAttribute(copy.resolve("version.txt"), "unix:ino"))
                .isEqualTo(Files.getAttribute(file, "unix:ino"));
    }

    @Test
    void owners_and_attributes_are_kept() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        for (String name : List.of("emmy", "emmy/1/meta.json", "latest")) {
            Files.setAttribute(live.resolve(name), "unix:uid", 65534, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(live.resolve(name), "unix:gid", 65533, LinkOption.NOFOLLOW_LINKS);
        }
        for (String name : List.of("emmy", "emmy/1/data.json.gz")) {
            Files.setAttribute(live.resolve(name), "user:note", "kept".getBytes());
        }
        TreeMirror mirror = mirror(Way.COPY);
        mirror.pass(false, 0, Progress.NONE);
        mirror.pass(true, 0, Progress.NONE);
        assertThat(contents(copy)).isEqualTo(contents(live));
        assertThat(Files.getAttribute(copy.resolve("latest"), "unix:uid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(65534);
        for (String name : List.of("emmy", "emmy/1/data.json.gz")) {
            assertThat((byte[]) Files.getAttribute(copy.resolve(name), "user:note"))
                    .asString()
                    .isEqualTo("kept");
        }
    }

    @Test
    void what_is_no_file_is_refused_by_name() throws Exception {
        Path pipe = live.resolve("emmy/pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> mirror(Way.COPY).pass(false, 0, Progress.NONE))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining(pipe + ": is neither a file, a directory nor a link");
    }

    @Test
    void many_thousand_files_that_come_and_go_meanwhile_are_all_as_they_are_at_the_end() throws Exception {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            write("many/" + i % 50 + "/" + i, "x" + i);
        }
        Thread service = new Thread(() -> {
            try {
                for (int i = 0; !Thread.interrupted(); i++) {
                    write("many/" + random.nextInt(60) + "/" + random.nextInt(600), "changed " + i);
                    Files.deleteIfExists(live.resolve("many/" + random.nextInt(50) + "/" + random.nextInt(600)));
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        service.start();
        TreeMirror mirror = new TreeMirror(live, copy, Way.COPY, disk, Clock.systemUTC());
        mirror.pass(false, 0, Progress.NONE);
        mirror.pass(false, 0, Progress.NONE);
        service.interrupt();
        service.join();
        mirror.pass(true, 0, Progress.NONE);
        assertThat(contents(copy)).isEqualTo(contents(live));
    }
}
