package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.it.Deployed.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Services, migrations, colleagues and terminals that misbehave. One deployment suffers all of it: after each case a release runs that
 * {@code current} names, on the schema of that release and with every row that was promised, and nothing else of the deployment runs. That
 * the next install works, the next case shows.
 */
@TestInstance(Lifecycle.PER_CLASS)
class HostileSurroundingsIT {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private Deployed jobs;
    private String release;
    private Deployed.Row promised;

    @BeforeAll
    void deploy_2_0(@TempDir Path directory) throws Exception {
        jobs = new Deployed(directory);
        configure("");
        done(jobs.install("jobs-2.0"));
        release = jobs.current();
        promised = jobs.acknowledged();
    }

    @AfterAll
    void leave_nothing_running() throws Exception {
        jobs.close();
    }

    @AfterEach
    void a_release_runs_on_its_own_state_and_nothing_else_does() throws Exception {
        boolean isNew = !jobs.current().equals(release);
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs " + (isNew ? "2.1" : "2.0"));
        assertThat(jobs.schema()).isEqualTo("4");
        jobs.requireKept(promised);
        assertThat(jobs.temporaries()).isEmpty();
        assertThat(processes()).containsExactly(jobs.pid());
        assertThat(jobs.run("recover").out()).contains("No operation was interrupted");
        configure("");
        if (isNew) {
            done(jobs.run("rollback", release.replace(".jar", "")));
        }
        promised = jobs.acknowledged();
        for (String name : jobs.releases()) {
            if (!name.equals(release)) {
                Files.delete(jobs.home.resolve("releases").resolve(name));
            }
        }
    }

    private static Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    private static Result takenBack(Result result, String... phrases) {
        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(result.err()).contains("everything is taken back").contains(phrases);
        return result;
    }

    /** With time limits for the impatient. */
    private void configure(String more) throws IOException {
        jobs.configure(service("", "4s") + """
                [health]
                http = "http://127.0.0.1:%d/health"
                timeout = "20s"
                stable = "200ms"
                """.formatted(jobs.port) + more);
    }

    private String service(String more, String stopTimeout) {
        return """
                [service]
                args = ["-server"]
                environment = { JOBS_PORT = "%d", JOBS_WRITE_EVERY = "5", JAVA_TOOL_OPTIONS = "-Dorg.sqlite.tmpdir=%s %s" }
                stop-timeout = "%s"
                %s
                """.formatted(jobs.port, jobs.home.resolveSibling("tmp"), Launch.OPTIONS_OF_SERVICES, stopTimeout, more);
    }

    /** The service behind a script that stands for its java. */
    private void serviceBehind(String script) throws IOException {
        Path wrapper = jobs.home.resolve("wrapper");
        Files.writeString(
                wrapper, "#!/bin/sh\ncase $3 in -server) ;; *) exec " + JAVA + " \"$@\" ;; esac\n" + script + "\n");
        Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
        jobs.configure(service("java = \"wrapper\"", "4s"));
    }

    /** 3.0 brings nothing of its own to the migration then. */
    private void migrateBy(String shell, String timeout) throws IOException {
        configure("[migration]\ncommand = [\"sh\", \"-c\", '''%s''']\ntimeout = \"%s\"\n".formatted(shell, timeout));
    }

    /** All that run in the deployment's directory. */
    private List<Long> processes() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(process -> process.getFileName().toString().matches("\\d+"))
                    .filter(process -> {
                        try {
                            return Files.readSymbolicLink(process.resolve("cwd"))
                                    .equals(jobs.home.toRealPath());
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .map(process -> Long.valueOf(process.getFileName().toString()))
                    .toList();
        }
    }

    private void kill(long pid) throws InterruptedException {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        Path process = Path.of("/proc", Long.toString(pid), "cwd");
        Deployed.await("the end of " + pid, () -> !Files.exists(process));
    }

    @Test
    void a_service_that_starts_itself_again_when_it_is_stopped_is_stopped_all_the_same() throws Exception {
        serviceBehind("trap '' TERM; while :; do " + JAVA + " \"$@\"; sleep 0.1; done");
        done(jobs.run("stop"));
        done(jobs.run("start"));
        configure("");
        done(jobs.install("jobs-2.1"));
    }

    @Test
    void a_child_of_the_service_that_hides_and_keeps_the_database_open_is_named_and_the_service_runs_on()
            throws Exception {
        serviceBehind("env -i sh -c 'exec 3<var/jobs.db; exec sleep 600' & echo $! > child; exec " + JAVA + " \"$@\"");
        done(jobs.run("stop"));
        done(jobs.run("start"));
        long child = Long.parseLong(Files.readString(jobs.home.resolve("child")).strip());
        configure("");
        takenBack(jobs.install("jobs-2.1"), "process " + child + " (sleep) has var/jobs.db open", "end it");
        kill(child);
    }

    @Test
    void a_release_that_dies_when_it_was_long_taken_for_good_is_told_and_gone_back_from() throws Exception {
        done(jobs.install("jobs-2.2-dies"));
        Deployed.await("its death", () -> jobs.get("/health").isEmpty());
        assertThat(done(jobs.run("status")).out()).contains("has ended by itself");
        done(jobs.run("rollback"));
    }

    @Test
    void a_watchdog_that_starts_the_old_release_in_the_downtime_is_for_the_operator_and_then_taken_back()
            throws Exception {
        migrateBy(
                "env -i JOBS_PORT=" + jobs.port + " setsid " + JAVA
                        + " -jar releases/current -server > watchdog.log 2>&1 &"
                        + " echo $! > watchdog; until grep -q listens watchdog.log; do sleep 0.1; done",
                "1m");
        Result result = jobs.install("jobs-3.0-loses");
        assertThat(result.exit()).as(result.all()).isEqualTo(5);
        assertThat(result.err()).contains("has var/jobs.db open", "ccupgrade recover");
        long watchdog =
                Long.parseLong(Files.readString(jobs.home.resolve("watchdog")).strip());
        kill(watchdog);
        assertThat(done(jobs.run("recover")).out()).contains("everything is taken back");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            reads its standard input  | read line && exit 0; echo no answer; exit 3 | exit code 3;no answer
            works somewhere else      | mkdir -p elsewhere && cd elsewhere && exec java -jar {release} -migrate-db | and not at 5
            stops itself              | echo pausing; kill -STOP $$; exit 0 | was killed after;pausing
            """)
    void a_migration_is_taken_back_that(String what, String shell, String said) throws Exception {
        migrateBy(shell.replace("exec java", "exec " + JAVA), what.equals("stops itself") ? "2s" : "1m");
        takenBack(jobs.install("jobs-3.0-loses"), said.split(";"));
    }

    @Test
    void of_a_migration_that_says_a_gigabyte_the_beginning_and_the_end_are_kept() throws Exception {
        int operation = jobs.operation() + 1;
        migrateBy("echo it begins; yes the same again | head -c 1000000000; echo it ends; exit 1", "1m");
        takenBack(jobs.install("jobs-3.0-loses"), "it ends");
        Path log = jobs.home.resolve(".ccupgrade/operations/" + operation + "/migration.log");
        assertThat(Files.size(log)).isLessThan(10 << 20);
        assertThat(Files.readString(log))
                .startsWith("it begins\n")
                .contains("ccupgrade left out about")
                .endsWith("it ends\n");
    }

    @Test
    void a_new_release_that_a_colleague_deletes_in_the_middle_is_taken_back() throws Exception {
        migrateBy(JAVA + " -jar {release} -migrate-db; rm -f {release}", "1m");
        takenBack(jobs.install("jobs-3.0-loses"), "cannot find release ");
    }

    @Test
    void an_old_release_that_a_colleague_deletes_in_the_middle_is_for_the_operator_and_then_taken_back()
            throws Exception {
        Path file = jobs.home.resolve("releases").resolve(release);
        Path aside = jobs.home.resolve("aside");
        migrateBy("ln " + file + " aside; rm -f " + file + "; exit 1", "1m");
        Result result = jobs.install("jobs-3.0-loses");
        assertThat(result.exit()).as(result.all()).isEqualTo(5);
        assertThat(result.err()).contains(release, "put that file back");
        Files.move(aside, file);
        done(jobs.run("recover"));
    }

    @ParameterizedTest
    @CsvSource({
        "stage, INT",
        "preflight, HUP",
        "hold, TERM",
        "hold, INT",
        "snapshot, HUP",
        "activate, TERM",
        "start, INT",
        "keep, HUP"
    })
    void a_signal_in_a_step_ends_old_or_new_and_never_in_between(String step, String signal) throws Exception {
        String line = "\"step\":\"" + step + "\"";
        int operation = jobs.operation() + 1;
        Process install = jobs.begin("install", jobs.sample("jobs-2.1").toString());
        Deployed.await(step, () -> !install.isAlive() || jobs.journal(operation).contains(line));
        new ProcessBuilder("kill", "-" + signal, Long.toString(install.pid()))
                .start()
                .waitFor();
        assertThat(install.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
        boolean isNew = !jobs.current().equals(release);
        if (isNew) {
            assertThat(install.exitValue()).isZero();
        } else {
            assertThat(install.exitValue()).isIn(1, 4);
        }
        assertThat(jobs.journal(operation)).contains(isNew ? "\"step\":\"completed\"" : "\"step\":\"taken-back\"");
        assertThat(jobs.releases()).hasSize(isNew ? 2 : 1);
    }

    @Test
    void a_linked_database_on_another_file_system_is_restored_where_it_is() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "needs /dev/shm");
        Path elsewhere = Files.createTempDirectory(memory, "ccupgrade");
        Path target = elsewhere.resolve("real.db");
        try {
            done(jobs.run("stop"));
            Files.move(jobs.database(), target);
            Files.createSymbolicLink(jobs.database(), target);
            done(jobs.run("start"));
            takenBack(jobs.install("jobs-3.0-half"), "exit code 1");
            assertThat(Files.readSymbolicLink(jobs.database())).isEqualTo(target);
            jobs.requireKept(promised);
            done(jobs.run("stop"));
            assertThat(Deployed.tree(elsewhere)).containsExactly("", "real.db");
            Files.move(target, jobs.database(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            done(jobs.run("start"));
        } finally {
            Files.deleteIfExists(target);
            Files.deleteIfExists(elsewhere.resolve("real.db-wal"));
            Files.deleteIfExists(elsewhere.resolve("real.db-shm"));
            Files.delete(elsewhere);
        }
    }

    @Test
    void the_database_of_another_user_stays_that_users_when_root_takes_an_upgrade_back() throws Exception {
        assumeTrue(BadInputIT.isRoot(), "needs root to have something belong to others");
        Path database = jobs.database();
        done(jobs.run("stop"));
        Files.setAttribute(database, "unix:uid", 65534);
        Files.setAttribute(database, "unix:gid", 65534);
        Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("rw-rw----"));
        done(jobs.run("start"));
        takenBack(jobs.install("jobs-3.0-half"), "exit code 1");
        for (String name : Deployed.names(database.getParent(), "jobs\\.db(-wal|-shm)?")) {
            assertThat(Files.readAttributes(database.resolveSibling(name), "unix:uid,gid")
                            .toString())
                    .as(name)
                    .contains("uid=65534", "gid=65534");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(database)))
                .isEqualTo("rw-rw----");
    }
}
