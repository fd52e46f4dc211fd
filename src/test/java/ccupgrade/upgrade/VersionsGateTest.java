package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.config.Config;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Refused;
import ccupgrade.release.Inspection;
import ccupgrade.release.Kind;
import ccupgrade.release.ReleaseRecord;
import ccupgrade.release.Staged;
import ccupgrade.release.Supported;
import ccupgrade.state.SchemaVersion;
import ccupgrade.state.VersionKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionsGateTest {

    private static final String STATE = """
            [state]
            databases = ["var/job.db"]
            archive = "var/job-archive"
            archive-version-file = "version.txt"
            """;

    private static final String BOTH = STATE + """
            [[migration]]
            name = "database"
            command = ["{release}", "-migrate-db"]
            [[migration]]
            name = "archive"
            of = "archive"
            command = ["{release-dir}/archive-migration", "--archive", "{archive}"]
            """;

    @TempDir
    Path home;

    private final List<Finding> findings = new ArrayList<>();

    @BeforeEach
    void configured() throws IOException {
        configure(BOTH);
    }

    private void configure(String text) throws IOException {
        Files.writeString(home.resolve("ccupgrade.toml"), text);
    }

    private void archiveAt(String version) throws IOException {
        Files.createDirectories(home.resolve("var/job-archive"));
        Files.writeString(home.resolve("var/job-archive/version.txt"), version + "\n");
    }

    private static SchemaVersion schema(VersionKind kind, @Nullable String version) {
        return new SchemaVersion(kind, version, false, "f", List.of());
    }

    private VersionsGate gate(@Nullable String database, @Nullable String archive) throws Exception {
        Example example = new Example(home);
        return new VersionsGate(
                Site.of(example.deployment(), example.surroundings()), new Supported(database, archive), findings);
    }

    private static List<String> names(VersionsGate gate) {
        return gate.due().stream().map(Config.Migration::name).toList();
    }

    private List<String> dueAt(String databaseIs, String archiveIs) throws Exception {
        archiveAt(archiveIs);
        VersionsGate gate = gate("11", "3");
        gate.checkDatabase(Optional.empty(), List.of(schema(VersionKind.GOLANG_MIGRATE, databaseIs)));
        gate.checkArchive();
        return names(gate);
    }

    @Test
    void what_is_where_the_release_works_is_not_migrated() throws Exception {
        assertThat(dueAt("11", "3")).isEmpty();
        assertThat(dueAt("11", "2")).containsExactly("archive");
        assertThat(dueAt("10", "3")).containsExactly("database");
        assertThat(dueAt("7", "2")).containsExactly("database", "archive");
        assertThat(findings.stream().map(Finding::text))
                .contains("database at 11, which the release works on", "archive at 2, to be migrated to 3");
    }

    @Test
    void state_that_is_newer_than_the_release_is_refused_with_the_way_out() throws Exception {
        assertThatThrownBy(() -> dueAt("12", "3"))
                .isInstanceOfSatisfying(
                        Refused.class,
                        e -> assertThat(e.remedy()).contains("works on version 12", "ccupgrade rollback"))
                .hasMessageContaining("works on version 11 of the database, and this one is at 12");
        assertThatThrownBy(() -> dueAt("11", "4"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("works on version 3 of the archive, and this one is at 4");
    }

    @Test
    void an_archive_two_versions_behind_is_refused_with_the_release_that_comes_between() throws Exception {
        assertThatThrownBy(() -> dueAt("7", "1"))
                .isInstanceOfSatisfying(
                        Refused.class,
                        e -> assertThat(e.remedy())
                                .isEqualTo("first install a release that works on version 2 of the archive"));

        Example example = new Example(home);
        Path file = Files.writeString(home.resolve("given"), "x");
        example.store().stage(file, 1700000000, Progress.NONE);
        example.store()
                .publish(
                        1700000000,
                        new Staged(Kind.JAR, example.store().stagingPath(1700000000), null, false),
                        ReleaseRecord.of(
                                        new Inspection("cc-backend", "1.4.4", Kind.JAR, null, "Main", 17, 1, List.of()),
                                        "0".repeat(64),
                                        "given",
                                        Instant.EPOCH)
                                .withSupports(null, new Supported("8", "2")),
                        Progress.NONE);
        assertThatThrownBy(() -> dueAt("7", "1"))
                .isInstanceOfSatisfying(
                        Refused.class,
                        e -> assertThat(e.remedy()).contains("1.4.4 (1700000000)", "releases/1700000000"));
    }

    @Test
    void what_nobody_knows_is_run() throws Exception {
        VersionsGate silent = gate(null, null);
        archiveAt("2");
        silent.checkDatabase(Optional.empty(), List.of(schema(VersionKind.GOLANG_MIGRATE, "8")));
        assertThat(silent.checkArchive()).isEqualTo(2);
        assertThat(names(silent)).containsExactly("database", "archive");

        VersionsGate unversioned = gate("11", "3");
        Files.delete(home.resolve("var/job-archive/version.txt"));
        unversioned.checkDatabase(Optional.empty(), List.of(schema(VersionKind.NONE, null)));
        assertThat(unversioned.checkArchive()).isNull();
        assertThat(names(unversioned)).containsExactly("database", "archive");
        assertThat(findings)
                .anyMatch(finding -> finding.level() == Finding.Level.WARNING
                        && finding.text().contains("var/job-archive/version.txt"));
    }

    @Test
    void an_archive_whose_version_is_no_number_is_not_guessed_at() throws Exception {
        VersionsGate gate = gate("11", "3");
        archiveAt("two");

        assertThatThrownBy(gate::checkArchive).hasMessageContaining("does not hold an unsigned integer");
    }

    @Test
    void an_archive_that_is_not_there_is_not_migrated() throws Exception {
        VersionsGate gate = gate(null, "3");
        gate.checkArchive();

        assertThat(names(gate)).containsExactly("database");
    }

    @Test
    void of_several_databases_the_one_counts_that_keeps_a_version() throws Exception {
        VersionsGate one = gate("11", null);
        one.checkDatabase(
                Optional.empty(),
                List.of(
                        schema(VersionKind.NONE, null),
                        schema(VersionKind.USER_VERSION, "3"),
                        schema(VersionKind.GOLANG_MIGRATE, "11")));
        assertThat(names(one)).containsExactly("archive");

        VersionsGate several = gate("11", null);
        several.checkDatabase(
                Optional.empty(),
                List.of(schema(VersionKind.GOLANG_MIGRATE, "12"), schema(VersionKind.GOLANG_MIGRATE, "11")));
        assertThat(names(several)).containsExactly("database", "archive");
    }

    @Test
    void the_jars_own_migrations_know_best() throws Exception {
        VersionsGate gate = gate("4", null);
        gate.checkDatabase(Optional.of(0), List.of(schema(VersionKind.FLYWAY, "3")));
        assertThat(names(gate)).containsExactly("archive");
        assertThat(gate.isSurelyDue()).isFalse();

        gate.checkDatabase(Optional.of(2), List.of(schema(VersionKind.FLYWAY, "4")));
        assertThat(names(gate)).containsExactly("database", "archive");
        assertThat(gate.isSurelyDue()).isTrue();
    }

    @Test
    void what_is_due_has_to_be_configured_unless_releases_migrate_when_they_start() throws Exception {
        configure(STATE + "[migration]\nargs = [\"-migrate-db\"]\n");
        archiveAt("2");
        assertThatThrownBy(() -> gate("11", "3").checkArchive())
                .isInstanceOfSatisfying(
                        Refused.class, e -> assertThat(e.remedy()).contains("of = \"archive\""))
                .hasMessageContaining("no migration of the archive is configured");

        configure(STATE);
        VersionsGate atStart = gate("11", "3");
        atStart.checkArchive();
        assertThat(atStart.isSurelyDue()).isTrue();
    }

    @Test
    void a_migrations_program_has_to_be_in_the_release() throws Exception {
        Path release =
                Files.createDirectories(home.resolve("releases/1700000000/bin")).resolve("cc-backend");
        VersionsGate gate = gate(null, null);
        assertThatThrownBy(() -> gate.checkPrograms(release))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("cannot migrate the archive: archive-migration, which does that, is not in");

        Path program = Files.writeString(home.resolve("releases/1700000000/archive-migration"), "");
        assertThatThrownBy(() -> gate.checkPrograms(release)).isInstanceOf(Refused.class);

        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("r-xr-xr-x"));
        gate.checkPrograms(release);
    }

    @Test
    void versions_are_compared_as_numbers_part_by_part() {
        assertThat(StateVersion.compare("9", "11")).contains(-1);
        assertThat(StateVersion.compare("3.10", "3.9.9")).contains(1);
        assertThat(StateVersion.compare("3", "3.0")).contains(0);
        assertThat(StateVersion.compare("202401011200", "202401011201")).contains(-1);
        assertThat(StateVersion.compare("3-beta", "3")).isEmpty();
        assertThat(StateVersion.compare("", "3")).isEmpty();
    }
}
