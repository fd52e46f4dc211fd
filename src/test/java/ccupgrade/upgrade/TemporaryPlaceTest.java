package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryPlaceTest {

    @TempDir
    Path directory;

    private Path first;
    private Path second;

    @BeforeEach
    void make() throws Exception {
        first = Files.createDirectory(directory.resolve("first"));
        second = Files.createDirectory(directory.resolve("second"));
    }

    private Path of(String sqlite, String any) {
        return TemporaryPlace.of(Map.of("SQLITE_TMPDIR", sqlite, "TMPDIR", any), directory);
    }

    @Test
    void sqlites_own_variable_goes_before_that_of_all_programs() {
        assertThat(of(first.toString(), second.toString())).isEqualTo(first);
        assertThat(of("", second.toString())).isEqualTo(second);
    }

    @Test
    void what_is_no_directory_is_passed_over() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(of(file.toString(), second.toString())).isEqualTo(second);
        assertThat(of(directory.resolve("gone").toString(), second.toString())).isEqualTo(second);
    }

    @Test
    void a_relative_one_is_seen_from_where_the_migration_is_started() {
        assertThat(of("second", first.toString())).isEqualTo(second);
    }

    @Test
    void without_a_variable_it_is_one_of_the_usual_places() {
        assertThat(TemporaryPlace.of(Map.of(), directory))
                .isIn(List.of(Path.of("/var/tmp"), Path.of("/usr/tmp"), Path.of("/tmp")));
    }

    @Test
    void the_services_environment_goes_over_our_own() throws Exception {
        Example example = new Example(directory);
        Files.writeString(
                directory.resolve("ccupgrade.toml"),
                "[service]\nenvironment = { SQLITE_TMPDIR = \"" + second + "\" }\n");
        assertThat(TemporaryPlace.of(Site.of(example.deployment(), example.surroundings())))
                .isEqualTo(second);
    }

    @Test
    void the_units_environment_counts_and_that_of_the_configuration_goes_over_it() throws Exception {
        Path file = Files.writeString(directory.resolve("jobs.env"), "SQLITE_TMPDIR=" + second + "\n");
        String unit = "[service]\nmanager = \"systemd\"\nunit = \"jobs.service\"\n";
        String migration = "[migration]\nargs = [\"-migrate-db\"]\n";
        assertThat(underSystemd("Environment=TMPDIR=" + first, unit)).isEqualTo(first);
        assertThat(underSystemd("EnvironmentFiles=" + file + " (ignore_errors=no)", unit + migration))
                .isEqualTo(second);
        assertThat(underSystemd(
                        "Environment=SQLITE_TMPDIR=" + first,
                        unit + "environment = { SQLITE_TMPDIR = \"" + second + "\" }\n" + migration))
                .isEqualTo(second);
    }

    @Test
    void a_unit_that_cannot_be_read_is_left_to_the_gates_that_need_it() throws Exception {
        String unit = "[service]\nmanager = \"systemd\"\nunit = \"jobs.service\"\n";
        assertThat(underSystemd("EnvironmentFiles=/no/such.env (ignore_errors=no)", unit))
                .isEqualTo(TemporaryPlace.of(Map.of(), directory));
    }

    /** @param shown what systemctl says of the unit */
    private Path underSystemd(String shown, String configuration) throws Exception {
        Path systemctl = Files.createDirectories(directory.resolve("bin")).resolve("systemctl");
        Files.writeString(systemctl, "#!/bin/sh\necho LoadState=loaded\necho '" + shown + "'\n");
        Files.setPosixFilePermissions(systemctl, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("ccupgrade.toml"), configuration);
        Example example = new Example(directory);
        Surroundings its = example.surroundings();
        return TemporaryPlace.of(Site.of(
                example.deployment(),
                new Surroundings(
                        its.disk(),
                        its.clock(),
                        its.nanos(),
                        its.processes(),
                        Map.of("PATH", systemctl.getParent() + ":/usr/bin:/bin"),
                        its.root(),
                        its.command(),
                        its.user(),
                        its.who())));
    }

    @Test
    void sqlite_without_a_variable_does_so_too() throws Exception {
        Path expected = TemporaryPlace.of(System.getenv(), directory);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:");
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA temp_store = file");
            statement.execute("PRAGMA cache_size = 1");
            statement.execute("CREATE TEMP TABLE t AS SELECT zeroblob(5000000) AS x");
            List<String> open;
            try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
                open = descriptors
                        .map(TemporaryPlaceTest::target)
                        .filter(target -> target.contains("etilqs"))
                        .toList();
            }
            assertThat(open)
                    .isNotEmpty()
                    .allSatisfy(target ->
                            assertThat(target).startsWith(expected.toRealPath().toString()));
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (java.io.IOException e) {
            return "";
        }
    }
}
