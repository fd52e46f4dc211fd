package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import ccupgrade.it.Deployed.Row;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A release's migration on a copy, beside a service that writes. */
class RehearsalIT {

    @TempDir
    Path directory;

    private Deployed jobs;
    private long pid;

    @BeforeEach
    void deploy() throws Exception {
        jobs = new Deployed(directory);
        done(jobs.install("jobs-1.0"));
        pid = jobs.pid();
    }

    @AfterEach
    void leave_nothing_running() throws Exception {
        jobs.close();
    }

    private static Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    private Result rehearse(String sample, String... options) throws Exception {
        String[] arguments = new String[2 + options.length];
        arguments[0] = "rehearse";
        arguments[1] = jobs.sample(sample).toString();
        System.arraycopy(options, 0, arguments, 2, options.length);
        return jobs.run(arguments);
    }

    /** The same process works on the same schema, and nothing of the rehearsal is left. */
    private void assertUntouched(Row promised) throws Exception {
        assertThat(jobs.pid()).isEqualTo(pid);
        assertThat(jobs.get("/health")).startsWith("200 ok jobs 1.0");
        jobs.requireKept(promised);
        assertThat(jobs.schema()).isEqualTo("3");
        assertThat(Deployed.tree(jobs.home.resolve(".ccupgrade/operations")))
                .noneMatch(name -> name.contains("stand-in"));
        assertThat(jobs.releases()).hasSize(1);
    }

    @Test
    void tells_what_the_migration_will_do_and_how_long_the_service_would_be_away() throws Exception {
        Result result = done(rehearse("jobs-2.0"));
        assertThat(result.out())
                .contains("2.0 is rehearsed: nothing speaks against it")
                .containsPattern("migration +[0-9.]+ m?s")
                .containsPattern("downtime +about .* \\(.* to .*\\)")
                .contains("schema     3 → 4")
                .contains("+ index jobs_by_started on jobs")
                .contains("+ column jobs.waited INTEGER");
        assertUntouched(jobs.acknowledged());
        assertThat(done(jobs.run("history")).out()).contains("rehearsed");
    }

    @Test
    void fails_with_what_the_migration_said_and_the_release_is_not_installed_unless_told_otherwise() throws Exception {
        Result result = rehearse("jobs-3.0-half");
        assertThat(result.exit()).as(result.all()).isEqualTo(1);
        assertThat(result.err()).contains("cannot migrate the copy", "SQLITE_CONSTRAINT_PRIMARYKEY");
        assertUntouched(jobs.acknowledged());

        Result install = jobs.install("jobs-3.0-half");
        assertThat(install.exit()).as(install.all()).isEqualTo(3);
        assertThat(install.err()).contains("its rehearsal here failed", "--without-rehearsal");
        assertThat(jobs.install("jobs-3.0-half", "--without-rehearsal").exit()).isEqualTo(4);
    }

    @Test
    void names_the_table_that_a_migration_empties() throws Exception {
        Result result = rehearse("jobs-3.0-loses");
        assertThat(result.exit()).as(result.all()).isEqualTo(1);
        assertThat(result.err()).contains("empties tables that had rows: tag: 6 fewer (6 → 0)", "--accept-row-loss");
        assertUntouched(jobs.acknowledged());

        assertThat(done(rehearse("jobs-3.0-loses", "--accept-row-loss")).err())
                .contains("the migration empties a table: tag: 6 fewer (6 → 0)");
    }

    @Test
    void a_forecast_that_is_too_long_refuses_the_install_and_without_one_it_is_refused_too() throws Exception {
        Result unknown = jobs.install("jobs-2.0", "--max-downtime", "10m");
        assertThat(unknown.exit()).as(unknown.all()).isEqualTo(3);
        assertThat(unknown.err()).contains("was not rehearsed here", "ccupgrade rehearse");

        done(rehearse("jobs-2.0"));
        Result tooLong = jobs.install("jobs-2.0", "--max-downtime", "10ms");
        assertThat(tooLong.exit()).as(tooLong.all()).isEqualTo(3);
        assertThat(tooLong.err()).contains("cannot keep the downtime under 10 ms: the forecast is about");
        assertThat(jobs.pid()).isEqualTo(pid);
        assertThat(jobs.install("jobs-2.0", "--max-downtime", "10ms", "--dry-run")
                        .exit())
                .isEqualTo(3);

        done(jobs.install("jobs-2.0", "--max-downtime", "1h"));
    }

    @Test
    void a_large_database_asks_for_a_rehearsal_first() throws Exception {
        jobs.configure("[migration]\nargs = [\"-migrate-db\"]\nrehearse-above = \"1kB\"\n");
        Result refused = jobs.install("jobs-2.0");
        assertThat(refused.exit()).as(refused.all()).isEqualTo(3);
        assertThat(refused.err()).contains("more than rehearse-above", "--rehearse", "--without-rehearsal");
        assertThat(jobs.pid()).isEqualTo(pid);

        Row promised = jobs.acknowledged();
        assertThat(done(jobs.install("jobs-2.0", "--rehearse")).out()).contains("2.0");
        jobs.requireKept(promised);
        assertThat(jobs.get("/health")).startsWith("200 ok jobs 2.0");
    }

    @Test
    void a_rehearsal_that_is_killed_leaves_nothing_after_the_next_command() throws Exception {
        Row promised = jobs.acknowledged();
        Process rehearsal = jobs.begin("rehearse", jobs.sample("jobs-2.2-hangs").toString());
        int operation = 2;
        Deployed.await(
                "the copy is being migrated",
                () -> jobs.journal(operation).contains("\"event\":\"intent\",\"step\":\"rehearse\""));
        rehearsal.destroyForcibly().waitFor();
        done(jobs.run("recover"));
        assertUntouched(promised);
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(line -> line.contains("rehearsed.jar")))
                .isEmpty();
    }

    @Test
    void an_absolute_path_to_the_live_database_leads_to_the_copy() throws Exception {
        Path live = jobs.database().toAbsolutePath();
        jobs.configure("""
                [migration]
                command = ["%s", "-jar", "{release}", "-migrate-db", "-db", "%s"]
                """.formatted(Path.of(System.getProperty("java.home"), "bin", "java"), live));
        Result result = rehearse("jobs-2.0");
        assertUntouched(jobs.acknowledged());
        // Where the copy cannot be put in its place, the migration is stopped.
        if (result.exit() == 0) {
            assertThat(result.out()).contains("schema     3 → 4").contains("out of reach");
        } else {
            assertThat(result.err()).contains("cannot rehearse: the migration opened the live var/jobs.db");
        }
    }

    @Test
    void tells_what_logs_and_temporary_files_took_on_the_way_and_the_install_asks_for_so_much() throws Exception {
        jobs.configure("""
                [migration]
                command = ["sh", "-c", '''
                    exec 7>"$PWD/var/sorted"; rm var/sorted
                    head -c 30000000 /dev/zero >&7
                    head -c 20000000 /dev/zero >var/jobs.db-more
                    sleep 2
                    exec 7>&-
                    rm var/jobs.db-more
                    exec "$0" -jar "$1" -migrate-db
                    ''', "%s", "{release}"]
                """.formatted(Path.of(System.getProperty("java.home"), "bin", "java")));
        Result unknown = jobs.install("jobs-2.0", "--dry-run");
        assertThat(unknown.out()).contains("unrehearsed migration");

        Result result = done(rehearse("jobs-2.0"));
        assertThat(result.out())
                .containsPattern("at most 50\\.\\d MB for copy, log and temporary files \\(these up to 30\\.0 MB\\)");
        assertUntouched(jobs.acknowledged());

        Result known = jobs.install("jobs-2.0", "--dry-run");
        // A quarter more, and what comes of the rows that the service has written since.
        assertThat(known.out()).containsPattern("migration as rehearsed (6[2-9]|[7-9]\\d|\\d{3})[0-9.]* MB");
    }
}
