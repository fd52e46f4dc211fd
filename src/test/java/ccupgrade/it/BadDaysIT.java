package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What goes wrong in the middle. One deployment suffers all of it: after each case release 2.0 runs again, on the schema that it had,
 * with every row that it had promised to keep.
 */
@TestInstance(Lifecycle.PER_CLASS)
class BadDaysIT {

    private static final String NEVER_ENDS = "sleep 600";

    private Path place;
    private Deployed jobs;
    private boolean intact;
    private String release;
    private Deployed.Row promised;

    @BeforeAll
    void choose_a_place(@TempDir Path directory) {
        place = directory;
    }

    /** Once, and anew after a case that did not leave it as it was, so that the next is not blamed for it. */
    @BeforeEach
    void deploy_2_0() throws Exception {
        if (jobs != null && intact) {
            intact = false;
            return;
        }
        leave_nothing_running();
        intact = false;
        jobs = new Deployed(Files.createTempDirectory(place, "deployment"));
        done(jobs.install("jobs-2.0"));
        release = jobs.current();
        promised = jobs.acknowledged();
    }

    @AfterAll
    void leave_nothing_running() throws Exception {
        if (jobs != null) {
            jobs.close();
        }
    }

    /** Back from a case that went well: not by default, which is another case's matter. */
    private void backTo20() throws Exception {
        done(jobs.run("rollback", release.replace(".jar", "")));
    }

    @AfterEach
    void release_2_0_runs_with_all_its_rows() throws Exception {
        jobs.configure("");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
        assertThat(jobs.current()).isEqualTo(release);
        jobs.requireKept(promised);
        assertThat(jobs.schema()).isEqualTo("4");
        assertThat(jobs.temporaries()).isEmpty();
        promised = jobs.acknowledged();
        for (String name : jobs.releases()) {
            if (!name.equals(release)) {
                Files.delete(jobs.home.resolve("releases").resolve(name));
            }
        }
        intact = true;
    }

    private static Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    /** That it was taken back, and says so; and that it says this. */
    private static Result takenBack(Result result, String... phrases) {
        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(result.err()).contains("everything is taken back").contains("current release: ", "service: running");
        for (String phrase : phrases) {
            assertThat(result.err()).contains(phrase);
        }
        return result;
    }

    /** To take back is what a recovery is for: having done it is no failure of its own. */
    private static void recovered(Result result) {
        assertThat(done(result).out()).contains("everything is taken back");
    }

    /** The release of schema 5 then brings nothing of its own to the migration. */
    private void migrateBy(String shell, String timeout) throws IOException {
        jobs.configure(
                "[migration]\ncommand = [\"sh\", \"-c\", '''%s''']\ntimeout = \"%s\"\n".formatted(shell, timeout));
    }

    private void awaitInJournal(int operation, String step) throws InterruptedException {
        String line = "\"step\":\"" + step + "\"";
        Deployed.await(
                step + " of operation " + operation,
                () -> jobs.journal(operation)
                        .lines()
                        .anyMatch(entry -> entry.contains("\"event\":\"intent\"") && entry.contains(line)));
    }

    private static int exitOf(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
        return process.exitValue();
    }

    @Test
    void a_migration_that_hides_its_failure_is_found_out_by_the_dirty_database() throws Exception {
        takenBack(jobs.install("jobs-2.2-dirty"), "it left var/jobs.db dirty");
    }

    @Test
    void a_migration_that_did_nothing_is_found_out_by_the_schema_version() throws Exception {
        takenBack(jobs.install("jobs-2.2-lies"), "the schema is at 4 and not at 5");
    }

    @Test
    void a_migration_that_hangs_is_killed_at_its_limit_and_taken_back() throws Exception {
        jobs.configure("[migration]\nargs = [\"-migrate-db\"]\ntimeout = \"3s\"\n");
        takenBack(jobs.install("jobs-2.2-hangs"), "was killed after 3", "timeout in [migration]", "kept in ");
    }

    @Test
    void a_migration_that_somebody_kills_is_taken_back_and_the_signal_named() throws Exception {
        migrateBy("echo gone halfway; kill -9 $$", "1m");
        takenBack(jobs.install("jobs-3.0-loses"), "exit code 137, SIGKILL", "gone halfway");
    }

    @Test
    void a_migration_that_goes_on_in_the_background_is_not_taken_for_finished() throws Exception {
        migrateBy(NEVER_ENDS + " & echo $! > background", "1m");
        takenBack(jobs.install("jobs-3.0-loses"), "left process ", "running, now killed");
        // Killed, it is still to be seen until the machine's first process has taken notice.
        long background = background();
        Deployed.await(
                "the end of process " + background,
                () -> ProcessHandle.of(background)
                        .filter(ProcessHandle::isAlive)
                        .isEmpty());
    }

    private long background() throws IOException {
        return Long.parseLong(Files.readString(jobs.home.resolve("background")).strip());
    }

    @Test
    void a_process_that_hides_and_keeps_the_database_open_is_for_the_operator_and_then_taken_back() throws Exception {
        migrateBy("env -i setsid sh -c \"exec 3<var/jobs.db; exec " + NEVER_ENDS + "\" & echo $! > background", "1m");
        Result result = jobs.install("jobs-3.0-loses");
        assertThat(result.exit()).as(result.all()).isEqualTo(5);
        assertThat(result.err()).contains("has var/jobs.db open", "end that process", "ccupgrade recover");
        assertThat(jobs.get("/health")).isEmpty();
        for (ProcessHandle process : ProcessHandle.allProcesses()
                .filter(process -> result.err().contains("process " + process.pid() + " ("))
                .toList()) {
            process.destroyForcibly();
        }
        recovered(jobs.run("recover"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void a_request_to_stop_in_the_migration_takes_everything_back(String signal) throws Exception {
        int operation = jobs.operation() + 1;
        Process install = jobs.begin("install", jobs.sample("jobs-2.2-hangs").toString());
        Path log = jobs.home.resolve(".ccupgrade/operations/" + operation + "/migration.log");
        Deployed.await("the half of the migration", () -> contains(log, "rebuilding jobs"));
        signal(install, signal);
        assertThat(exitOf(install)).isEqualTo(4);
    }

    @Test
    void a_request_to_stop_while_waiting_for_health_takes_everything_back() throws Exception {
        int operation = jobs.operation() + 1;
        Process install =
                jobs.begin("install", jobs.sample("jobs-2.2-unhealthy").toString());
        awaitInJournal(operation, "health");
        signal(install, "TERM");
        assertThat(exitOf(install)).isEqualTo(4);
        assertThat(jobs.releases()).as("it was not the release's fault").doesNotContain("2.2");
    }

    private static void signal(Process process, String signal) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.exists(file) && Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_second_install_is_told_who_holds_the_lock_or_waits_for_it() throws Exception {
        int operation = jobs.operation() + 1;
        Process first = jobs.begin("install", jobs.sample("jobs-2.2-hangs").toString());
        awaitInJournal(operation, "migrate");
        Result busy = jobs.install("jobs-2.1");
        assertThat(busy.exit()).as(busy.all()).isEqualTo(6);
        assertThat(busy.err()).contains("install jobs-2.2-hangs.jar since", "process " + first.pid(), "--lock-wait");
        assertThat(jobs.install("jobs-2.1", "--dry-run").exit()).isEqualTo(6);
        assertThat(jobs.run("rollback").exit()).isEqualTo(6);
        assertThat(jobs.install("jobs-2.1", "--lock-wait", "1s").exit()).isEqualTo(6);

        Process waiting = jobs.begin(
                "install", "--lock-wait", "60s", jobs.sample("jobs-2.1").toString());
        assertThat(waiting.waitFor(1, TimeUnit.SECONDS)).as("it waits").isFalse();
        signal(first, "INT");
        assertThat(exitOf(first)).isEqualTo(4);
        assertThat(exitOf(waiting)).isZero();
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.1");
        backTo20();
    }

    @Test
    void a_link_that_a_colleague_changes_meanwhile_is_left_to_them_and_the_old_release_runs_on_its_state()
            throws Exception {
        Path byHand = jobs.home.resolve("releases/1000.jar");
        Files.copy(jobs.sample("jobs-1.0"), byHand);
        migrateBy("ln -sfn 1000.jar releases/current; exec java -jar {release} -migrate-db", "1m");
        Result result = jobs.runUnder(
                List.of(),
                Map.of("PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH")),
                "install",
                jobs.sample("jobs-3.0-loses").toString());
        takenBack(result, "it named " + release.replace(".jar", "") + " when the operation began and names 1000 now");
        assertThat(result.err()).contains("warning: somebody else changed releases/current", "it names 1000");
        assertThat(jobs.current()).isEqualTo("1000.jar");
        Files.delete(jobs.link());
        Files.createSymbolicLink(jobs.link(), Path.of(release));
        Files.delete(byHand);
    }

    @Test
    void a_port_that_somebody_takes_in_the_downtime_is_for_the_operator_and_then_taken_back() throws Exception {
        migrateBy(": > migrating; until test -e go; do sleep 0.1; done; exit 1", "1m");
        Process install = jobs.begin("install", jobs.sample("jobs-3.0-loses").toString());
        Deployed.await("the migration", () -> Files.exists(jobs.home.resolve("migrating")));
        HttpServer other = taken(jobs.port);
        try {
            Files.createFile(jobs.home.resolve("go"));
            assertThat(exitOf(install)).isEqualTo(5);
        } finally {
            other.stop(0);
        }
        recovered(jobs.run("recover"));
    }

    @Test
    void a_health_check_that_another_program_answers_is_told_and_the_old_release_runs_on() throws Exception {
        HttpServer proxy = taken(0);
        try {
            jobs.configure("[health]\nhttp = \"http://127.0.0.1:%d/\"\nstable = \"0s\"\n"
                    .formatted(proxy.getAddress().getPort()));
            takenBack(jobs.install("jobs-2.1"), "it is stopped, and yet there is an answer", "correct [health]");
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void a_port_that_was_taken_before_is_refused_at_once(@TempDir Path directory) throws Exception {
        try (Deployed fresh = new Deployed(directory)) {
            HttpServer other = taken(fresh.port);
            try {
                Result result = fresh.install("jobs-1.0");
                assertThat(result.exit()).as(result.all()).isEqualTo(3);
                assertThat(result.err()).contains("it is stopped, and yet there is an answer", "HTTP 200", "[health]");
            } finally {
                other.stop(0);
            }
            assertThat(fresh.releases()).isEmpty();
            assertThat(fresh.database()).doesNotExist();
        }
    }

    private static HttpServer taken(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void a_clock_that_was_set_back_collides_with_no_release() throws Exception {
        long future = Instant.now().getEpochSecond() + 86_400;
        Path fromTheFuture = jobs.home.resolve("releases/" + future + ".jar");
        Files.copy(jobs.sample("jobs-1.0"), fromTheFuture);
        done(jobs.install("jobs-2.1"));
        assertThat(jobs.current()).isEqualTo((future + 1) + ".jar");
        backTo20();
        Files.delete(fromTheFuture);
    }

    @Test
    void a_bad_release_is_gone_back_to_only_by_name() throws Exception {
        jobs.configure("[health]\nhttp = \"http://127.0.0.1:%d/health\"\ntimeout = \"2s\"\nstable = \"0s\"\n"
                .formatted(jobs.port));
        Result failed = takenBack(jobs.install("jobs-2.2-unhealthy"), "HTTP 503");
        assertThat(failed.err()).contains("2.2 (");
        String bad = jobs.releases().get(jobs.releases().size() - 1).replace(".jar", "");
        // Somebody has found out that it was the check that was wrong.
        jobs.configure(
                "[health]\ntcp = \"127.0.0.1:%d\"\ntimeout = \"20s\"\nstable = \"200ms\"\n".formatted(jobs.port));
        done(jobs.run("rollback", bad));
        assertThat(jobs.get("/health")).isEqualTo("503 not healthy jobs 2.2");
        backTo20();
    }

    @Test
    void a_command_as_health_check_and_a_linked_home_do_as_well(@TempDir Path elsewhere) throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("jobs"), jobs.home);
        jobs.configure("[health]\ncommand = [\"sh\", \"-c\", \"test -e var/jobs.db-wal\"]\ntimeout = \"20s\"\n"
                + "stable = \"200ms\"\n");
        done(jobs.runAt(link, "install", jobs.sample("jobs-2.1").toString()));
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.1");
        backTo20();
        Files.delete(link);
    }

    @Test
    void a_corrupt_database_is_refused_and_a_stopped_service_stays_stopped() throws Exception {
        done(jobs.run("stop"));
        Path sound = jobs.database().resolveSibling("sound");
        Files.copy(jobs.database(), sound);
        try (RandomAccessFile file = new RandomAccessFile(jobs.database().toFile(), "rw")) {
            file.seek(2 * 4096L);
            file.write(new byte[3 * 4096]);
        }
        Result result = jobs.install("jobs-2.1");
        assertThat(result.exit()).as(result.all()).isEqualTo(3);
        assertThat(result.err()).contains("var/jobs.db", "corrupt", "restore it from a snapshot or a backup");
        assertThat(jobs.get("/health")).isEmpty();
        Files.move(sound, jobs.database(), StandardCopyOption.REPLACE_EXISTING);
        done(jobs.run("start"));
    }
}
