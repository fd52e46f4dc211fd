package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.config.Config;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdServiceTest {

    private static final String INACTIVE = "LoadState=loaded\nActiveState=inactive\nSubState=dead\nMainPID=0\n";
    private static final String ACTIVE =
            "LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=1\nNRestarts=2\n";

    @TempDir
    Path directory;

    private World world;

    /** A systemctl that shows {@code unit}, makes it {@code after-VERB} on a verb, and notes how it was called. */
    @BeforeEach
    void begin() throws Exception {
        world = new World(directory);
        world.manager = Config.Manager.SYSTEMD;
        Path bin = world.home.resolve("bin");
        World.script(bin.resolve("systemctl"), """
                cd %s
                verb=$3
                echo "$*" >> calls
                if [ "$verb" = show ]; then cat unit; exit; fi
                if [ -f "$verb.sh" ]; then . ./"$verb.sh"; fi
                if [ -f "after-$verb" ]; then cp "after-$verb" unit; fi
                exit 0""".formatted(world.home));
        World.script(bin.resolve("journalctl"), "echo 'journal says no'");
        world.environment.put("PATH", bin + ":/usr/bin:/bin");
    }

    private void file(String name, String content) throws Exception {
        Files.writeString(world.home.resolve(name), content);
    }

    private List<String> verbs() throws Exception {
        return Files.readAllLines(world.home.resolve("calls")).stream()
                .map(call -> call.split(" ")[2])
                .filter(verb -> !verb.equals("show"))
                .toList();
    }

    @Test
    void an_active_unit_runs() throws Exception {
        file("unit", ACTIVE);

        assertThat(world.service().status()).isInstanceOfSatisfying(Status.Running.class, running -> {
            assertThat(running.pid()).isEqualTo(1);
            assertThat(running.restarts()).isEqualTo(2);
        });
    }

    @Test
    void exit_143_is_told_as_a_clean_stop() throws Exception {
        file("unit", "LoadState=loaded\nActiveState=failed\nResult=exit-code\nExecMainCode=1\nExecMainStatus=143\n");

        assertThat(world.service().status()).isEqualTo(new Status.Stopped("exit 143, a clean stop"));
    }

    @Test
    void a_unit_between_two_starts_does_not_run_but_is_stopped_all_the_same() throws Exception {
        file(
                "unit",
                "LoadState=loaded\nActiveState=activating\nSubState=auto-restart\nResult=signal\nExecMainCode=2\nExecMainStatus=9\n");
        file("after-stop", INACTIVE);

        assertThat(world.service().status()).isEqualTo(new Status.Stopped("waiting to be started again after SIGKILL"));
        world.service().stop();

        assertThat(verbs()).containsExactly("stop");
    }

    @Test
    void a_unit_that_is_stopping_still_runs() throws Exception {
        file("unit", "LoadState=loaded\nActiveState=deactivating\nSubState=stop-sigterm\nMainPID=0\n");

        assertThat(world.service().status()).isEqualTo(new Status.Running(null, null, null, 0));
    }

    @Test
    void a_unit_that_systemd_waits_for_runs_and_is_not_ready() throws Exception {
        file("unit", "LoadState=loaded\nActiveState=activating\nSubState=start\nMainPID=0\n");

        assertThat(world.service().status()).isEqualTo(new Status.Running(null, null, null, 0, false));
    }

    @Test
    void starting_what_is_just_being_started_waits_for_that() throws Exception {
        file("unit", "LoadState=loaded\nActiveState=activating\nSubState=start\nMainPID=7\n");
        file("after-start", ACTIVE);

        world.service().start(world.home);

        assertThat(verbs()).containsExactly("reset-failed", "start");
    }

    @Test
    void a_start_has_the_time_that_the_unit_gives_it() throws Exception {
        world.startTimeout = World.SHORT;
        file("unit", INACTIVE + "TimeoutStartUSec=5s\n");
        file("start.sh", "sleep 1");
        file("after-start", ACTIVE);

        world.service().start(world.home);

        assertThat(world.service().status()).isInstanceOf(Status.Running.class);
    }

    @Test
    void only_where_systemd_waits_for_the_service_the_start_has_an_end_of_its_own() throws Exception {
        file("unit", ACTIVE + "Type=notify\nTimeoutStartUSec=1min 30s\n");
        assertThat(world.service().longestStart()).contains(Duration.ofSeconds(90));

        file("unit", ACTIVE + "Type=simple\nTimeoutStartUSec=1min 30s\n");
        assertThat(world.service().longestStart()).isEmpty();

        file("unit", ACTIVE + "Type=forking\nTimeoutStartUSec=infinity\n");
        assertThat(world.service().longestStart()).isEmpty();
    }

    @Test
    void the_output_is_that_of_the_last_start() throws Exception {
        World.script(world.home.resolve("bin/journalctl"), "echo \"$*\"");
        file("unit", ACTIVE + "InvocationID=ebcb\n");

        assertThat(world.service().recentOutput(7))
                .contains("--lines=7", "_SYSTEMD_INVOCATION_ID=ebcb + INVOCATION_ID=ebcb");
    }

    @Test
    void an_unknown_unit_is_refused() throws Exception {
        file("unit", "LoadState=not-found\nActiveState=inactive\n");

        assertThatThrownBy(() -> world.service().status())
                .isInstanceOf(Refused.class)
                .hasMessageContaining("jobs.service");
    }

    @Test
    void a_machine_without_systemd_is_refused() {
        world.environment.put("PATH", world.home.toString());

        assertThatThrownBy(() -> world.service().status())
                .isInstanceOf(Refused.class)
                .hasMessageContaining("systemctl");
    }

    @Test
    void starting_forgets_earlier_failures_first() throws Exception {
        file("unit", INACTIVE);
        file("after-start", ACTIVE);

        world.service().start(world.home);

        assertThat(verbs()).containsExactly("reset-failed", "start");
    }

    @Test
    void starting_what_runs_and_stopping_what_is_stopped_call_nothing() throws Exception {
        file("unit", ACTIVE);
        world.service().start(world.home);
        file("unit", INACTIVE);
        world.service().stop();

        assertThat(verbs()).isEmpty();
    }

    @Test
    void a_failed_start_shows_systemctls_words_and_the_journals() throws Exception {
        file("unit", INACTIVE);
        file("start.sh", "echo 'Job failed' >&2; exit 1");

        assertThatThrownBy(() -> world.service().start(world.home))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("cannot start jobs.service: Job failed")
                .hasMessageContaining("| journal says no");
    }

    @Test
    void a_start_that_hangs_is_a_failure_after_its_time() throws Exception {
        world.startTimeout = World.SHORT;
        file("unit", INACTIVE);
        file("start.sh", "sleep 1000");

        assertThatThrownBy(() -> world.service().start(world.home))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("had not ended");
    }

    @Test
    void a_stop_that_hangs_becomes_a_kill() throws Exception {
        world.stopTimeout = World.SHORT;
        file("unit", ACTIVE);
        file("stop.sh", "sleep 1000");
        file("after-kill", INACTIVE);
        world.service().stop();

        assertThat(verbs()).containsExactly("stop", "kill");
        assertThat(Files.readString(world.home.resolve("calls"))).contains("kill --signal=KILL jobs.service");
    }
}
