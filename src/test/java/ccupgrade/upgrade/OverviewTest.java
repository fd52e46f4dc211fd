package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ccupgrade.disk.LockFile;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.fault.Refused;
import ccupgrade.ledger.Ledger;
import ccupgrade.ledger.OperationEntry;
import ccupgrade.release.Verdict;
import ccupgrade.saga.Journal;
import ccupgrade.state.VersionKind;
import ccupgrade.upgrade.DeploymentStatus.DatabaseState;
import ccupgrade.upgrade.DeploymentStatus.DatabaseState.Presence;
import ccupgrade.upgrade.DeploymentStatus.OpenOperation.Stage;
import ccupgrade.upgrade.DeploymentStatus.ServiceState.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverviewTest {

    @TempDir
    private Path directory;

    private Example example;

    @BeforeEach
    void makeExample() throws Exception {
        example = new Example(directory.toRealPath());
    }

    @Test
    void an_empty_directory_has_no_releases_and_no_history_and_stays_empty() throws Exception {
        assertThat(example.overview().releases()).isEqualTo(new ReleaseList(List.of(), List.of()));
        assertThat(example.overview().history(20)).isEqualTo(new OperationList(List.of(), List.of()));
        DeploymentStatus status = example.overview().status();
        assertThat(status.current()).isNull();
        assertThat(status.service().state()).isEqualTo(State.STOPPED);
        assertThat(status.warnings()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void releases_come_newest_first_with_their_schemas_and_marks() throws Exception {
        example.whole();
        ReleaseList list = example.overview().releases();
        assertThat(list.problems()).isEmpty();
        assertThat(list.releases())
                .extracting(
                        ListedRelease::version,
                        ListedRelease::schema,
                        ListedRelease::verdict,
                        ListedRelease::current,
                        ListedRelease::rollbackTarget)
                .containsExactly(
                        tuple("2.0", null, Verdict.BAD, false, false),
                        tuple("1.1", "2", Verdict.GOOD, true, false),
                        tuple("1.0", "1", Verdict.GOOD, false, true));
    }

    @Test
    void a_broken_link_is_told_beside_the_list() throws Exception {
        example.whole();
        Path link = example.deployment().link();
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("1.jar"));
        ReleaseList list = example.overview().releases();
        assertThat(list.releases()).hasSize(3).noneMatch(ListedRelease::current);
        assertThat(list.problems()).singleElement().asString().contains("1.jar, which does not exist");
        DeploymentStatus status = example.overview().status();
        assertThat(status.current()).isNull();
        assertThat(status.databases()).hasSize(1);
        assertThat(status.warnings()).singleElement().asString().contains("which does not exist; point it to");
    }

    @Test
    void a_look_changes_nothing_but_the_ledger() throws Exception {
        example.whole();
        List<String> before = example.listing();
        example.overview().releases();
        example.overview().status();
        example.overview().history(20);
        example.overview().operation(2);
        example.overview().release("1.1");
        assertThat(example.listing()).isEqualTo(before);
    }

    @Test
    void the_status_of_a_well_deployment_has_no_warnings() throws Exception {
        example.whole().runs(4242, Example.SECOND);
        DeploymentStatus status = example.overview().status();
        assertThat(status.service().state()).isEqualTo(State.RUNNING);
        assertThat(status.service().pid()).isEqualTo(4242);
        assertThat(Objects.requireNonNull(status.health()).healthy()).isTrue();
        assertThat(Objects.requireNonNull(status.current()).schema()).isEqualTo("2");
        assertThat(Objects.requireNonNull(status.rollbackTarget()).epoch()).isEqualTo(Example.FIRST);
        assertThat(status.databases())
                .extracting(DatabaseState::name, DatabaseState::presence, DatabaseState::versionKeptBy)
                .containsExactly(tuple("var/jobs.db", Presence.PRESENT, VersionKind.FLYWAY));
        assertThat(status.operation()).isNull();
        assertThat(status.warnings()).isEmpty();
    }

    @Test
    void the_status_tells_of_the_operation_that_ended_last_unless_one_is_unfinished() throws Exception {
        assertThat(example.overview().status().lastOperation()).isNull();
        example.whole();
        DeploymentStatus.EndedOperation last =
                Objects.requireNonNull(example.overview().status().lastOperation());
        assertThat(last.kind()).isEqualTo("install");
        assertThat(last.outcome()).isEqualTo(History.TAKEN_BACK);
        assertThat(last.succeeded()).isFalse();
        Journal journal = example.finished("install", Map.of(), "1.0", Example.FIRST);
        assertThat(Objects.requireNonNull(example.overview().status().lastOperation()))
                .isEqualTo(new DeploymentStatus.EndedOperation(
                        last.number() + 1,
                        "install",
                        journal.entries().get(journal.entries().size() - 1).at(),
                        History.UPGRADED,
                        true));
        example.cut(journal, 3);
        assertThat(example.overview().status().lastOperation()).isNull();
    }

    @Test
    void a_service_that_runs_another_release_is_warned_about() throws Exception {
        example.whole().runs(4242, Example.FIRST);
        assertThat(example.overview().status().warnings())
                .singleElement()
                .asString()
                .contains("runs releases/" + Example.FIRST + ".jar and not the current release 1.1 (" + Example.SECOND);
    }

    @Test
    void a_dirty_database_is_explained() throws Exception {
        example.sql(
                "CREATE TABLE schema_migrations(version INTEGER, dirty BOOLEAN)",
                "INSERT INTO schema_migrations VALUES(8, 1)");
        DeploymentStatus status = example.overview().status();
        assertThat(status.databases()).singleElement().matches(DatabaseState::dirty);
        assertThat(status.warnings()).singleElement().asString().contains("var/jobs.db is dirty", "did not end");
    }

    @Test
    void an_unreadable_database_hides_nothing_else() throws Exception {
        example.whole();
        Files.writeString(example.home.resolve("var/jobs.db"), "this was never a database");
        DeploymentStatus status = example.overview().status();
        assertThat(status.databases()).singleElement().satisfies(database -> {
            assertThat(database.presence()).isEqualTo(Presence.UNREADABLE);
            assertThat(database.why()).contains("not an SQLite database");
        });
        assertThat(Objects.requireNonNull(status.current()).version()).isEqualTo("1.1");
        assertThat(example.overview().releases().problems())
                .singleElement()
                .asString()
                .contains("not an SQLite database");
    }

    @Test
    void a_named_database_that_is_gone_is_warned_about() throws Exception {
        example.whole();
        Files.writeString(example.home.resolve("ccupgrade.toml"), "[state]\ndatabases = [\"var/gone.db\"]\n");
        DeploymentStatus status = example.overview().status();
        assertThat(status.databases()).singleElement().matches(database -> database.presence() == Presence.ABSENT);
        assertThat(status.warnings()).singleElement().asString().startsWith("var/gone.db is not there");
    }

    @Test
    void an_interrupted_operation_says_which_way_a_recovery_goes() throws Exception {
        Journal journal = example.finished("install", Map.of(), "1.0", Example.FIRST);
        // The end, and the two lines of the last step.
        example.cut(journal, 3);
        DeploymentStatus.OpenOperation committed =
                Objects.requireNonNull(example.overview().status().operation());
        assertThat(committed.stage()).isEqualTo(Stage.TO_BE_FINISHED);
        assertThat(committed.number()).isEqualTo(1);
        // The commit.
        example.cut(journal, 1);
        assertThat(Objects.requireNonNull(example.overview().status().operation())
                        .stage())
                .isEqualTo(Stage.TO_BE_TAKEN_BACK);
        assertThat(example.overview().history(1).operations())
                .extracting(OperationEntry::outcome)
                .containsExactly("unfinished");
    }

    @Test
    void an_operation_whose_lock_is_held_is_under_way_and_not_interrupted() throws Exception {
        Journal journal = example.finished("install", Map.of(), "1.0", Example.FIRST);
        example.cut(journal, 4);
        example.sql(
                "CREATE TABLE schema_migrations(version INTEGER, dirty BOOLEAN)",
                "INSERT INTO schema_migrations VALUES(8, 1)");
        assertThat(example.overview().status().warnings())
                .singleElement()
                .asString()
                .contains("dirty", "ccupgrade recover");
        try (LockFile lock = LockFile.take(example.deployment().lock(), "install x.jar by ada")) {
            assertThat(lock).isNotNull();
            DeploymentStatus status = example.overview().status();
            assertThat(status.warnings()).isEmpty();
            DeploymentStatus.OpenOperation open = Objects.requireNonNull(status.operation());
            assertThat(open.stage()).isEqualTo(Stage.UNDER_WAY);
            assertThat(open.holder()).isEqualTo("install x.jar by ada");
            assertThat(open.number()).isEqualTo(1);
        }
    }

    @Test
    void a_damaged_journal_is_told_and_does_not_hide_the_others() throws Exception {
        example.finished("install", Map.of(), "1.0", Example.FIRST);
        Journal damaged = example.finished("install", Map.of(), "1.1", Example.SECOND);
        Files.writeString(damaged.file(), Files.readString(damaged.file()).replaceFirst("begin", "begun"));
        OperationList list = example.overview().history(20);
        assertThat(list.operations()).extracting(OperationEntry::number).containsExactly(1L);
        assertThat(list.problems()).singleElement().asString().contains("line 1 is damaged");
        DeploymentStatus status = example.overview().status();
        assertThat(Objects.requireNonNull(status.operation()).stage()).isEqualTo(Stage.UNREADABLE);
        assertThat(status.warnings()).singleElement().asString().contains("line 1 is damaged");
        assertThatThrownBy(() -> example.overview().operation(2)).isInstanceOf(NeedsOperator.class);
    }

    @Test
    void the_history_is_the_same_with_a_ledger_that_lags_behind_and_without() throws Exception {
        example.whole();
        List<OperationEntry> ofJournals = example.overview().history(20).operations();
        assertThat(ofJournals).extracting(OperationEntry::outcome).containsExactly("taken back", "upgraded");
        Ledger.open(example.deployment().ledger()).close();
        assertThat(example.overview().history(20)).isEqualTo(new OperationList(ofJournals, List.of()));
        try (Ledger ledger = Ledger.open(example.deployment().ledger())) {
            assertThat(ledger.numbers()).containsExactly(1L, 2L);
        }
        assertThat(example.overview().history(1).operations()).hasSize(1);
    }

    @Test
    void a_damaged_ledger_is_told_and_the_journals_answer() throws Exception {
        example.whole();
        Files.writeString(example.deployment().ledger(), "not a ledger at all, but longer than one header".repeat(99));
        OperationList list = example.overview().history(20);
        assertThat(list.operations()).hasSize(2);
        assertThat(list.problems()).singleElement().asString().contains("ledger.db");
    }

    @Test
    void an_operation_is_told_with_what_it_left_behind() throws Exception {
        example.whole();
        OperationDetail detail = example.overview().operation(2).orElseThrow();
        assertThat(detail.entry().outcome()).isEqualTo("taken back");
        assertThat(detail.entry().steps())
                .extracting(step -> step.phase() + " " + step.name() + " " + step.result())
                .containsExactly("do stage done", "do hold done", "do migrate failed", "undo migrate done");
        assertThat(detail.entry().rows()).hasSize(2);
        assertThat(Objects.requireNonNull(detail.failure()).remedy()).isEqualTo("look into migration.log");
        assertThat(detail.lastOutput()).first().isEqualTo("migrating");
        assertThat(detail.evidence()).isDirectory();
        assertThat(detail.schemaBefore()).isEqualTo("2");
        assertThat(example.overview().operation(9)).isEmpty();
    }

    @Test
    void a_release_tells_how_its_migrations_stand_to_the_database() throws Exception {
        example.whole();
        assertThat(states("2.0"))
                .containsExactly("V1 create jobs APPLIED", "V2 add users APPLIED", "V3 add index PENDING");
        ReleaseDetail old = example.overview().release("1.0");
        assertThat(states("1.0")).containsExactly("V1 create jobs APPLIED");
        assertThat(old.notInRelease()).containsExactly("V2 add users");
        assertThat(old.snapshots()).singleElement().satisfies(snapshot -> {
            assertThat(snapshot.id()).isEqualTo("2-before-" + Example.SECOND);
            assertThat(snapshot.schema()).isEqualTo("2");
        });
        assertThat(Objects.requireNonNull(old.program()).javaVersion()).isEqualTo(17);
        example.sql("UPDATE flyway_schema_history SET checksum = 1 WHERE version = '2'");
        assertThat(states("1.1")).containsExactly("V1 create jobs APPLIED", "V2 add users DIFFERING");
        example.sql("UPDATE flyway_schema_history SET success = 0 WHERE version = '2'");
        assertThat(states("1.1")).contains("V2 add users FAILED");
    }

    @Test
    void migrations_under_a_baseline_are_not_called_applied() throws Exception {
        example.whole();
        example.sql(
                "DELETE FROM flyway_schema_history",
                "INSERT INTO flyway_schema_history(installed_rank, version, description, type, script, installed_by,"
                        + " execution_time, success) VALUES(1, '2', 'baseline', 'BASELINE', 'baseline', '', 0, 1)");
        assertThat(states("2.0"))
                .containsExactly("V1 create jobs NOT_NEEDED", "V2 add users NOT_NEEDED", "V3 add index PENDING");
    }

    @Test
    void migrations_are_not_compared_with_what_flyway_does_not_keep() throws Exception {
        example.install(Example.FIRST, "1.0", 1);
        example.sql("PRAGMA user_version = 7", "CREATE TABLE t(x)");
        ReleaseDetail detail = example.overview().release("1.0");
        assertThat(states("1.0")).containsExactly("V1 create jobs UNKNOWN");
        assertThat(detail.notCompared()).contains("not one that Flyway keeps");
    }

    @Test
    void without_a_database_all_migrations_are_pending() throws Exception {
        example.install(Example.FIRST, "1.0", 2);
        assertThat(states("1.0")).containsExactly("V1 create jobs PENDING", "V2 add users PENDING");
    }

    private List<String> states(String release) throws Exception {
        return example.overview().release(release).migrations().stream()
                .map(migration -> migration.label() + " " + migration.state())
                .toList();
    }

    @Test
    void a_damaged_jar_hides_nothing_of_its_record() throws Exception {
        example.whole();
        Path jar = example.store().path(Example.FIRST);
        jar.toFile().setWritable(true);
        Files.writeString(jar, "gone");
        ReleaseDetail detail = example.overview().release("1.0");
        assertThat(detail.release().verdict()).isEqualTo(Verdict.GOOD);
        assertThat(detail.program()).isNull();
        assertThat(detail.problems()).singleElement().asString().contains("not a jar");
    }

    @Test
    void a_release_that_is_none_is_refused() {
        assertThatThrownBy(() -> example.overview().release("7.7")).isInstanceOf(Refused.class);
    }
}
