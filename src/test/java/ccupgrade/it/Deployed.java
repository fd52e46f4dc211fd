package ccupgrade.it;

import ccupgrade.sample.SampleJars;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A deployment of the sample service in a directory of its own, driven by the packaged jar as an administrator would. */
final class Deployed implements AutoCloseable {

    final Path home;
    final int port;
    private final Path temporary;

    /** What a command said and ended with. */
    record Result(int exit, String out, String err) {
        String all() {
            return "exit " + exit + "\n" + out + err;
        }
    }

    Deployed(Path directory) throws IOException {
        home = Files.createDirectories(directory.resolve("jobs"));
        temporary = Files.createDirectories(directory.resolve("tmp"));
        port = freePort();
        configure("");
    }

    /** Of each name in a tree: when it was written, and what is in it. */
    static Map<String, String> contents(Path tree) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.toList()) {
                all.put(
                        tree.relativize(file).toString(),
                        Files.getLastModifiedTime(file)
                                + (Files.isRegularFile(file) ? " " + Files.readString(file) : ""));
            }
        }
        return all;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** @param more replaces the sections that it names */
    void configure(String more) throws IOException {
        StringBuilder text = new StringBuilder("name = \"jobs\"\n");
        section(text, more, "service", """
                args = ["-server"]
                environment = { JOBS_PORT = "%d", JOBS_WRITE_EVERY = "5", JAVA_TOOL_OPTIONS = "-Dorg.sqlite.tmpdir=%s %s" }
                stop-timeout = "10s"
                """.formatted(port, temporary, Launch.OPTIONS_OF_SERVICES));
        section(text, more, "state", "databases = [\"var/jobs.db\"]\n");
        section(text, more, "migration", "args = [\"-migrate-db\"]\n");
        section(text, more, "health", """
                http = "http://127.0.0.1:%d/health"
                timeout = "20s"
                stable = "500ms"
                """.formatted(port));
        Files.writeString(home.resolve("ccupgrade.toml"), text + more);
    }

    private static void section(StringBuilder text, String more, String name, String content) {
        if (!more.contains("[" + name + "]")) {
            text.append("[").append(name).append("]\n").append(content);
        }
    }

    Path sample(String name) {
        return SampleJars.jar(name);
    }

    Result install(String sample, String... options) throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of("install", sample(sample).toString()));
        arguments.addAll(Arrays.asList(options));
        return run(arguments.toArray(String[]::new));
    }

    /** Runs ccupgrade to its end. */
    Result run(String... arguments) throws IOException, InterruptedException {
        return end(builder(home, arguments));
    }

    /** The same, with the deployment called by another name. */
    Result runAt(Path otherName, String... arguments) throws IOException, InterruptedException {
        return end(builder(otherName, arguments));
    }

    /**
     * The same, elsewhere in the world.
     *
     * @param wrapper a command that runs the one that is added to it
     * @param environment an empty value removes the variable
     */
    Result runUnder(List<String> wrapper, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = builder(home, arguments);
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(builder.command());
        environment.forEach((name, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        return end(builder.command(command));
    }

    private Result end(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = Files.createTempFile(temporary, "out", ".txt");
        Path err = Files.createTempFile(temporary, "err", ".txt");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("ccupgrade hangs: " + Files.readString(out) + Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Starts ccupgrade; its output goes to a file in the directory for temporary files. */
    Process begin(String... arguments) throws IOException {
        return builder(home, arguments)
                .redirectErrorStream(true)
                .redirectOutput(Files.createTempFile(temporary, "begun", ".txt").toFile())
                .start();
    }

    private ProcessBuilder builder(Path calledHome, String... arguments) {
        // A build that is itself run in the background has signals ignored, and children inherit that.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP,INT,TERM"));
        command.addAll(Launch.of("-Dorg.sqlite.tmpdir=" + temporary));
        command.addAll(List.of("-C", calledHome.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.remove("CCUPGRADE_DEBUG");
        // The sample needs the Java that runs the tests.
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        return builder.directory(home.toFile());
    }

    /** What the service answers, with its status in front: {@code 200 ok jobs 1.0}; empty when nobody answers. */
    String get(String path) {
        return getAt(port, path);
    }

    /** The same of who listens elsewhere. */
    static String getAt(int port, String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
            connection.setConnectTimeout(5000);
            connection.setReadTimeout(5000);
            int status = connection.getResponseCode();
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return status + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
        } catch (IOException e) {
            return "";
        }
    }

    /** A row that the service has promised to keep. The hash is this row's alone: one written in its place later has another. */
    record Row(long id, String hash) {}

    /** The last row that the service has promised to keep; it has written one. */
    Row acknowledged() throws IOException {
        String[] words = Files.readString(home.resolve("var/jobs.db.acknowledged"))
                .strip()
                .split(" ");
        return new Row(Long.parseLong(words[0]), words[1]);
    }

    /** @throws AssertionError when that very row is not there, or the chain is broken */
    void requireKept(Row promised) throws SQLException {
        long rows = rows();
        String found = value("SELECT hash FROM chain WHERE id = " + promised.id());
        if (rows < promised.id() || !promised.hash().equals(found)) {
            throw new AssertionError(
                    "row " + promised + " is lost: there are " + rows + " rows, and in its place " + found);
        }
    }

    /** The rows of the chain, asked from the service that runs. @throws AssertionError when the chain is broken */
    long rows() {
        String answer = get("/chain");
        Matcher matcher = Pattern.compile("\"rows\":(\\d+).*\"unbroken\":true").matcher(answer);
        if (!matcher.find()) {
            throw new AssertionError("no unbroken chain: '" + answer + "'");
        }
        return Long.parseLong(matcher.group(1));
    }

    /** The schema version, read when nothing may be running. */
    String schema() throws SQLException {
        return value("SELECT max(CAST(version AS INTEGER)) FROM flyway_schema_history WHERE success");
    }

    String value(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getString(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    Path database() {
        return home.resolve("var/jobs.db");
    }

    Path link() {
        return home.resolve("releases/current");
    }

    /** What the link names. */
    String current() throws IOException {
        return Files.readSymbolicLink(link()).toString();
    }

    List<String> releases() throws IOException {
        return names(home.resolve("releases"), ".*\\.jar");
    }

    static List<String> names(Path directory, String pattern) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches(pattern))
                    .sorted()
                    .toList();
        }
    }

    /** Every name below a directory, hidden ones and links included. */
    static List<String> tree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            return all.map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /** What a crash or a careless failure would leave lying about. */
    List<String> temporaries() throws IOException {
        return tree(home).stream()
                .filter(name -> name.endsWith(".ccupgrade-tmp"))
                .toList();
    }

    /** The number of the newest operation. */
    int operation() throws IOException {
        Path operations = home.resolve(".ccupgrade/operations");
        return Files.exists(operations)
                ? names(operations, "\\d+").stream()
                        .mapToInt(Integer::parseInt)
                        .max()
                        .orElse(0)
                : 0;
    }

    /** The journal of an operation as far as it is written; empty before it begins. */
    String journal(int operation) {
        Path file = home.resolve(".ccupgrade/operations/" + operation + "/journal.jsonl");
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The service's process, from the built-in supervisor's record; 0 when there is none. */
    long pid() throws IOException {
        Path record = home.resolve(".ccupgrade/service.json");
        if (!Files.exists(record)) {
            return 0;
        }
        Matcher matcher = Pattern.compile("\"pid\":\\s*(\\d+)").matcher(Files.readString(record));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > limit) {
                throw new AssertionError("did not happen: " + what);
            }
            Thread.sleep(1);
        }
    }

    /** Ends whatever of this deployment is still running, found by its working directory. */
    @Override
    public void close() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            processes
                    .filter(process -> process.getFileName().toString().matches("\\d+"))
                    .filter(this::isOurs)
                    .forEach(process -> ProcessHandle.of(
                                    Long.parseLong(process.getFileName().toString()))
                            .ifPresent(ProcessHandle::destroyForcibly));
        }
    }

    private boolean isOurs(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).equals(home.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }
}
