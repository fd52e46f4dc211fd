package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import ccupgrade.it.Deployed.Row;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A release's migration on a copy, and its start there, beside a service that writes. */
class RehearsalIT {

    @TempDir
    Path directory;

    private Deployed jobs;
    private long pid;

    /** Where a release on the copy may listen. */
    private int port;

    @BeforeEach
    void deploy() throws Exception {
        jobs = new Deployed(directory);
        done(jobs.install("jobs-1.0"));
        pid = jobs.pid();
        port = Deployed.freePort();
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
        assertNothingRuns();
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

    /** What is added to the configuration so that the release is started on the copy, at a port of its own. */
    private String elsewhere(String... sections) {
        return String.join("\n", sections) + """

                [rehearsal]
                environment = { JOBS_PORT = "%1$d" }
                http = "http://127.0.0.1:%1$d/health"
                """.formatted(port);
    }

    private boolean isAnswered() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private void assertNothingRuns() {
        assertThat(isAnswered()).isFalse();
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse(""))
                        .filter(line -> line.contains("rehearsed.jar") && line.contains(jobs.home.toString())))
                .isEmpty();
    }

    @Test
    void starts_the_release_on_the_copy_while_the_service_answers_and_takes_the_time() throws Exception {
        jobs.configure(elsewhere());
        Row promised = jobs.acknowledged();
        Process rehearsal = jobs.begin("rehearse", jobs.sample("jobs-2.0").toString());
        String seen = "";
        while (rehearsal.isAlive()) {
            assertThat(jobs.get("/health")).startsWith("200 ok jobs 1.0");
            seen = seen.isEmpty() ? jobs.getAt(port, "/health") : seen;
            Thread.sleep(20);
        }
        assertThat(rehearsal.exitValue()).isZero();
        assertThat(seen).startsWith("200 ok jobs 2.0");
        assertUntouched(promised);
        assertThat(jobs.value("SELECT count(*) FROM chain WHERE written_by LIKE '2.0/%'"))
                .isEqualTo("0");
        assertNothingRuns();

        Result result = done(rehearse("jobs-2.0"));
        assertThat(result.out())
                .containsPattern("\nstart +[0-9.]+ m?s to the first healthy answer, on the copy")
                .containsPattern("\n +start [0-9.]+ m?s, as rehearsed");
        assertThat(done(jobs.run(
                                "-o",
                                "json",
                                "-q",
                                "rehearse",
                                jobs.sample("jobs-2.0").toString()))
                        .out())
                .containsPattern("\"startMs\":[1-9][0-9]*,\"notStarted\":null");
    }

    @Test
    void says_that_the_release_was_not_started_where_nobody_says_how_to_ask_it() throws Exception {
        assertThat(done(rehearse("jobs-2.2-unhealthy")).out())
                .contains("start      not tried on the copy: [rehearsal] in ccupgrade.toml names no check");
    }

    @Test
    void fails_when_the_release_does_not_get_well_on_the_copy_and_says_what_it_said() throws Exception {
        jobs.configure(elsewhere("[health]", "tcp = \"127.0.0.1:" + jobs.port + "\"", "timeout = \"15s\""));
        Result result = rehearse("jobs-2.2-unhealthy");
        assertThat(result.exit()).as(result.all()).isEqualTo(1);
        assertThat(result.err())
                .contains(
                        "cannot confirm that the release on the copy is healthy", "HTTP 503", "| jobs 2.2 listens on");
        assertUntouched(jobs.acknowledged());
        assertNothingRuns();

        Result install = jobs.install("jobs-2.2-unhealthy");
        assertThat(install.exit()).as(install.all()).isEqualTo(3);
        assertThat(install.err()).contains("its rehearsal here failed");
    }

    @Test
    void asks_nobody_else_in_place_of_the_release() throws Exception {
        jobs.configure(elsewhere());
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            Result result = rehearse("jobs-2.0");
            assertThat(result.exit()).as(result.all()).isEqualTo(3);
            assertThat(result.err()).contains("at 127.0.0.1:" + port + " something answers already");
            assertThat(other.isClosed()).isFalse();
        }
        assertUntouched(jobs.acknowledged());
    }

    @Test
    void a_release_that_migrates_when_it_starts_is_started_to_rehearse_it() throws Exception {
        jobs.configure("[migration]\n");
        Result refused = rehearse("jobs-3.0-atstart");
        assertThat(refused.exit()).as(refused.all()).isEqualTo(3);
        assertThat(refused.err()).contains("releases migrate when they start", "say it in [rehearsal]");

        jobs.configure(elsewhere("[migration]", "rehearse-above = \"1kB\""));
        assertThat(jobs.install("jobs-3.0-atstart").err()).contains("more than rehearse-above");
        Result result = done(rehearse("jobs-3.0-atstart"));
        assertThat(result.out())
                .containsPattern("migration +[0-9.]+ m?s, from the start to the first healthy answer")
                .contains("start 0 ms, within the migration")
                .contains("schema     3 → 5");
        assertUntouched(jobs.acknowledged());
        assertNothingRuns();

        Row promised = jobs.acknowledged();
        done(jobs.install("jobs-3.0-atstart", "--max-downtime", "1h"));
        jobs.requireKept(promised);
    }

    @Test
    void a_release_that_ends_when_it_should_migrate_has_failed_its_rehearsal() throws Exception {
        jobs.configure(elsewhere("[migration]"));
        // It has a command to migrate, and does not when it starts.
        Result result = rehearse("jobs-2.0");
        assertThat(result.exit()).as(result.all()).isEqualTo(1);
        assertThat(result.err())
                .contains("cannot keep the release on the copy running", "| jobs: unsupported database version 3");
        assertThat(result.out()).contains("migration").doesNotContain("null");
        assertUntouched(jobs.acknowledged());
        assertNothingRuns();

        assertThat(jobs.install("jobs-2.0").err()).contains("its rehearsal here failed");
    }

    @Test
    void a_release_that_does_not_want_to_end_is_killed() throws Exception {
        jobs.configure(elsewhere());
        String soon = Files.readString(jobs.home.resolve("ccupgrade.toml")).replace("\"10s\"", "\"1s\"");
        Files.writeString(jobs.home.resolve("ccupgrade.toml"), soon);
        done(rehearse("jobs-2.2-stubborn"));
        assertUntouched(jobs.acknowledged());
        assertNothingRuns();
    }

    @Test
    void a_release_that_outlives_a_killed_rehearsal_is_killed_by_the_next_command() throws Exception {
        jobs.configure(elsewhere());
        Row promised = jobs.acknowledged();
        Process rehearsal =
                jobs.begin("rehearse", jobs.sample("jobs-2.2-unhealthy").toString());
        Deployed.await("the release answers", this::isAnswered);
        rehearsal.destroyForcibly().waitFor();
        assertThat(isAnswered()).isTrue();
        done(jobs.run("recover"));
        assertUntouched(promised);
        assertNothingRuns();
    }

    @Test
    void a_check_by_command_sees_the_copy_in_the_place_of_the_home() throws Exception {
        jobs.configure("""
                [rehearsal]
                environment = { JOBS_PORT = "%d" }
                command = ["sh", "-c", "test -e releases/rehearsed.jar && echo > /dev/tcp/127.0.0.1/$JOBS_PORT"]
                """.formatted(port).replace("\"sh\"", "\"bash\""));
        done(rehearse("jobs-2.0"));
        assertUntouched(jobs.acknowledged());
        assertNothingRuns();
    }

    @Test
    void without_a_mount_of_its_own_the_release_is_started_in_the_copy() throws Exception {
        jobs.configure(elsewhere());
        Path programs = Files.createDirectory(directory.resolve("bin"));
        try (Stream<Path> all = Files.list(Path.of("/usr/bin"))) {
            for (Path program : (Iterable<Path>) all::iterator) {
                if (!program.endsWith("unshare")) {
                    Files.createSymbolicLink(programs.resolve(program.getFileName()), program);
                }
            }
        }
        Result result = done(jobs.runUnder(
                List.of(),
                Map.of("PATH", programs.toString()),
                "rehearse",
                jobs.sample("jobs-2.0").toString()));
        assertThat(result.out()).contains("on the copy", "watched: nothing of the rehearsal opened it");
        assertUntouched(jobs.acknowledged());
        assertNothingRuns();
    }
}
