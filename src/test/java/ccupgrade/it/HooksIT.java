package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The administrator's own programs, at their moments. */
class HooksIT {

    @TempDir
    Path directory;

    private Deployed jobs;
    private Path said;

    @BeforeEach
    void deploy() throws Exception {
        jobs = new Deployed(directory);
        said = directory.resolve("said");
        jobs.configure("[hooks]\ntimeout = \"3s\"\n");
        assertThat(jobs.install("jobs-1.1").exit()).isZero();
    }

    @AfterEach
    void leave_nothing_running() throws Exception {
        jobs.close();
    }

    private Path hook(String name, String script) throws IOException {
        Path file = jobs.home.resolve("hooks").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    /** Says which it is, who runs, and whether the service answers. */
    private String tell(String name) {
        return "echo " + name
                + " $CCUPGRADE_HOOK $CCUPGRADE_COMMAND $CCUPGRADE_PREVIOUS_VERSION:$CCUPGRADE_RELEASE_VERSION"
                + " ${CCUPGRADE_RESULT:-none} $(curl -s http://127.0.0.1:" + jobs.port + "/health | tr ' ' -) >> "
                + said;
    }

    private String release() throws IOException {
        return jobs.current();
    }

    @Test
    void each_is_run_at_its_moment_in_the_order_of_their_names_and_knows_what_is_going_on() throws Exception {
        hook("pre-stop/20-drain", tell("second"));
        hook("pre-stop/10-announce", tell("first"));
        hook("pre-stop/10-announce~", tell("editor"));
        hook("post-start/smoke-test", tell("third"));
        hook("on-success/tell", tell("fourth"));
        hook("on-failure/tell", tell("never"));
        Path idle = hook("on-success/not-executable", tell("never"));
        Files.setPosixFilePermissions(idle, PosixFilePermissions.fromString("rw-r--r--"));

        Result preview = jobs.install("jobs-2.0", "--dry-run");
        assertThat(preview.out()).contains("run hooks/pre-stop/10-announce", "run hooks/post-start/smoke-test");
        assertThat(said).doesNotExist();

        Result installed = jobs.install("jobs-2.0");

        assertThat(installed.exit()).as(installed.all()).isZero();
        assertThat(installed.err()).contains("hooks/on-success/not-executable will not be run: it is not executable");
        assertThat(Files.readAllLines(said))
                .containsExactly(
                        "first pre-stop install 1.1:2.0 none ok-jobs-1.1",
                        "second pre-stop install 1.1:2.0 none ok-jobs-1.1",
                        "third post-start install 1.1:2.0 none ok-jobs-2.0",
                        "fourth on-success install 1.1:2.0 done ok-jobs-2.0");

        Files.delete(said);
        Result back = jobs.run("rollback", "--accept-data-loss");
        assertThat(back.exit()).as(back.all()).isZero();
        assertThat(Files.readAllLines(said))
                .hasSize(4)
                .element(2)
                .isEqualTo("third post-start rollback 2.0:1.1 none ok-jobs-1.1");
    }

    @Test
    void one_that_fails_before_the_stop_ends_the_install_while_the_service_works_on() throws Exception {
        hook("pre-stop/drain", "echo the queue is not empty; exit 3");
        hook("on-failure/tell", tell("failed"));
        String before = release();
        long service = jobs.pid();

        Result failed = jobs.install("jobs-2.0");

        assertThat(failed.exit()).as(failed.all()).isEqualTo(1);
        assertThat(failed.err())
                .contains("hook pre-stop/drain ended with exit code 3: 'the queue is not empty'", "hooks.log");
        assertThat(release()).isEqualTo(before);
        assertThat(jobs.pid()).isEqualTo(service);
        assertThat(said).hasContent("failed on-failure install 1.1:2.0 failed ok-jobs-1.1");
    }

    @Test
    void a_smoke_test_that_fails_or_hangs_has_everything_taken_back() throws Exception {
        String before = release();
        for (String smoke : new String[] {"exit 1", "sleep 100"}) {
            hook("post-start/smoke-test", smoke);
            Result failed = jobs.install("jobs-2.0");
            assertThat(failed.exit()).as(failed.all()).isEqualTo(4);
            assertThat(failed.err())
                    .contains(smoke.equals("exit 1") ? "ended with exit code 1" : "was killed after 3")
                    .contains("everything is taken back");
            assertThat(release()).isEqualTo(before);
            assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.1");
            assertThat(jobs.schema()).isEqualTo("3");
        }
    }

    @Test
    void what_those_at_the_end_come_to_changes_nothing() throws Exception {
        hook("on-success/tell", "echo no network; exit 7");
        Result installed = jobs.install("jobs-2.0");
        assertThat(installed.exit()).as(installed.all()).isZero();
        assertThat(installed.err()).contains("hook on-success/tell ended with exit code 7: 'no network'");

        hook("on-failure/tell", "exit 8");
        Result failed = jobs.install("jobs-3.0-half");
        assertThat(failed.exit()).as(failed.all()).isEqualTo(4);
        assertThat(failed.err()).contains("hook on-failure/tell ended with exit code 8: it said nothing");
    }

    @Test
    void one_that_somebody_else_could_change_is_refused_before_anything_is_touched() throws Exception {
        Path hook = hook("post-start/smoke-test", tell("never"));
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxrwxr-x"));
        Result refused = jobs.install("jobs-2.0");
        assertThat(refused.exit()).as(refused.all()).isEqualTo(3);
        assertThat(refused.err()).contains("others than its owner can write hooks/post-start/smoke-test", "chmod go-w");
        assertThat(said).doesNotExist();
    }

    @Test
    void one_that_outlives_a_killed_ccupgrade_is_ended_by_the_recovery() throws Exception {
        Path begun = directory.resolve("begun");
        jobs.configure("[hooks]\ntimeout = \"1m\"\n");
        hook("pre-stop/wait", "echo $$ > " + begun + "; exec sleep 77");
        Process install = jobs.begin("install", jobs.sample("jobs-2.0").toString());
        while (!Files.exists(begun) || Files.size(begun) == 0) {
            assertThat(install.isAlive()).isTrue();
            Thread.sleep(20);
        }
        long waiting = Long.parseLong(Files.readString(begun).strip());
        install.destroyForcibly().waitFor();
        assertThat(commandLine(waiting)).contains("sleep");

        Result recovered = jobs.run("recover");

        assertThat(recovered.exit()).as(recovered.all()).isZero();
        assertThat(commandLine(waiting)).doesNotContain("sleep");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.1");
        assertThat(jobs.releases()).hasSize(1);
    }

    /** Empty also of one that has ended and that nobody has asked for its exit code yet. */
    private static String commandLine(long pid) throws IOException {
        Path file = Path.of("/proc", Long.toString(pid), "cmdline");
        try {
            return Files.readString(file);
        } catch (java.nio.file.NoSuchFileException e) {
            return "";
        }
    }
}
