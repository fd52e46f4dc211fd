package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import ccupgrade.it.Deployed.Row;
import ccupgrade.sample.SampleJars;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A host with a real systemd of its own, on which the sample service is deployed as {@code jobs.service}. Its power can be cut. */
final class SystemdHost implements AutoCloseable {

    private static final String SCRIPT =
            Path.of("src/test/systemd/host").toAbsolutePath().toString();
    private static final Path CHECKOUT = Path.of("").toAbsolutePath();
    private static final String JAVA_HOME = System.getProperty("java.home");

    private final Path host;
    private final Path shared;
    private final Path out;
    Path home;

    /** Boots, or has the test skipped where this machine cannot do it. */
    SystemdHost(Path directory) throws Exception {
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/lib/systemd/systemd")),
                "skipped: a systemd of the test's own needs root and systemd");
        // Another file system than the root's, or one that overlays cannot use, would not be seen inside.
        host = directory.resolve("host");
        shared = Files.createDirectories(directory.resolve("shared"));
        out = Files.createDirectories(directory.resolve("out"));
        home = shared;
        Result booted = start();
        if (booted.exit() != 0) {
            close();
            Assumptions.abort("skipped: " + booted.err());
        }
    }

    private Result start() throws Exception {
        return command("start", host.toString(), shared.toString(), CHECKOUT.toString(), JAVA_HOME);
    }

    /** The power goes, and comes back. What was under way on this side of the host is gone as well. */
    void cutPowerAndReboot() throws Exception {
        cutPower();
        Result booted = start();
        assertThat(booted.exit()).as(booted.all()).isZero();
    }

    void cutPower() throws Exception {
        command("crash", host.toString());
    }

    /** The service in a directory of its own, its unit enabled, and a configuration; not yet a release. */
    void deploy(String name) throws Exception {
        home = Files.createDirectories(shared.resolve(name));
        write("/etc/systemd/system/jobs.service", """
                [Service]
                WorkingDirectory=%s
                Environment=JOBS_PORT=8090 JOBS_WRITE_EVERY=5
                ExecStart=%s/bin/java %s -jar %s/releases/current -server
                SuccessExitStatus=143
                Restart=always
                RestartSec=100ms
                [Install]
                WantedBy=multi-user.target
                """.formatted(home, JAVA_HOME, Launch.OPTIONS_OF_SERVICES, home));
        systemctl("daemon-reload");
        systemctl("enable", "--quiet", "jobs");
        Files.writeString(home.resolve("ccupgrade.toml"), """
                name = "jobs"
                [service]
                manager = "systemd"
                unit = "jobs.service"
                java = "%s/bin/java"
                environment = { JOBS_PORT = "8090", JOBS_WRITE_EVERY = "5" }
                [state]
                databases = ["var/jobs.db"]
                [migration]
                args = ["-migrate-db"]
                [health]
                http = "http://127.0.0.1:8090/health"
                timeout = "60s"
                stable = "1s"
                """.formatted(JAVA_HOME));
    }

    /** Removes the service and all that was installed for it. */
    void remove() throws Exception {
        exec("pkill", "-KILL", "-f", Launch.TOOL.toString());
        systemctl("disable", "--now", "--quiet", "jobs");
        exec(
                "sh",
                "-c",
                "rm -rf /etc/systemd/system/*jobs.service* /run/systemd/system/jobs.service.d /run/ccupgrade; pkill -KILL -f jobs-; true");
        systemctl("daemon-reload");
    }

    void write(String file, String content) throws Exception {
        Path draft = Files.writeString(out.resolve("draft"), content);
        Process process = new ProcessBuilder(SCRIPT, "exec", host.toString(), "tee", file)
                .redirectInput(draft.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isZero();
    }

    Result exec(String... command) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("exec", host.toString()));
        arguments.addAll(Arrays.asList(command));
        return command(arguments.toArray(String[]::new));
    }

    Result systemctl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("systemctl"));
        command.addAll(Arrays.asList(arguments));
        return exec(command.toArray(String[]::new));
    }

    /** A property of the service's unit. */
    String property(String name) throws Exception {
        return systemctl("show", "--value", "--property=" + name, "jobs.service")
                .out()
                .strip();
    }

    Result run(String... arguments) throws Exception {
        return exec(tool(arguments));
    }

    /** Begins an operation and leaves it to itself. */
    void begin(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(SCRIPT, "exec", host.toString()));
        command.addAll(Arrays.asList(tool(arguments)));
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.resolve("begun").toFile())
                .start();
    }

    private String[] tool(String... arguments) {
        List<String> command = Launch.of();
        command.addAll(List.of("-C", home.toString()));
        command.addAll(Arrays.asList(arguments));
        return command.toArray(String[]::new);
    }

    static String sample(String name) {
        return SampleJars.jar(name).toString();
    }

    private Result command(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(SCRIPT));
        command.addAll(Arrays.asList(arguments));
        Path said = Files.createTempFile(out, "out", ".txt");
        Path complained = Files.createTempFile(out, "err", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(said.toFile())
                .redirectError(complained.toFile())
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("hangs: " + command);
        }
        return new Result(process.exitValue(), text(said), text(complained));
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** The journal of an operation, as far as it is written. */
    String journal(int operation) throws IOException {
        Path file = home.resolve(".ccupgrade/operations/" + operation + "/journal.jsonl");
        return Files.exists(file) ? text(file) : "";
    }

    void awaitIntent(int operation, String step) throws Exception {
        awaitJournal(operation, "\"event\":\"intent\"", "\"step\":\"" + step + "\"");
    }

    void awaitJournal(int operation, String... marks) throws Exception {
        Deployed.await("operation " + operation + " has " + List.of(marks), () -> {
            try {
                return journal(operation)
                        .lines()
                        .anyMatch(line -> Arrays.stream(marks).allMatch(line::contains));
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** The chain as the running service sees it; waits for the service to answer. */
    long rows() throws Exception {
        for (int i = 0; i < 300; i++) {
            String answer = exec("curl", "-s", "http://127.0.0.1:8090/chain").out();
            if (answer.contains("\"unbroken\":")) {
                assertThat(answer).contains("\"unbroken\":true");
                return Long.parseLong(
                        answer.replaceAll(".*\"rows\":(\\d+).*", "$1").strip());
            }
            Thread.sleep(100);
        }
        throw new AssertionError(
                "the service does not answer: " + systemctl("status", "jobs").all());
    }

    /** @throws AssertionError when that very row is not there any more */
    void requireKept(Row promised) throws Exception {
        assertThat(rows()).isGreaterThanOrEqualTo(promised.id());
        String query = "SELECT hash FROM chain WHERE id = " + promised.id();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("var/jobs.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.getString(1)).isEqualTo(promised.hash());
        }
    }

    /** The last row that the service has promised to keep. */
    Row acknowledged() throws IOException {
        String[] words = Files.readString(home.resolve("var/jobs.db.acknowledged"))
                .strip()
                .split(" ");
        return new Row(Long.parseLong(words[0]), words[1]);
    }

    /** What the link names. */
    String current() throws IOException {
        return Files.readSymbolicLink(home.resolve("releases/current")).toString();
    }

    boolean isHeld() {
        return Files.exists(home.resolve(".ccupgrade/hold"));
    }

    /** What the service of this boot runs. */
    String version() throws Exception {
        return exec("curl", "-s", "http://127.0.0.1:8090/health").out().strip();
    }

    @Override
    public void close() throws Exception {
        command("stop", host.toString());
    }
}
