package ccupgrade.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ccupgrade.disk.Disk;
import ccupgrade.disk.DurableDisk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpeningTest {

    @TempDir
    Path temporary;

    private final Disk disk = new DurableDisk(new Random(1));
    private Path unpacked;

    @BeforeEach
    void makeRoom() throws IOException {
        unpacked = Files.createDirectories(temporary.resolve("in/here")).resolve("unpacked");
        Files.createDirectories(temporary.resolve("given"));
    }

    private Staged open(Path file, String executable) throws Exception {
        return new Opening(disk, executable).open(file, file.getFileName().toString(), unpacked, Progress.NONE);
    }

    private Path given(TestArchive archive, String name) throws IOException {
        return archive.in(temporary.resolve("given"), name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"jobs-1.0.tar.gz", "jobs.tgz", "jobs.tar.zst", "jobs.tar.xz", "jobs.tar", "jobs.zip", "jobs"})
    void an_archive_of_any_kind_becomes_a_directory_without_its_single_top(String name) throws Exception {
        TestArchive archive = new TestArchive()
                .script("jobs-1.0/bin/jobs")
                .file("jobs-1.0/lib/libjobs.so.1", 0755, "\u007fELF no program")
                .file("jobs-1.0/README", 0664, "read me")
                .link("jobs-1.0/README.txt", "README");

        Staged staged = open(given(archive, name), null);

        assertThat(staged.kind()).isEqualTo(Kind.DIRECTORY);
        assertThat(staged.executable()).isEqualTo("bin/jobs");
        assertThat(staged.file()).hasContent(TestArchive.SCRIPT.strip());
        assertThat(tree(staged.place()))
                .isEqualTo(new TreeMap<>(Map.of(
                        "", "rwxr-xr-x",
                        "bin", "rwxr-xr-x",
                        "bin/jobs", "r-xr-xr-x",
                        "lib", "rwxr-xr-x",
                        "lib/libjobs.so.1", "r-xr-xr-x",
                        "README", "r--r--r--",
                        "README.txt", "→ README")));
    }

    @Test
    void an_archive_with_one_file_is_that_file() throws Exception {
        Staged script =
                open(given(new TestArchive().directory("a/").file("a/jobs", 0600, TestArchive.SCRIPT), "a.tgz"), "x");
        assertThat(script).isEqualTo(new Staged(Kind.SCRIPT, unpacked.resolve("a/jobs"), null, true));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(script.file())))
                .isEqualTo("r-xr-xr-x");

        byte[] jar = TestJar.executable().bytes();
        assertThat(open(given(new TestArchive().file("jobs.jar", 0644, jar), "b.zip"), null)
                        .kind())
                .isEqualTo(Kind.JAR);
    }

    @Test
    void a_plain_file_is_what_its_first_bytes_say() throws Exception {
        Path script = Files.writeString(temporary.resolve("given/jobs.sh"), TestArchive.SCRIPT);
        assertThat(open(script, null)).isEqualTo(new Staged(Kind.SCRIPT, script, null, false));
        assertThat(Files.isExecutable(script)).isTrue();
        Path jar = TestJar.executable().in(temporary.resolve("given"), "no-suffix");
        assertThat(open(jar, null).kind()).isEqualTo(Kind.JAR);
        Path page = Files.writeString(temporary.resolve("given/jobs"), "<html>404");
        assertThatThrownBy(() -> open(page, null))
                .isInstanceOf(Refused.class)
                .hasMessage("cannot use jobs: it is a web page");
        assertThat(unpacked).doesNotExist();
    }

    @Test
    void what_is_run_is_the_only_candidate_or_what_the_configuration_says() throws Exception {
        TestArchive two = new TestArchive().script("one").script("sub/two").file("notes", 0755, "just text");
        refused(two, null, "cannot tell what is to be run of a.tgz: it holds one, sub/two");
        assertThat(open(given(two, "a.tgz"), "sub/two").executable()).isEqualTo("sub/two");
        assertThat(open(given(two, "a.tgz"), "notes").executable()).isEqualTo("notes");
        refused(two, "three", "cannot find three in a.tgz: executable in [releases] names it");
        refused(two, "../../../../given/a.tgz", "cannot find ../../../../given/a.tgz in a.tgz");
        refused(
                new TestArchive().file("a", 0644, "x").file("b", 0644, "y"),
                null,
                "cannot run a.tgz: it holds no executable file and no jar with a Main-Class");

        TestArchive withJar = new TestArchive()
                .file("lib/a.jar", 0644, new TestJar().file("x", "y").bytes())
                .file("app.jar", 0644, TestJar.executable().bytes());
        Staged staged = open(given(withJar, "a.tgz"), null);
        assertThat(staged.executable()).isEqualTo("app.jar");
        assertThat(staged.kind()).isEqualTo(Kind.DIRECTORY);
    }

    @Test
    void a_zip_that_keeps_no_modes_has_programs_all_the_same() throws Exception {
        TestArchive archive =
                new TestArchive().file("jobs", 0, TestArchive.SCRIPT).file("README", 0, "text");
        Staged staged = open(given(archive, "a.zip"), null);
        assertThat(staged.executable()).isEqualTo("jobs");
        assertThat(Files.getPosixFilePermissions(staged.place().resolve("README")))
                .isEqualTo(Unpacking.READ);
    }

    @Test
    void set_id_and_sticky_bits_and_rights_to_write_are_dropped() throws Exception {
        Path file =
                given(new TestArchive().file("jobs", 07777, TestArchive.SCRIPT).file("b", 07666, "x"), "a.tar");
        Staged staged = open(file, null);
        assertThat((int) Files.getAttribute(staged.place().resolve("jobs"), "unix:mode") & 07777)
                .isEqualTo(0555);
        assertThat((int) Files.getAttribute(staged.place().resolve("b"), "unix:mode") & 07777)
                .isEqualTo(0444);
    }

    @Test
    void hard_links_within_become_files_of_their_own() throws Exception {
        Staged staged = open(given(new TestArchive().script("a/jobs").hardLink("a/same", "a/jobs"), "a.tgz"), "jobs");
        assertThat(staged.place().resolve("same")).hasSameBinaryContentAs(staged.file());
        assertThat(Files.isSameFile(staged.place().resolve("same"), staged.file()))
                .isFalse();
    }

    @Test
    void whatever_leads_out_is_refused_by_name_and_touches_nothing() throws Exception {
        Map<String, TestArchive> hostile = new TreeMap<>(Map.ofEntries(
                Map.entry("/etc/cron.d/x is an absolute path", evil("/etc/cron.d/x")),
                Map.entry("../x leads out of it", evil("../x")),
                Map.entry("a/../../x leads out of it", evil("a/../../x")),
                Map.entry("a/.. leads out of it", evil("a/..")),
                Map.entry("out is a link that leads out of it, to /etc/passwd", good().link("out", "/etc/passwd")),
                Map.entry("a/out is a link that leads out of it, to ../..", good().link("a/out", "../..")),
                Map.entry(
                        "x is a link that leads out of it, to a/d/..",
                        good().link("a/d", "..").link("x", "a/d/..")),
                Map.entry(
                        "up is a link that leads out of it, to a/../..",
                        good().directory("a/").link("up", "a/../..")),
                Map.entry("gone is a link to nowhere, which is not there", good().link("gone", "nowhere")),
                Map.entry("loop is a link to loop, which is not there", good().link("loop", "loop")),
                Map.entry(
                        "d/x would be written through the link d",
                        good().link("d", "in").file("d/x", 0644, "x")),
                Map.entry("h → /etc/passwd is an absolute path", good().hardLink("h", "/etc/passwd")),
                Map.entry(
                        "h is a link to l, which is no file before it",
                        good().link("l", "jobs").hardLink("h", "l")),
                Map.entry("h is a link to later, which is no file before it", good().hardLink("h", "later")),
                Map.entry("jobs is in it twice", good().script("./jobs")),
                Map.entry("d is in it twice", good().file("d/x", 0644, "x").link("d", ".")),
                Map.entry("jobs/x is to lie in jobs, which is a file", good().file("jobs/x", 0644, "x")),
                Map.entry("a?[2Jb is not a printable name", good().file("a\u001b[2Jb", 0644, "x")),
                Map.entry("a?b is not a printable name", good().file("a\nb", 0644, "x")),
                Map.entry("gpj?txt is not a printable name", good().file("gpj\u202etxt", 0644, "x")),
                Map.entry("is too long a name", good().file("n".repeat(256), 0644, "x")),
                Map.entry("sda is a device node", good().special("sda", TarConstants.LF_BLK)),
                Map.entry("tty is a device node", good().special("tty", TarConstants.LF_CHR)),
                Map.entry("pipe is a named pipe", good().special("pipe", TarConstants.LF_FIFO)),
                Map.entry("odd is of no kind that is known here", good().special("odd", (byte) 'Q'))));
        for (Map.Entry<String, TestArchive> each : hostile.entrySet()) {
            refused(each.getValue(), null, each.getKey());
        }
        assertThat(temporary.resolve("in/x")).doesNotExist();
        assertThat(temporary.resolve("x")).doesNotExist();
    }

    @Test
    void a_zip_is_no_way_around_it() throws Exception {
        for (TestArchive archive :
                List.of(evil("../x"), evil("/tmp/x"), good().link("out", "../.."), good().script("jobs"))) {
            Path file = given(archive, "a.zip");
            assertThatThrownBy(() -> open(file, null))
                    .isInstanceOf(Refused.class)
                    .hasMessageStartingWith("cannot unpack a.zip: ");
            nothingIsLeft();
        }
    }

    private static TestArchive good() {
        return new TestArchive().script("jobs");
    }

    private static TestArchive evil(String name) {
        return good().file(name, 0644, "x");
    }

    private void refused(TestArchive archive, String executable, String message) throws Exception {
        Path file = given(archive, "a.tgz");
        assertThatThrownBy(() -> open(file, executable))
                .as(message)
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith("cannot ")
                .hasMessageContaining(message);
        nothingIsLeft();
    }

    private void nothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(temporary.resolve("in/here"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void damage_and_a_missing_end_are_seen_wherever_they_are() throws Exception {
        byte[] data = new byte[3000];
        new Random(3).nextBytes(data);
        TestArchive archive = good().file("data", 0644, data).file("more", 0644, Arrays.copyOf(data, 700));
        for (String name : List.of("a.tgz", "a.tar", "a.tar.xz", "a.tar.zst")) {
            byte[] whole = Files.readAllBytes(given(archive, name));
            // What counts of a plain one is its last entry and two blocks of zeros; the rest fills up the block of a
            // tape.
            int needed = name.equals("a.tar") ? 11 * 512 + 188 + 1024 : whole.length;
            for (int length = 20; length < Math.min(needed, whole.length); length += 97) {
                Path file = Files.write(temporary.resolve("given/cut"), Arrays.copyOf(whole, length));
                assertThat(catchThrowable(() -> open(file, null)))
                        .as("%s, the first %d bytes", name, length)
                        .isInstanceOf(Refused.class);
                nothingIsLeft();
            }
        }
    }

    @Test
    void bytes_changed_by_chance_are_refused_or_do_no_harm() throws Exception {
        Random random = new Random(5);
        for (String name : List.of("a.tgz", "a.tar", "a.zip", "a.tar.zst")) {
            byte[] whole = Files.readAllBytes(
                    given(good().file("data", 0644, "x".repeat(2000)).link("l", "data"), name));
            for (int round = 0; round < 40; round++) {
                byte[] bytes = whole.clone();
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                Path file = Files.write(temporary.resolve("given/" + name), bytes);
                try {
                    open(file, null);
                } catch (Fault e) {
                    assertThat(e.getMessage()).startsWith("cannot ");
                }
                disk.deleteTree(unpacked);
                nothingIsLeft();
            }
        }
    }

    @Test
    void a_bomb_is_refused_before_the_disk_is_full() throws Exception {
        byte[] zeros = new byte[1 << 20];
        byte[] head = new TestArchive().file("bomb", 0644, new byte[0]).tar();
        Path bomb = temporary.resolve("given/bomb.tgz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(bomb))) {
            // One file that says to have 4 GB.
            byte[] header = Arrays.copyOf(head, 512);
            byte[] size = "37777777777\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            System.arraycopy(size, 0, header, 124, 12);
            checksum(header);
            out.write(header);
            for (int i = 0; i < 500; i++) {
                out.write(zeros);
            }
        }
        assertThatThrownBy(() -> open(bomb, null))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("cannot unpack bomb.tgz: it unpacks to more than ")
                .hasMessageContaining("of which bomb is a part");
        nothingIsLeft();
    }

    @Test
    void a_header_without_end_is_refused_before_memory_is_full() throws Exception {
        byte[] header = Arrays.copyOf(
                new TestArchive().special("x", TarConstants.LF_GNUTYPE_LONGNAME).tar(), 512);
        byte[] size = "37777777777\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(size, 0, header, 124, 12);
        checksum(header);
        Path file = temporary.resolve("given/a.tgz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(header);
            out.write(new byte[8 << 20]);
        }
        assertThatThrownBy(() -> open(file, null))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("damaged or cut short");
        nothingIsLeft();
    }

    private static void checksum(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        byte[] text = "%06o\0 ".formatted(sum).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, header, 148, 8);
    }

    @Test
    void a_full_disk_is_no_fault_of_the_archive_and_leaves_nothing() throws Exception {
        Disk full = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("put")
                            && arguments[0].toString().endsWith("data")) {
                        throw new FileSystemException("/x", null, "No space left on device");
                    }
                    try {
                        return method.invoke(disk, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        Path file = given(good().file("data", 0644, "x"), "a.tgz");
        assertThatThrownBy(() -> new Opening(full, null).open(file, "a.tgz", unpacked, Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessage("cannot unpack a.tgz to " + unpacked)
                .satisfies(e -> assertThat(((Fault) e).remedy()).contains("df -h"));
        nothingIsLeft();
    }

    @Test
    void something_compressed_that_is_no_archive_is_told() throws Exception {
        Path file = temporary.resolve("given/jobs.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("just text".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        assertThatThrownBy(() -> open(file, null))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("there is no tar archive in it");
    }

    private static Map<String, String> tree(Path root) throws IOException {
        Function<Path, String> told = file -> {
            try {
                return Files.isSymbolicLink(file)
                        ? "→ " + Files.readSymbolicLink(file)
                        : PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.forEach(file -> tree.put(root.relativize(file).toString(), told.apply(file)));
        }
        return tree;
    }
}
