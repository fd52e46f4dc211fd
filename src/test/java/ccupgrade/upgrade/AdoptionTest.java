package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ccupgrade.config.ConfigFile;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.disk.DurableDisk;
import ccupgrade.fault.Refused;
import ccupgrade.release.Kind;
import ccupgrade.release.Release;
import ccupgrade.release.Verdict;
import ccupgrade.upgrade.Adoption.Adopted;
import ccupgrade.upgrade.Adoption.Candidate;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real file system: hard links and links are what it is about. */
class AdoptionTest {

    private static final byte[] ELF = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0};

    /** Changes of files: when one more is asked for, the process is gone. */
    private static final Set<String> CHANGES =
            Set.of("write", "link", "publish", "copy", "replaceLink", "move", "delete", "makeReadOnly");

    @TempDir
    private Path directory;

    private Path home;
    private Path link;

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createDirectories(directory.toRealPath().resolve("cc"));
        link = home.resolve("cc-backend");
        Files.writeString(home.resolve("ccupgrade.toml"), "profile = \"cc-backend\"\n");
    }

    private void executable(String name, byte[] content) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void program(String name, String content) throws IOException {
        executable(name, ("#!/bin/sh\n" + content).getBytes(StandardCharsets.US_ASCII));
    }

    private Adoption adoption() throws Exception {
        return adoption(new DurableDisk(new Random(1)));
    }

    private Adoption adoption(Disk disk) throws Exception {
        return new Adoption(ConfigFile.load(home), new Example(home, disk).surroundings());
    }

    private List<String> names() throws Exception {
        return adoption().candidates().stream().map(Candidate::name).toList();
    }

    private Release current() throws Exception {
        Deployment deployment = ConfigFile.load(home);
        return Site.of(deployment, new Example(home).surroundings())
                .releases()
                .current()
                .orElseThrow();
    }

    @Test
    void finds_programs_by_date_and_by_epoch_and_what_is_started() throws Exception {
        program("archive/20240131-cc-backend", "1");
        executable("1706659300-cc-backend", ELF);
        program("archive/1706659400", "3");
        program("bin/cc-backend-1.4.4", "4");
        Files.setLastModifiedTime(
                home.resolve("bin/cc-backend-1.4.4"), FileTime.from(Instant.ofEpochSecond(1_706_659_500)));
        Files.createSymbolicLink(link, Path.of("bin/cc-backend-1.4.4"));

        assertThat(adoption().candidates())
                .extracting(Candidate::name, candidate -> candidate.installed().getEpochSecond(), Candidate::current)
                .containsExactly(
                        tuple("archive/20240131-cc-backend", 1_706_659_200L, false),
                        tuple("1706659300-cc-backend", 1_706_659_300L, false),
                        tuple("archive/1706659400", 1_706_659_400L, false),
                        tuple("bin/cc-backend-1.4.4", 1_706_659_500L, true));
    }

    @Test
    void leaves_out_what_is_no_program_of_this_service() throws Exception {
        program("20240131-archive-manager", "another program");
        program("20241341-cc-backend", "no date");
        program("99999999999-cc-backend", "no epoch");
        program("20990101-cc-backend", "of the future");
        Files.writeString(home.resolve("20240131-cc-backend"), "#!/bin/sh\n");
        executable("20240201-cc-backend", "no program".getBytes(StandardCharsets.US_ASCII));
        Files.createDirectories(home.resolve("archive/20240131"));
        Files.createSymbolicLink(home.resolve("1706659200"), Path.of("20240131-cc-backend"));

        assertThat(names()).isEmpty();
    }

    @Test
    void stores_them_under_their_second_and_points_the_link_to_the_stored_one() throws Exception {
        program("archive/20240131-cc-backend", "1");
        program("20240131-cc-backend", "2");
        Files.createSymbolicLink(link, Path.of("20240131-cc-backend"));

        List<Adopted> adopted = adoption().adopt();

        assertThat(adopted)
                .extracting(Adopted::origin, each -> each.release().epoch(), Adopted::current)
                .containsExactly(
                        tuple("20240131-cc-backend", 1_706_659_200L, true),
                        tuple("archive/20240131-cc-backend", 1_706_659_201L, false));
        Release current = current();
        assertThat(current.epoch()).isEqualTo(1_706_659_200L);
        assertThat(current.record().title()).isEqualTo("cc-backend");
        assertThat(current.record().origin()).isEqualTo("20240131-cc-backend");
        assertThat(current.record().installed()).isEqualTo("2024-01-31T00:00:00Z");
        assertThat(current.record().kind()).isEqualTo(Kind.SCRIPT);
        assertThat(current.record().sha256()).hasSize(64);
        // Nobody can say here that it runs.
        assertThat(current.record().verdict()).isEqualTo(Verdict.UNTRIED);
        assertThat(Files.readSymbolicLink(link)).isRelative();
        assertThat(Files.isSameFile(link, home.resolve("20240131-cc-backend"))).isTrue();
        assertThat(names()).containsExactly("20240131-cc-backend", "archive/20240131-cc-backend");
        assertThat(adoption().adopt()).isEmpty();
        assertThat(current().epoch()).isEqualTo(1_706_659_200L);
    }

    @Test
    void a_file_in_the_links_place_is_replaced_by_the_link() throws Exception {
        executable("cc-backend", ELF);
        Files.setLastModifiedTime(link, FileTime.from(Instant.ofEpochSecond(1_706_659_500)));

        adoption().adopt();

        assertThat(link).isSymbolicLink().hasBinaryContent(ELF);
        assertThat(current().epoch()).isEqualTo(1_706_659_500L);
        assertThat(current().record().kind()).isEqualTo(Kind.EXECUTABLE);
    }

    @Test
    void what_cannot_be_linked_to_is_copied() throws Exception {
        executable("20240131-cc-backend", ELF);
        Files.createSymbolicLink(link, Path.of("20240131-cc-backend"));
        Disk disk = disk((method, real) -> {
            if (method.equals("link")) {
                throw new FileSystemException("another file system");
            }
            return real.call();
        });

        adoption(disk).adopt();

        assertThat(link).hasBinaryContent(ELF);
        assertThat(Files.isSameFile(link, home.resolve("20240131-cc-backend"))).isFalse();
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(current().file())))
                .isEqualTo("r-xr-xr-x");
    }

    @Test
    void killed_at_any_point_the_service_can_be_started_and_the_next_attempt_ends_it() throws Exception {
        executable("cc-backend", ELF);
        program("archive/20240131-cc-backend", "1");
        Files.setLastModifiedTime(link, FileTime.from(Instant.ofEpochSecond(1_706_659_500)));
        int point = 0;
        for (boolean killed = true; killed; point++) {
            int[] left = {point};
            Disk disk = disk((method, real) -> {
                if (CHANGES.contains(method) && left[0]-- == 0) {
                    throw new Killed();
                }
                return real.call();
            });
            try {
                adoption(disk).adopt();
                killed = false;
            } catch (Killed e) {
                assertThat(link).as("after %s changes", point).exists().hasBinaryContent(ELF);
            }
        }
        assertThat(point).isGreaterThan(1);
        assertThat(adoption().adopt()).isEmpty();
        assertThat(current().epoch()).isEqualTo(1_706_659_500L);
        assertThat(Site.of(ConfigFile.load(home), new Example(home).surroundings())
                        .releases()
                        .list())
                .extracting(Release::epoch)
                .containsExactly(1_706_659_200L, 1_706_659_500L);
    }

    @Test
    void nothing_is_adopted_over_an_interrupted_operation() throws Exception {
        program("20240131-cc-backend", "1");
        Files.createSymbolicLink(link, Path.of("20240131-cc-backend"));
        Site.of(ConfigFile.load(home), new Example(home).surroundings())
                .journals()
                .begin("install", Map.of());

        assertThatThrownBy(() -> adoption().adopt()).isInstanceOf(Refused.class);
        assertThat(home.resolve("releases")).doesNotExist();
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private interface Real {
        Object call() throws Throwable;
    }

    private interface Interposed {
        Object call(String method, Real real) throws Throwable;
    }

    private static Disk disk(Interposed interposed) {
        Disk all = new DurableDisk(new Random(1));
        return (Disk) Proxy.newProxyInstance(
                AdoptionTest.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (proxy, method, arguments) -> interposed.call(method.getName(), () -> {
                    try {
                        return method.invoke(all, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
