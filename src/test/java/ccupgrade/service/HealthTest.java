package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.config.Config;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {

    private static final Status RUNNING = new Status.Running(999_999_999L, null, null, 0);

    @TempDir
    Path directory;

    private World world;
    private Path release;
    private HttpServer server;
    private final AtomicInteger asked = new AtomicInteger();

    @BeforeEach
    void begin() throws Exception {
        world = new World(directory);
        release = world.release("1790000000", "exec sleep 1000");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @AfterEach
    void end() throws Exception {
        server.stop(0);
        world.close();
    }

    /** A service whose status, asked for the nth time, is a function of n. */
    private record Scripted(IntFunction<Status> script, AtomicInteger calls) implements Service {

        static Scripted of(IntFunction<Status> script) {
            return new Scripted(script, new AtomicInteger());
        }

        @Override
        public Status status() {
            return script.apply(calls.getAndIncrement());
        }

        @Override
        public void start(Path release) {}

        @Override
        public void stop() {}

        @Override
        public Optional<Path> log() {
            return Optional.empty();
        }

        @Override
        public String recentOutput(int lines) {
            return "its last words";
        }
    }

    /** Answers the nth request with a status, or never when it is 0. */
    private URI answering(IntFunction<Integer> status) {
        server.createContext("/", exchange -> {
            int code = status.apply(asked.getAndIncrement());
            if (code != 0) {
                exchange.sendResponseHeaders(code, -1);
                exchange.close();
            }
        });
        server.start();
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/health");
    }

    private static Config.Health http(URI uri, Duration timeout, Duration stable) {
        return new Config.Health(uri, null, List.of(), timeout, stable);
    }

    private Health.Healthy await(Service service, Config.Health config) throws Exception {
        return world.health().await(service, release, config, Progress.NONE);
    }

    private static Service running() {
        return Scripted.of(n -> RUNNING);
    }

    @Test
    void one_that_its_manager_is_still_starting_is_not_asked() {
        Config.Health config = new Config.Health(null, null, List.of(), World.SHORT, Duration.ZERO);
        Service starting = Scripted.of(n -> new Status.Running(999_999_999L, null, null, 0, false));

        assertThatThrownBy(() -> await(starting, config))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("it has not said yet that it is ready");
    }

    @Test
    void healthy_is_the_first_good_answer_after_bad_ones() throws Exception {
        URI uri = answering(n -> n < 2 ? 503 : 200);

        Health.Healthy healthy = await(running(), http(uri, World.LONG, Duration.ZERO));

        assertThat(asked).hasValue(3);
        assertThat(healthy.confirmed()).isAfterOrEqualTo(healthy.first());
    }

    @Test
    void a_redirect_is_an_answer_and_is_not_followed() throws Exception {
        await(running(), http(answering(n -> 302), World.LONG, Duration.ZERO));

        assertThat(asked).hasValue(1);
    }

    @Test
    void a_wrong_status_until_the_end_is_told_with_the_services_last_words() {
        URI uri = answering(n -> 503);

        assertThatThrownBy(() -> await(running(), http(uri, World.SHORT, Duration.ZERO)))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("GET " + uri + ": HTTP 503")
                .hasMessageContaining("| its last words");
    }

    @Test
    void a_refused_connection_is_told() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + freePort() + "/health");

        assertThatThrownBy(() -> await(running(), http(uri, World.SHORT, Duration.ZERO)))
                .hasMessageContaining("connection refused");
    }

    @Test
    void an_answer_that_never_comes_is_told() {
        URI uri = answering(n -> 0);

        assertThatThrownBy(() -> await(running(), http(uri, World.SHORT, Duration.ZERO)))
                .hasMessageContaining("no answer within");
    }

    @Test
    void a_bad_answer_while_it_should_be_stable_starts_that_over() throws Exception {
        AtomicReference<Instant> bad = new AtomicReference<>();
        URI uri = answering(n -> {
            if (n == 1) {
                bad.set(Instant.now());
            }
            return n == 1 ? 500 : 200;
        });

        Health.Healthy healthy = await(running(), http(uri, World.LONG, Duration.ofMillis(300)));

        assertThat(healthy.first()).isAfter(bad.get());
    }

    @Test
    void one_that_never_stays_healthy_is_a_failure() {
        URI uri = answering(n -> n % 2 == 0 ? 200 : 500);

        assertThatThrownBy(() -> await(running(), http(uri, World.SHORT, World.LONG)))
                .hasMessageContaining("HTTP 500");
    }

    @Test
    void an_end_of_the_service_is_noticed_before_the_time_is_up() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + freePort() + "/health");
        Service service = Scripted.of(n -> n < 2 ? RUNNING : new Status.Stopped("exit 1"));

        assertThatThrownBy(() -> await(service, http(uri, Duration.ofHours(1), Duration.ZERO)))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("it ended within")
                .hasMessageContaining("exit 1")
                .hasMessageContaining("connection refused");
    }

    @Test
    void an_end_while_it_should_be_stable_is_a_failure() throws Exception {
        Path shortLived = world.release("1790000001", "sleep 0.8; exit 5");
        Service service = world.service();
        service.start(shortLived);

        assertThatThrownBy(() -> world.health()
                        .await(
                                service,
                                shortLived,
                                new Config.Health(null, null, List.of(), World.LONG, World.LONG),
                                Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("exit 5");
    }

    @Test
    void a_restart_by_its_manager_is_a_failure() {
        Config.Health config = new Config.Health(null, null, List.of(), World.LONG, World.LONG);

        assertThatThrownBy(() -> await(
                        Scripted.of(n -> new Status.Running(n < 2 ? 999_999_998L : 999_999_999L, null, null, 0)),
                        config))
                .hasMessageContaining("started again")
                .hasMessageContaining("process 999999998, then 999999999");
        assertThatThrownBy(() ->
                        await(Scripted.of(n -> new Status.Running(999_999_999L, null, null, n < 2 ? 4 : 5)), config))
                .hasMessageContaining("started again");
    }

    @Test
    void without_a_check_it_is_enough_to_run_and_keep_running() throws Exception {
        Service service = world.service();
        service.start(release);

        await(service, new Config.Health(null, null, List.of(), World.LONG, Duration.ofMillis(300)));
    }

    @Test
    void another_release_on_record_is_a_failure() throws Exception {
        Path other = world.release("1780000000", "exec sleep 1000");
        Service service = world.service();
        service.start(other);

        assertThatThrownBy(() -> await(service, new Config.Health(null, null, List.of(), World.LONG, Duration.ZERO)))
                .hasMessageContaining("what runs is " + other + " and not 1790000000");
    }

    @Test
    void another_release_that_the_process_has_open_is_a_failure() throws Exception {
        Path program = world.home.resolve("releases/1780000000");
        Files.copy(Path.of("/bin/sleep").toRealPath(), program);
        Process process = new ProcessBuilder(program.toString(), "1000").start();
        try {
            Service service = Scripted.of(n -> new Status.Running(process.pid(), null, null, 0));
            Config.Health config = new Config.Health(null, null, List.of(), World.LONG, Duration.ZERO);

            assertThatThrownBy(() -> await(service, config)).hasMessageContaining("what runs is " + program);
            assertThat(world.health().await(service, program, config, Progress.NONE))
                    .isNotNull();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void a_port_is_healthy_that_takes_connections() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            await(running(), tcp(socket.getLocalPort()));
        }
        assertThatThrownBy(() -> await(running(), tcp(freePort()))).hasMessageContaining("connection refused");
    }

    private static Config.Health tcp(int port) {
        return new Config.Health(null, new Config.Address("127.0.0.1", port), List.of(), World.SHORT, Duration.ZERO);
    }

    @Test
    void a_command_is_healthy_that_exits_with_0() throws Exception {
        Path check = World.script(
                world.home.resolve("check"), "test \"$1\" = '" + release + "' || { echo no such; exit 4; }");

        await(running(), command(check, "{release}"));
        assertThatThrownBy(() -> await(running(), command(check, "{name}")))
                .hasMessageContaining("exit 4, \"no such\"");
    }

    @Test
    void a_command_that_hangs_is_killed_and_unhealthy() throws Exception {
        Path check = World.script(world.home.resolve("check"), "echo $$ > " + world.home + "/pid; exec sleep 1000");

        assertThatThrownBy(() -> await(running(), command(check, "x"))).hasMessageContaining("not ended within");
        long pid = Long.parseLong(Files.readString(world.home.resolve("pid")).strip());
        World.until(() -> world.processes.find(pid).filter(p -> !p.isZombie()).isEmpty());
    }

    private static Config.Health command(Path check, String argument) {
        return new Config.Health(null, null, List.of(check.toString(), argument), World.SHORT, Duration.ZERO);
    }

    @Test
    void a_single_look_tells_a_stopped_service_from_an_ill_one() throws Exception {
        Config.Health config = http(answering(n -> 503), World.LONG, Duration.ZERO);

        assertThat(world.health().probe(Scripted.of(n -> new Status.Stopped(null)), config))
                .isEqualTo(new HealthCheck.Probe(false, "stopped"));
        assertThat(world.health().probe(running(), config).seen()).endsWith("HTTP 503");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
