package ccupgrade.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Disk;
import ccupgrade.disk.DurableDisk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases that are no jars, in the store. */
class KindsOfReleasesTest {

    private static final long NOW = 1_700_000_000;

    @TempDir
    Path home;

    private final Disk disk = new DurableDisk(new Random(1));
    private Path releases;
    private Path link;
    private ReleaseStore store;

    @BeforeEach
    void makeStore() {
        releases = home.resolve("releases");
        link = home.resolve("jobs");
        store = store(disk, false, "bin/jobs");
    }

    private ReleaseStore store(Disk on, boolean linksDirectories, String executable) {
        return new ReleaseStore(
                new ReleaseStore.Layout(releases, link, linksDirectories, executable),
                on,
                Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC));
    }

    private Path directory(String name) throws IOException {
        return new TestArchive().script("jobs/bin/jobs").script("jobs/bin/tool").in(home, name);
    }

    private Path script(String name) throws IOException {
        return Files.writeString(home.resolve(name), TestArchive.SCRIPT);
    }

    private Release install(ReleaseStore into, long epoch, Path file) throws Exception {
        String name = file.getFileName().toString();
        into.stage(file, epoch, Progress.NONE);
        Staged staged = into.open(epoch, name, Progress.NONE);
        Inspection inspection =
                new ReleaseInspector(ThisMachine.of("/usr/bin:/bin")).inspect(staged, name, Progress.NONE);
        ReleaseRecord record = ReleaseRecord.of(
                inspection, ccupgrade.disk.Checksum.sha256(file, Progress.NONE), name, Instant.ofEpochSecond(epoch));
        return into.publish(epoch, staged, record, Progress.NONE);
    }

    private List<String> names() throws IOException {
        if (Files.notExists(releases)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(releases)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void a_script_is_a_file_that_everybody_may_run() throws Exception {
        Release release = install(store, NOW, script("jobs-1.0.sh"));

        assertThat(release.file()).isEqualTo(releases.resolve("1700000000"));
        assertThat(release.directory()).isEqualTo(releases);
        assertThat(release.record().version()).isEqualTo("1.0");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(release.file())))
                .isEqualTo("r-xr-xr-x");
        assertThat(store.find(NOW)).contains(release);
        store.activate(NOW);
        assertThat(Files.readSymbolicLink(link)).hasToString("releases/1700000000");
        assertThat(store.current()).contains(release);
        assertThat(store.verify(release, Progress.NONE)).isEmpty();
    }

    @Test
    void a_directory_is_run_by_the_executable_in_it_and_keeps_all_of_it() throws Exception {
        Release release = install(store, NOW, directory("jobs-1.0.tar.gz"));

        assertThat(release.file()).isEqualTo(releases.resolve("1700000000/bin/jobs"));
        assertThat(release.directory()).isEqualTo(releases.resolve("1700000000"));
        assertThat(release.directory().resolve("bin/tool")).isExecutable();
        assertThat(store.list()).containsExactly(release);
        assertThat(store.path(NOW)).isEqualTo(release.file());
        assertThat(names()).containsExactly("1700000000", "1700000000.json", "1700000000.sha256");
        assertThat(new ProcessBuilder("sha256sum", "-c", "--quiet", "1700000000.sha256")
                        .directory(releases.toFile())
                        .start()
                        .waitFor())
                .isZero();

        store.activate(NOW);
        assertThat(Files.readSymbolicLink(link)).hasToString("releases/1700000000/bin/jobs");
        assertThat(store.current()).contains(release);
        assertThatThrownBy(() -> store.remove(NOW)).isInstanceOf(Refused.class);
        store.deactivate();
        store.remove(NOW);
        store.remove(NOW);
        assertThat(names()).isEmpty();
    }

    @Test
    void the_link_can_name_the_directory_and_either_is_understood() throws Exception {
        Release release = install(store, NOW, directory("jobs-1.0.tar.gz"));
        ReleaseStore other = store(disk, true, "bin/jobs");

        other.activate(NOW);
        assertThat(Files.readSymbolicLink(link)).hasToString("releases/1700000000");
        assertThat(store.current()).contains(release);
        assertThatThrownBy(() -> store.remove(NOW)).isInstanceOf(Refused.class);
        store.activate(NOW);
        assertThat(other.current()).contains(release);

        install(other, NOW + 1, script("jobs.sh"));
        other.activate(NOW + 1);
        assertThat(Files.readSymbolicLink(link)).hasToString("releases/1700000001");

        // By hand, and absolute.
        Files.delete(link);
        Files.createSymbolicLink(link, release.file());
        assertThat(store.current()).contains(release);
        Files.delete(link);
        Files.createSymbolicLink(link, releases);
        assertThatThrownBy(store::current).isInstanceOf(Refused.class).hasMessageContaining("is outside");
    }

    @Test
    void whatever_was_put_there_by_hand_is_a_release() throws Exception {
        Files.createDirectories(releases.resolve("1600000002/bin"));
        for (String file : List.of("1600000001", "1600000002/bin/jobs")) {
            Files.setPosixFilePermissions(
                    Files.writeString(releases.resolve(file), TestArchive.SCRIPT),
                    PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.createDirectories(releases.resolve("20260131"));
        Files.createDirectories(releases.resolve("1600000003"));

        assertThat(store.list())
                .extracting(release -> release.record().kind() + " " + releases.relativize(release.file()))
                .containsExactly("SCRIPT 1600000001", "DIRECTORY 1600000002/bin/jobs", "DIRECTORY 1600000003");
        assertThat(store.find(1_600_000_003L).orElseThrow().record().reason())
                .startsWith("cannot find bin/jobs in 1600000003");
        assertThat(store.nextEpoch()).isEqualTo(NOW);
        store.activate(1_600_000_002L);
        assertThat(store.current().orElseThrow().epoch()).isEqualTo(1_600_000_002L);
    }

    @Test
    void verify_names_what_is_missing_altered_or_additional() throws Exception {
        Release directory = install(store, NOW, directory("jobs.zip"));
        Release script = install(store, NOW + 1, script("jobs"));
        for (Path file :
                List.of(script.file(), directory.file(), directory.directory().resolve("bin/tool"))) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }
        assertThat(store.verify(script, Progress.NONE)).containsExactly("1700000001 is not executable for everybody");
        Files.writeString(script.file(), "other");
        Files.writeString(directory.file(), "other");
        Files.delete(directory.directory().resolve("bin/tool"));
        Files.writeString(directory.directory().resolve("bin/more"), "");

        assertThat(store.verify(script, Progress.NONE)).contains("1700000001 was altered");
        assertThat(store.verify(directory, Progress.NONE))
                .containsExactly(
                        "1700000000/bin/jobs was altered",
                        "1700000000/bin/tool is missing",
                        "1700000000/bin/more was added",
                        "1700000000/bin/jobs is not executable for everybody");
        Files.delete(releases.resolve("1700000000.sha256"));
        assertThat(store.verify(directory, Progress.NONE))
                .contains("1700000000.sha256 is missing, which lists its files");
    }

    /** The process is gone, at each of its calls in turn. */
    @Test
    void killed_at_any_point_it_is_whole_or_gone_after_it_is_removed() throws Exception {
        for (int last = 0; ; last++) {
            int[] left = {last};
            Disk killed = (Disk) Proxy.newProxyInstance(
                    Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                        if (left[0]-- == 0) {
                            throw new Killed();
                        }
                        try {
                            return method.invoke(disk, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            boolean through = false;
            ReleaseStore dying = store(killed, false, "bin/jobs");
            try {
                install(dying, NOW, directory("jobs.tar"));
                dying.remove(NOW);
                through = true;
            } catch (Killed e) {
                for (Release release : store.list()) {
                    assertThat(store.verify(release, Progress.NONE)).isEmpty();
                    assertThat(release.record().sha256()).isNotNull();
                }
            }
            store.remove(NOW);
            assertThat(names()).isEmpty();
            if (through) {
                return;
            }
        }
    }

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void a_release_of_another_kind_is_not_written_over() throws Exception {
        install(store, NOW, script("jobs"));
        assertThatThrownBy(() -> install(store, NOW, directory("jobs.tar"))).isInstanceOf(Failed.class);
        assertThat(store.find(NOW).orElseThrow().record().kind()).isEqualTo(Kind.SCRIPT);
    }
}
