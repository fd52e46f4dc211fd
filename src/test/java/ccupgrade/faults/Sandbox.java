package ccupgrade.faults;

import ccupgrade.faults.Command.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One deployment of the sample service, with a port of its own, used for one trial after the other. Not for two threads at a time. */
final class Sandbox implements AutoCloseable {

    static final long LIMIT_SECONDS = 60;

    final Path home;
    final Path scratch;
    private final Bench bench;
    private final int port;
    private final Path orders;
    private final Path log;
    private final Command ownProcess = new OwnProcess(this);
    private final Command resident = new Resident(this);
    private Command command = ownProcess;
    private Sample sample = Sample.PROGRAM;
    /** What the service that {@link #startService} began says that it promised; whoever is started after it writes another file. */
    private final Path promises;

    private boolean serviceWasStarted;

    Sandbox(Bench bench, int number, int port) throws IOException {
        this.bench = bench;
        this.port = port;
        this.scratch = Files.createDirectories(bench.root.resolve("sandbox-" + number));
        this.home = scratch.resolve("jobs");
        this.orders = scratch.resolve("orders");
        this.log = scratch.resolve("log");
        this.promises = scratch.resolve("promises");
        Orders.NONE.writeTo(orders);
    }

    /** @param lives whether the commands from here on run in one process that lives on; each in its own otherwise, as at the beginning */
    void stay(boolean lives) {
        command = lives ? resident : ownProcess;
    }

    void empty(Scenario scenario) throws IOException {
        clear();
        Files.createDirectories(home);
        scenario.sample.prepare(home);
        configure(scenario);
    }

    void load(Path template, Scenario scenario) throws IOException, InterruptedException {
        clear();
        Bench.copy(template, home);
        configure(scenario);
    }

    private void clear() throws IOException {
        Bench.killBelow(home);
        serviceWasStarted = false;
        Bench.delete(home);
    }

    private void configure(Scenario scenario) throws IOException {
        sample = scenario.sample;
        Files.writeString(home.resolve("ccupgrade.toml"), sample.configuration(bench, port, scenario.healthTimeout()));
    }

    /** Starts what the link names, as a child of ours: so it is known to the moment when it ends, and what it had promised by then. */
    void startService() throws IOException, InterruptedException {
        Path release = home.resolve("releases/current").toRealPath();
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(sample.start(bench, release));
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().put("JOBS_PORT", Integer.toString(port));
        builder.environment().put("JOBS_WRITE_EVERY", "5");
        builder.environment().put("CCUPGRADE_SERVICE", home.toString());
        builder.environment().put("CCUPGRADE_RELEASE", release.toString());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(
                home.resolve(".ccupgrade/service.log").toFile()));
        Path place = acknowledged();
        Files.deleteIfExists(place);
        Files.deleteIfExists(promises);
        Files.createSymbolicLink(place, promises);
        serviceWasStarted = true;
        Process service = builder.start();
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!get("/health").startsWith("200 ") || promised().isEmpty()) {
            if (!service.isAlive() || System.nanoTime() > limit) {
                throw new IOException("the service does not start in " + home + ": "
                        + Files.readString(home.resolve(".ccupgrade/service.log")));
            }
            Thread.sleep(5);
        }
        // It has the file open.
        Files.delete(place);
    }

    private Path acknowledged() {
        return home.resolve("var/jobs.db.acknowledged");
    }

    /** The row that the service that {@link #startService} began has promised last; without one, whatever service. Empty without any. */
    String promised() throws IOException {
        Path file = serviceWasStarted ? promises : acknowledged();
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    /** What a trial may come to, once each, so that all classes are seen that are used in it. */
    void learn() throws IOException, InterruptedException {
        for (Scenario scenario : List.of(Scenario.FIRST, Scenario.INSTALL_JAR, Scenario.WHOLE)) {
            empty(scenario);
            for (List<String> command : List.of(
                    List.of("install", "@1.1"),
                    List.of("install", "@2.0"),
                    List.of("rollback", "--accept-data-loss"),
                    List.of("install", "@3.0-half"),
                    List.of("recover"),
                    List.of("prune", "-y", "--releases=1", "--snapshots=1"),
                    List.of("stop"),
                    List.of("start"))) {
                run(command.toArray(String[]::new));
            }
        }
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        return runWith(Orders.NONE, arguments);
    }

    /** Forgets the points of the run before. */
    Result runWith(Orders what, String... arguments) throws IOException, InterruptedException {
        Files.write(log, new byte[0]);
        List<String> words = new ArrayList<>(List.of("-C", home.toString()));
        Stream.of(arguments).map(this::named).forEach(words::add);
        what.writeTo(orders);
        try {
            return command.run(words);
        } finally {
            Orders.NONE.writeTo(orders);
        }
    }

    List<Point> points() throws IOException {
        return Point.read(log, home);
    }

    /** A Java with the shim, in which ccupgrade is to be run. */
    ProcessBuilder tool(String... more) {
        // Ctrl-C is for the sweep, not for what is being tried.
        List<String> line = new ArrayList<>(List.of("setsid"));
        line.addAll(bench.tool());
        line.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment()
                .putAll(Map.of(
                        "LD_PRELOAD", bench.shim.toString(),
                        "FAULT_ROOT", home.toString(),
                        "FAULT_ORDERS", orders.toString(),
                        "FAULT_LOG", log.toString(),
                        "JAVA_HOME", System.getProperty("java.home")));
        builder.environment().remove("CCUPGRADE_DEBUG");
        return builder;
    }

    /** What {@code @} stands for. */
    private String named(String argument) {
        if (argument.endsWith("=@config")) {
            return argument.replace(
                    "@config", bench.root.resolve("releases/config.json").toString());
        }
        return argument.startsWith("@")
                ? sample.release(bench, argument.substring(1)).toString()
                : argument;
    }

    /** What the service answers, with its status in front; empty when nobody answers. */
    String get(String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
            connection.setConnectTimeout(2000);
            connection.setReadTimeout(5000);
            int status = connection.getResponseCode();
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return status + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
        } catch (IOException e) {
            return "";
        }
    }

    /** The journal of the newest operation; empty before the first. */
    List<String> journal() throws IOException {
        Path operations = home.resolve(".ccupgrade/operations");
        if (!Files.exists(operations)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(operations)) {
            Path newest = all.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .max(java.util.Comparator.comparingInt(
                            path -> Integer.parseInt(path.getFileName().toString())))
                    .map(path -> path.resolve("journal.jsonl"))
                    .orElse(operations);
            return Files.isRegularFile(newest) ? Files.readAllLines(newest) : List.of();
        }
    }

    /** Whether the newest operation has begun and not ended. */
    boolean hasOpenOperation() throws IOException {
        List<String> lines = journal();
        return !lines.isEmpty() && !lines.get(lines.size() - 1).contains("\"event\":\"end\"");
    }

    @Override
    public void close() throws IOException {
        resident.close();
        Bench.killBelow(scratch);
    }
}
