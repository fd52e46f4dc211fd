package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import ccupgrade.it.Deployed.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on real releases of a service that commits rows all the time. */
class UpgradeIT {

    @TempDir
    Path directory;

    private Deployed jobs;

    @BeforeEach
    void deploy() throws Exception {
        jobs = new Deployed(directory);
    }

    @AfterEach
    void leave_nothing_running() throws Exception {
        jobs.close();
    }

    private Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    @Test
    void the_first_install_makes_the_database_and_starts_the_service() throws Exception {
        Result result = done(jobs.install("jobs-1.0"));
        assertThat(result.out()).contains("1.0 (").contains("is installed");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.0");
        assertThat(jobs.rows()).isPositive();
        assertThat(jobs.current()).isEqualTo(jobs.releases().get(0));
    }

    @Test
    void a_failed_first_install_leaves_no_release_no_link_and_no_database() throws Exception {
        jobs.configure("[health]\nhttp = \"http://127.0.0.1:%d/health\"\ntimeout = \"2s\"\nstable = \"0s\"\n"
                .formatted(jobs.port));
        Result result = jobs.install("jobs-3.0-unhealthy");
        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(jobs.link()).doesNotExist();
        assertThat(jobs.database()).doesNotExist();
        assertThat(jobs.get("/health")).isEmpty();
        // The very same directory takes a good one afterwards.
        done(jobs.install("jobs-1.0"));
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.0");
    }

    @Test
    void an_upgrade_migrates_and_loses_no_row() throws Exception {
        done(jobs.install("jobs-1.0"));
        Row before = jobs.acknowledged();
        Result result = done(jobs.install("jobs-2.0"));
        assertThat(result.out()).contains("2.0 (").contains("downtime");
        assertThat(result.err()).contains("schema 3 → 4");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
        jobs.requireKept(before);
        assertThat(jobs.releases()).hasSize(2);
        assertThat(jobs.current()).isEqualTo(jobs.releases().get(1));
    }

    @Test
    void the_same_bytes_again_are_recognised() throws Exception {
        done(jobs.install("jobs-1.0"));
        long pid = jobs.pid();
        Result again = done(jobs.install("jobs-1.0"));
        assertThat(again.out()).contains("already installed and current");
        assertThat(jobs.pid()).isEqualTo(pid);
        assertThat(jobs.releases()).hasSize(1);
    }

    @Test
    void a_migration_that_fails_half_way_is_taken_back_with_all_that_it_committed() throws Exception {
        done(jobs.install("jobs-1.0"));
        done(jobs.install("jobs-2.0"));
        Row before = jobs.acknowledged();
        Result result = jobs.install("jobs-3.0-half");
        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(result.err()).contains("everything is taken back").contains("exit code 1");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
        jobs.requireKept(before);
        assertThat(jobs.schema()).isEqualTo("4");
        assertThat(jobs.value("SELECT count(*) FROM sqlite_schema WHERE name = 'job_name'"))
                .isEqualTo("0");
        assertThat(jobs.home.resolve(".ccupgrade/operations/3/evidence/jobs.db"))
                .exists();
        assertThat(Files.readString(jobs.home.resolve(".ccupgrade/operations/3/migration.log")))
                .isNotEmpty();
    }

    @Test
    void a_release_that_is_not_healthy_after_its_migration_is_taken_back_with_its_state() throws Exception {
        jobs.configure("[health]\nhttp = \"http://127.0.0.1:%d/health\"\ntimeout = \"5s\"\nstable = \"500ms\"\n"
                .formatted(jobs.port));
        done(jobs.install("jobs-2.0"));
        Row before = jobs.acknowledged();
        Result result = jobs.install("jobs-3.0-unhealthy");
        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(result.err()).contains("HTTP 503");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
        assertThat(jobs.schema()).isEqualTo("4");
        jobs.requireKept(before);
        assertThat(jobs.current()).isEqualTo(jobs.releases().get(0));
    }

    @Test
    void a_bad_release_on_an_unchanged_schema_gives_back_every_row_written_meanwhile() throws Exception {
        jobs.configure("[health]\nhttp = \"http://127.0.0.1:%d/health\"\ntimeout = \"3s\"\nstable = \"500ms\"\n"
                .formatted(jobs.port));
        done(jobs.install("jobs-2.0"));
        Result result = jobs.install("jobs-2.2-unhealthy");
        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
        jobs.rows();
        assertThat(jobs.value("SELECT count(*) > 0 FROM chain WHERE written_by LIKE '%2.2%'"))
                .as("rows of the bad release are kept")
                .isEqualTo("1");
    }

    @Test
    void a_release_that_dies_is_noticed_at_once_and_taken_back() throws Exception {
        jobs.configure("[health]\nhttp = \"http://127.0.0.1:%d/health\"\ntimeout = \"60s\"\nstable = \"8s\"\n"
                .formatted(jobs.port));
        done(jobs.install("jobs-2.0"));
        Result result = jobs.install("jobs-2.2-dies");
        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(result.err()).contains("it ended");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
    }

    @Test
    void a_release_that_migrates_at_its_start_is_upgraded_to_and_checked() throws Exception {
        jobs.configure("[migration]\n");
        // Without a migration command the first release has to make its own database.
        done(jobs.install("jobs-3.0-atstart"));
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 3.0");
        assertThat(jobs.schema()).isEqualTo("5");
    }

    @Test
    void a_service_that_ignores_the_request_to_end_is_replaced_all_the_same() throws Exception {
        jobs.configure("""
                [service]
                args = ["-server"]
                environment = { JOBS_PORT = "%d", JOBS_WRITE_EVERY = "5" }
                stop-timeout = "1s"
                """.formatted(jobs.port));
        done(jobs.install("jobs-2.2-stubborn"));
        Row before = jobs.acknowledged();
        done(jobs.install("jobs-2.1"));
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.1");
        jobs.requireKept(before);
    }

    @Test
    void a_rollback_on_an_unchanged_schema_keeps_every_row() throws Exception {
        done(jobs.install("jobs-1.0"));
        done(jobs.install("jobs-1.1"));
        Row before = jobs.acknowledged();
        Result result = done(jobs.run("rollback"));
        assertThat(result.out()).contains("back to 1.0");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.0");
        jobs.requireKept(before);
        // Somebody did not want 1.1: a later rollback does not choose it by itself.
        done(jobs.install("jobs-2.0"));
        assertThat(jobs.run("rollback", "--dry-run").out()).startsWith("Go back to 1.0");
    }

    @Test
    void a_rollback_over_a_schema_change_is_refused_until_the_loss_is_accepted_and_can_itself_be_rolled_back()
            throws Exception {
        done(jobs.install("jobs-1.0"));
        done(jobs.install("jobs-2.0"));
        Result refused = jobs.run("rollback");
        assertThat(refused.exit()).as(refused.all()).isEqualTo(3);
        assertThat(refused.err()).contains("chain:").contains("more").contains("--accept-data-loss");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");

        Row given = jobs.acknowledged();
        done(jobs.run("rollback", "--accept-data-loss"));
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.0");
        assertThat(jobs.schema()).isEqualTo("3");
        jobs.rows();

        Result forward = jobs.run("rollback", "2.0");
        assertThat(forward.exit()).as(forward.all()).isEqualTo(3);
        done(jobs.run("rollback", "2.0", "--accept-data-loss"));
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
        assertThat(jobs.schema()).isEqualTo("4");
        jobs.requireKept(given);
    }

    @Test
    void a_rollback_passes_over_a_bad_release() throws Exception {
        jobs.configure("[health]\nhttp = \"http://127.0.0.1:%d/health\"\ntimeout = \"2s\"\nstable = \"100ms\"\n"
                .formatted(jobs.port));
        done(jobs.install("jobs-2.0"));
        assertThat(jobs.install("jobs-2.2-unhealthy").exit()).isEqualTo(4);
        done(jobs.install("jobs-2.1"));
        Result result = done(jobs.run("rollback"));
        assertThat(result.out()).contains("back to 2.0");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
    }

    @Test
    void a_dry_run_gives_the_real_runs_exit_code_and_changes_nothing() throws Exception {
        done(jobs.install("jobs-2.0"));
        int releases = jobs.releases().size();
        assertThat(jobs.install("jobs-2.1", "--dry-run").exit()).isZero();
        assertThat(jobs.install("jobs-2.0", "--dry-run").exit()).isZero();
        Result older = jobs.install("jobs-1.0", "--dry-run");
        assertThat(older.exit()).as(older.all()).isEqualTo(3);
        assertThat(older.out()).contains("V4");
        assertThat(jobs.install("jobs-1.0").exit()).isEqualTo(3);
        assertThat(jobs.install("jobs-9.0-newer-java", "--dry-run").exit()).isEqualTo(3);
        assertThat(jobs.releases()).hasSize(releases);
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
    }

    @Test
    void a_migration_that_empties_a_table_is_a_warning_that_names_it() throws Exception {
        done(jobs.install("jobs-2.0"));
        Result result = done(jobs.install("jobs-3.0-loses"));
        assertThat(result.err()).contains("ALL ROWS of table tag");
    }
}
