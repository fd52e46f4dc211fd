package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Disk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessSupervisorTest {

    private static final String SERVE = "echo serving; exec sleep 1000";

    @TempDir
    Path directory;

    private World world;

    @BeforeEach
    void begin() throws Exception {
        world = new World(directory);
    }

    @AfterEach
    void end() throws Exception {
        world.close();
    }

    @Test
    void starts_in_the_home_with_arguments_and_environment_and_keeps_the_output() throws Exception {
        world.args = List.of("-server", "two words");
        world.added = Map.of("KEY", "value");
        Path release = world.release("1790000000", "echo \"$PWD|$KEY|$1|$2\"; exec sleep 1000");

        world.service().start(release);

        World.until(() -> world.log().contains(world.home + "|value|-server|two words"));
        assertThat(world.service().log()).contains(world.deployment().serviceLog());
    }

    @Test
    void tells_what_runs_and_since_when() throws Exception {
        Path release = world.release("1790000000", SERVE);
        world.service().start(release);

        assertThat(world.service().status()).isInstanceOfSatisfying(Status.Running.class, running -> {
            assertThat(running.executable()).isEqualTo(release);
            assertThat(running.since()).isNotNull();
            assertThat(running.restarts()).isZero();
        });
    }

    @Test
    void a_service_leads_a_session_of_its_own() throws Exception {
        world.service().start(world.release("1790000000", SERVE));

        assertThat(world.marked())
                .singleElement()
                .satisfies(process -> assertThat(process.session())
                        .isEqualTo(process.pid())
                        .isNotEqualTo(world.processes
                                .find(world.processes.self())
                                .orElseThrow()
                                .session()));
    }

    @Test
    void outlives_the_command_that_started_it() throws Exception {
        Path release = world.release("1790000000", SERVE);
        Process starter = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starter.class.getName(),
                        world.home.toString(),
                        release.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(starter.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("started");
        starter.destroyForcibly().waitFor();

        assertThat(world.service().status()).isInstanceOf(Status.Running.class);
    }

    @Test
    void a_service_whose_record_cannot_be_kept_runs_all_the_same_and_is_found() throws Exception {
        Path release = world.release("1790000000", SERVE);
        Files.createDirectories(world.deployment().dotDirectory());
        Disk full = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("write")) {
                        throw new IOException("No space left on device");
                    }
                    return method.invoke(world.disk, arguments);
                });

        Services.of(world.deployment(), full, Clock.systemUTC(), world.processes, world.environment)
                .start(release);

        assertThat(world.deployment().supervisorRecord()).doesNotExist();
        assertThat(world.service().status())
                .isInstanceOfSatisfying(
                        Status.Running.class,
                        running -> assertThat(running.executable()).isEqualTo(release));
        world.service().stop();
        assertThat(world.marked()).isEmpty();
    }

    /** Starts a service and waits to be killed. */
    static final class Starter {
        public static void main(String[] args) throws Exception {
            new World(Path.of(args[0])).service().start(Path.of(args[1]));
            System.out.println("started");
            Thread.sleep(60_000);
        }
    }

    @Test
    void starting_what_runs_changes_nothing() throws Exception {
        Path release = world.release("1790000000", SERVE);
        world.service().start(release);
        Status first = world.service().status();

        world.service().start(release);

        assertThat(world.service().status()).isEqualTo(first);
        assertThat(world.marked()).hasSize(1);
    }

    @Test
    void stopping_leaves_nothing_and_can_be_repeated() throws Exception {
        world.service().start(world.release("1790000000", SERVE));

        world.service().stop();
        world.service().stop();

        assertThat(world.marked()).isEmpty();
        assertThat(world.service().status()).isEqualTo(new Status.Stopped(null));
        assertThat(world.deployment().supervisorRecord()).doesNotExist();
    }

    @Test
    void a_service_may_tidy_up_after_sigterm() throws Exception {
        Path release =
                world.release("1790000000", "trap 'sleep 0.2; echo tidy; exit 143' TERM\nwhile :; do sleep 0.05; done");
        world.service().start(release);

        world.service().stop();

        assertThat(world.log()).contains("tidy");
    }

    @Test
    void what_ignores_sigterm_is_killed_after_the_limit() throws Exception {
        world.stopTimeout = World.SHORT;
        world.service().start(world.release("1790000000", "trap '' TERM; while :; do sleep 0.1; done"));

        world.service().stop();

        assertThat(world.marked()).isEmpty();
    }

    @Test
    void a_child_that_survives_its_parent_is_seen_and_ended() throws Exception {
        world.service().start(world.release("1790000000", "setsid sleep 1000 & sleep 0.6"));
        World.until(() -> !(world.service().status() instanceof Status.Running));
        long child = world.marked().get(0).pid();

        assertThat(world.service().status()).isEqualTo(new Status.Leftover(List.of(child)));
        world.service().stop();

        assertThat(world.marked()).isEmpty();
        assertThat(world.service().status()).isEqualTo(new Status.Stopped(null));
    }

    @Test
    void a_reused_pid_is_not_taken_for_the_service() throws Exception {
        Process foreign = new ProcessBuilder("sleep", "1000").start();
        try {
            Processes.Seen seen = world.processes.find(foreign.pid()).orElseThrow();
            record(foreign.pid(), seen.startTicks() - 1, world.processes.bootId());
            assertThat(world.service().status()).isInstanceOf(Status.Stopped.class);
            world.service().stop();

            record(foreign.pid(), seen.startTicks(), "another boot");
            assertThat(world.service().status()).isInstanceOf(Status.Stopped.class);
            world.service().stop();

            assertThat(foreign.isAlive()).isTrue();
        } finally {
            foreign.destroyForcibly();
        }
    }

    @Test
    void a_recorded_process_without_a_marker_is_known_and_stopped() throws Exception {
        Process nameless = new ProcessBuilder("sleep", "1000").start();
        try {
            Processes.Seen seen = world.processes.find(nameless.pid()).orElseThrow();
            record(nameless.pid(), seen.startTicks(), world.processes.bootId());
            assertThat(world.service().status()).isInstanceOf(Status.Running.class);

            world.service().stop();

            assertThat(nameless.waitFor()).isEqualTo(143);
        } finally {
            nameless.destroyForcibly();
        }
    }

    private void record(long pid, long startTicks, String bootId) throws Exception {
        Files.createDirectories(world.deployment().dotDirectory());
        Files.writeString(
                world.deployment().supervisorRecord(),
                "{\"format\":1,\"pid\":" + pid + ",\"startTicks\":" + startTicks + ",\"bootId\":\"" + bootId
                        + "\",\"startedAt\":\"2026-11-01T00:00:00Z\"}");
    }

    @Test
    void a_service_is_found_when_the_crash_came_before_its_record() throws Exception {
        Path release = world.release("1790000000", SERVE);
        world.service().start(release);
        Status before = world.service().status();
        Files.delete(world.deployment().supervisorRecord());

        assertThat(world.service().status()).isEqualTo(before);
        world.service().start(release);
        assertThat(world.deployment().supervisorRecord()).exists();
        assertThat(world.service().status()).isEqualTo(before);

        Files.delete(world.deployment().supervisorRecord());
        world.service().stop();
        assertThat(world.marked()).isEmpty();
    }

    @Test
    void another_deployments_service_is_left_alone() throws Exception {
        try (World other = new World(Files.createDirectory(directory.resolve("other")))) {
            other.service().start(other.release("1790000000", SERVE));

            assertThat(world.service().status()).isEqualTo(new Status.Stopped(null));
            world.service().stop();

            assertThat(other.service().status()).isInstanceOf(Status.Running.class);
        }
    }

    @Test
    void a_copy_of_a_home_does_not_stop_the_originals_service_and_a_home_that_was_moved_does() throws Exception {
        Path original = Files.createDirectory(directory.resolve("original"));
        try (World other = new World(original)) {
            other.service().start(other.release("1790000000", SERVE));
            Files.createDirectories(world.deployment().dotDirectory());
            Files.copy(other.deployment().supervisorRecord(), world.deployment().supervisorRecord());

            assertThat(world.service().status()).isInstanceOf(Status.Stopped.class);
            world.service().stop();
            assertThat(other.service().status()).isInstanceOf(Status.Running.class);

            Files.copy(other.deployment().supervisorRecord(), world.deployment().supervisorRecord());
            Files.move(original, directory.resolve("elsewhere"));
            assertThat(world.service().status()).isInstanceOf(Status.Running.class);
            world.service().stop();
            assertThat(world.service().status()).isInstanceOf(Status.Stopped.class);
        }
    }

    @Test
    void the_service_of_a_container_with_the_same_home_is_left_alone() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: needs root");
        ProcessBuilder container = new ProcessBuilder(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs own \"$0\" && touch \"$0/up\" && exec sleep 1000",
                "" + world.home);
        container.environment().put(Marker.SERVICE, Marker.spell(world.home));
        Process service = container.start();
        try {
            Path up = Path.of("/proc/" + service.pid() + "/root" + world.home + "/up");
            while (service.isAlive() && !Files.exists(up)) {
                Thread.sleep(20);
            }
            Assumptions.assumeTrue(service.isAlive(), "skipped: mounts are not allowed here");

            assertThat(world.service().status()).isEqualTo(new Status.Stopped(null));
            world.service().stop();

            assertThat(service.isAlive()).isTrue();
        } finally {
            service.destroyForcibly();
        }
    }

    @Test
    void the_home_may_be_named_through_a_link() throws Exception {
        world.service().start(world.release("1790000000", SERVE));
        Path link = Files.createSymbolicLink(directory.resolve("link"), world.home);
        assertThat(Marker.spell(link)).isEqualTo(Marker.spell(world.home));
    }

    @Test
    void a_service_that_ends_at_once_is_a_failure_that_shows_its_last_words() throws Exception {
        Files.createDirectories(world.deployment().dotDirectory());
        Files.writeString(world.deployment().serviceLog(), "of an earlier run\n");
        Path release = world.release("1790000000", "sleep 1000 & echo 'port 8080 is taken'; exit 7");

        assertThatThrownBy(() -> world.service().start(release))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("1790000000 ended at once with exit 7")
                .hasMessageContaining("| port 8080 is taken")
                .hasMessageNotContaining("earlier");
        assertThat(world.marked()).isEmpty();
    }

    @Test
    void a_release_that_is_no_program_is_a_failure_that_names_it() throws Exception {
        Path release = Files.writeString(world.home.resolve("releases/1790000000"), "text");

        assertThatThrownBy(() -> world.service().start(release))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("cannot run " + release);
    }

    @Test
    void the_supervisor_that_started_a_service_tells_its_exit_code() throws Exception {
        Service service = world.service();
        service.start(world.release("1790000000", "sleep 0.5; exit 9"));
        World.until(() -> !(service.status() instanceof Status.Running));

        assertThat(service.status()).isEqualTo(new Status.Stopped("exit 9"));
    }

    @Test
    void a_service_cannot_stop_itself_through_us() throws Exception {
        world.environment.put(Marker.SERVICE, Marker.spell(world.home));

        assertThatThrownBy(() -> world.service().stop())
                .isInstanceOf(Refused.class)
                .hasMessageContaining("from inside");
    }

    @Test
    void a_record_that_cannot_be_read_is_not_taken_for_none() throws Exception {
        Files.createDirectories(world.deployment().dotDirectory());
        Files.writeString(world.deployment().supervisorRecord(), "nonsense");

        assertThatThrownBy(() -> world.service().status())
                .isInstanceOf(Failed.class)
                .hasMessageContaining("service.json");
    }

    @Test
    void a_jar_runs_in_a_java_and_keeps_the_file_open() throws Exception {
        Path jar = Jars.sleeping(world.home.resolve("releases/1790000000.jar"));
        Service service = world.service();

        service.start(jar);

        World.until(() -> world.log().contains("jar runs"));
        Status.Running running = (Status.Running) service.status();
        assertThat(world.processes.openFiles(running.pid())).contains(jar);
        assertThat(world.processes.commandLine(running.pid())).contains("-jar", jar.toString());
        service.stop();
        assertThat(world.marked()).isEmpty();
    }

    @Test
    void a_jar_that_is_none_ends_at_once_with_javas_words() throws Exception {
        Path jar = Files.writeString(world.home.resolve("releases/1790000000.jar"), "no zip");

        assertThatThrownBy(() -> world.service().start(jar))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("exit 1")
                .hasMessageContaining("| ");
    }
}
