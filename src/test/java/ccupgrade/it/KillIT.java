package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import ccupgrade.it.Deployed.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGKILL in each step, while rows are written; then a recovery as a process of its own. It ends in old or new, and never between. */
class KillIT {

    @TempDir
    Path directory;

    private Deployed jobs;

    @BeforeEach
    void deploy() throws Exception {
        jobs = new Deployed(directory);
        done(jobs.install("jobs-1.0"));
    }

    @AfterEach
    void leave_nothing_running() throws Exception {
        jobs.close();
    }

    private static void done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stage",
                "inspect",
                "preflight",
                "hold",
                "snapshot",
                "migrate",
                "check",
                "activate",
                "start",
                "health",
                "verify",
                "keep",
                "prove"
            })
    void an_install_killed_in_any_step_ends_in_old_or_new(String step) throws Exception {
        Row promised = killDuring(step, 2, "install", jobs.sample("jobs-2.0").toString());
        done(jobs.run("recover"));
        boolean isNew = assertOldOrNew(promised);
        if (step.equals("keep") || step.equals("prove")) {
            assertThat(isNew).as("it was past the point of no return").isTrue();
        }
        // The next operation finds nothing in its way.
        done(jobs.install(isNew ? "jobs-2.1" : "jobs-2.0"));
        jobs.requireKept(promised);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hold", "keep-state", "restore", "activate", "start", "health", "keep", "tidy"})
    void a_rollback_killed_in_any_step_ends_in_old_or_new(String step) throws Exception {
        done(jobs.install("jobs-2.0"));
        Row promised = killDuring(step, 3, "rollback", "--accept-data-loss");
        done(jobs.run("recover"));
        boolean backAtOne = jobs.get("/health").equals("200 ok jobs 1.0");
        assertThat(jobs.get("/health")).isEqualTo(backAtOne ? "200 ok jobs 1.0" : "200 ok jobs 2.0");
        assertThat(jobs.schema()).isEqualTo(backAtOne ? "3" : "4");
        assertThat(jobs.current()).isEqualTo(jobs.releases().get(backAtOne ? 0 : 1));
        if (backAtOne) {
            jobs.rows();
        } else {
            jobs.requireKept(promised);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "activate", "migrate", "snapshot", "hold", "stage"})
    void a_recovery_killed_in_any_undo_is_recovered_by_the_next_command(String step) throws Exception {
        Row promised =
                killDuring("health", 2, "install", jobs.sample("jobs-2.0").toString());
        Process recovery = jobs.begin("recover");
        Deployed.await("undo of " + step, () -> has(jobs.journal(2), "undo", step) || !recovery.isAlive());
        kill(recovery);
        // No explicit recovery: whatever is asked for next ends it first.
        done(jobs.install("jobs-1.1"));
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.1");
        assertThat(jobs.schema()).isEqualTo("3");
        jobs.requireKept(promised);
    }

    /** @return the last row that the service had promised to keep when it was stopped, or else when the kill came */
    private Row killDuring(String step, int operation, String... command) throws Exception {
        Row atFirst = jobs.acknowledged();
        Row promised = null;
        Process process = jobs.begin(command);
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (process.isAlive() && !has(jobs.journal(operation), "intent", step)) {
            if (promised == null && has(jobs.journal(operation), "done", "hold")) {
                promised = jobs.acknowledged();
            }
            assertThat(System.nanoTime()).as("no " + step + " within a minute").isLessThan(limit);
        }
        kill(process);
        if (promised != null) {
            return promised;
        }
        // Between the stop and the kill nobody looked: the row from before the command has to do.
        return has(jobs.journal(operation), "done", "hold") ? atFirst : jobs.acknowledged();
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    private static boolean has(String journal, String event, String step) {
        return journal.lines()
                .anyMatch(line ->
                        line.contains("\"event\":\"" + event + "\"") && line.contains("\"step\":\"" + step + "\""));
    }

    /** @return whether it is the new one */
    private boolean assertOldOrNew(Row promised) throws Exception {
        boolean isNew = jobs.current().equals(newest());
        assertThat(jobs.get("/health")).isEqualTo(isNew ? "200 ok jobs 2.0" : "200 ok jobs 1.0");
        assertThat(jobs.schema()).isEqualTo(isNew ? "4" : "3");
        jobs.requireKept(promised);
        assertThat(jobs.releases()).hasSize(isNew ? 2 : 1);
        assertThat(Deployed.names(jobs.home.resolve("releases"), ".*ccupgrade-tmp"))
                .isEmpty();
        assertThat(Deployed.names(jobs.home.resolve(".ccupgrade/snapshots"), ".*ccupgrade-tmp"))
                .isEmpty();
        assertThat(Files.isSymbolicLink(jobs.link())).isTrue();
        return isNew;
    }

    private String newest() throws Exception {
        return jobs.releases().size() == 2 ? jobs.releases().get(1) : "none";
    }
}
