package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.config.Config;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Misuse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandServiceTest {

    @TempDir
    Path directory;

    private World world;

    /** A service that runs as long as a file is there. */
    @BeforeEach
    void begin() throws Exception {
        world = new World(directory);
        world.manager = Config.Manager.COMMAND;
        world.start = List.of(
                World.script(world.home.resolve("start"), "echo \"$1\" > running")
                        .toString(),
                "{release}");
        world.stop =
                List.of(World.script(world.home.resolve("stop"), "rm running").toString());
        world.status = List.of(
                World.script(world.home.resolve("status"), "test -f \"$1/running\" || exit 3")
                        .toString(),
                "{home}");
    }

    @Test
    void a_status_command_that_cannot_be_run_says_nothing_of_the_service() throws Exception {
        world.status = List.of("sh", "-c", "no-such-command status");

        assertThat(world.service().status()).isInstanceOf(Status.Unknown.class);
    }

    @Test
    void starts_with_the_release_and_stops() throws Exception {
        Path release = world.home.resolve("releases/1790000000");

        world.service().start(release);
        assertThat(world.home.resolve("running")).hasContent(release.toString());
        assertThat(world.service().status()).isEqualTo(new Status.Running(null, null, null, 0));

        world.service().stop();
        assertThat(world.service().status()).isEqualTo(new Status.Stopped(null));
    }

    @Test
    void starting_what_runs_and_stopping_what_is_stopped_run_nothing() throws Exception {
        world.start = List.of("/bin/false");
        world.stop = List.of("/bin/false");

        world.service().stop();
        Files.createFile(world.home.resolve("running"));
        world.service().start(world.home);

        assertThat(world.deployment().serviceLog()).doesNotExist();
    }

    @Test
    void a_command_that_fails_is_told_with_its_output() throws Exception {
        world.start = List.of(World.script(world.home.resolve("start"), "echo no licence; exit 6")
                .toString());

        assertThatThrownBy(() -> world.service().start(world.home))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("cannot start the service")
                .hasMessageContaining("exit 6")
                .hasMessageContaining("| no licence");
    }

    @Test
    void a_stop_that_does_not_stop_is_a_failure() throws Exception {
        world.stopTimeout = World.SHORT;
        world.stop = List.of("/bin/true");
        Files.createFile(world.home.resolve("running"));

        assertThatThrownBy(() -> world.service().stop())
                .isInstanceOf(Failed.class)
                .hasMessageContaining("status still says running");
    }

    @Test
    void a_command_that_hangs_is_a_failure_after_its_time() throws Exception {
        world.startTimeout = World.SHORT;
        world.start = List.of("sleep", "1000");

        assertThatThrownBy(() -> world.service().start(world.home))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("had not ended");
    }

    @Test
    void a_daemon_that_the_command_leaves_keeps_running_and_logging() throws Exception {
        World.script(world.home.resolve("start"), "(sleep 0.3; echo from the daemon; rm running) & touch running");

        world.service().start(world.home);

        World.until(() -> world.log().contains("from the daemon"));
        World.until(() -> !Files.exists(world.home.resolve("running")));
    }

    @Test
    void the_release_is_no_value_for_the_stop_command() throws Exception {
        world.stop = List.of("echo", "{release}");
        Files.createFile(world.home.resolve("running"));

        assertThatThrownBy(() -> world.service().stop())
                .isInstanceOf(Misuse.class)
                .hasMessageContaining("{release} in stop in [service]");
    }
}
