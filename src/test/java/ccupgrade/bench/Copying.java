package ccupgrade.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** How fast the database is copied while its service works, and what the service notices of it: how long its commits take. */
final class Copying {

    private static final String SETTINGS = """
            name = "commits"
            [service]
            args = ["-server"]
            environment = { COMMIT_EVERY = "{every}", COMMIT_SYNCHRONOUS = "{synchronous}" }
            [state]
            databases = ["var/jobs.db"]
            [health]
            stable = "100ms"
            """;

    private static final int LOADED_MILLIS = 20;
    private static final long ALONE_MILLIS = 4_000;
    private static final String BLOCK = "bs=4M";

    private final Deployment deployment;
    private final Path next;
    private final String settings;
    private final Machine machine;
    private final Results results;

    /** How it is copied. */
    enum Kind {
        READ("dd, direct, only read"),
        DIRECT("dd, direct, synced"),
        COPY("cp"),
        SYNCED_COPY("cp, synced"),
        CCUPGRADE("ccupgrade's pre-copy");

        final String title;

        Kind(String title) {
            this.title = title;
        }

        /** The disk's own limit is looked for once, under load. */
        boolean isComparedIdle() {
            return this == COPY || this == SYNCED_COPY || this == CCUPGRADE;
        }
    }

    /** By {@link System#nanoTime}. */
    private record Span(long from, long to) {}

    private Copying(Deployment deployment, Path next, String settings, Machine machine, Results results) {
        this.deployment = deployment;
        this.next = next;
        this.settings = settings;
        this.machine = machine;
        this.results = results;
    }

    /** @param synchronous SQLite's pragma, as the service sets it */
    static Copying prepare(Path directory, String synchronous, Machine machine, Results results)
            throws IOException, InterruptedException {
        String settings = SETTINGS.replace("{synchronous}", synchronous);
        Deployment deployment = Deployment.create(
                directory.resolve("commits"), settings.replace("{every}", "0"), jar(directory, "1.0"));
        return new Copying(deployment, jar(directory, "1.1"), settings, machine, results);
    }

    /** {@link CommitService} as a release. */
    private static Path jar(Path directory, String version) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, CommitService.class.getName());
        main.put(Attributes.Name.IMPLEMENTATION_TITLE, "commits");
        main.put(Attributes.Name.IMPLEMENTATION_VERSION, version);
        main.put(
                Attributes.Name.CLASS_PATH,
                Path.of("target", "ccupgrade.jar").toUri().toString());
        String name = CommitService.class.getName().replace('.', '/') + ".class";
        Path jar = directory.resolve("commits-" + version + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                InputStream its = CommitService.class.getResourceAsStream("/" + name)) {
            out.putNextEntry(new JarEntry(name));
            its.transferTo(out);
        }
        return jar;
    }

    /** Takes the database for the time of these measurements. */
    void take(Path database) throws IOException, InterruptedException {
        deployment.reset();
        Files.move(database, deployment.database(), StandardCopyOption.REPLACE_EXISTING);
    }

    void giveBack(Path database) throws IOException, SQLException, InterruptedException {
        deployment.reset();
        // Its log is folded in by this, whatever the service has left.
        new Filler(deployment.database()).backToSchema3();
        Files.move(deployment.database(), database);
    }

    void measure(double size, Kind kind, boolean loaded) throws IOException, InterruptedException {
        deployment.reset();
        Path commits = deployment.home.resolve("commits.log");
        Files.deleteIfExists(commits);
        Files.writeString(
                deployment.home.resolve("ccupgrade.toml"),
                settings.replace("{every}", Integer.toString(loaded ? LOADED_MILLIS : 0)));
        machine.settle();
        Tool.run(deployment.home, "start");
        long service = deployment.servicePid();
        JsonObject sample = new JsonObject();
        sample.addProperty("size", size);
        sample.addProperty("bytes", Files.size(deployment.database()));
        sample.addProperty("kind", kind.name());
        sample.addProperty("loaded", loaded);
        Thread.sleep(500);
        long alone = micros();
        if (loaded) {
            Thread.sleep(ALONE_MILLIS);
        }
        long before = micros();
        machine.settle();
        Thread.sleep(300);
        Span copied = copy(kind);
        sample.addProperty("seconds", Command.seconds(copied.to() - copied.from()));
        ProcessHandle.of(service).ifPresent(ProcessHandle::destroy);
        Proc.awaitEnd(service);
        if (loaded) {
            sample.add("alone", latencies(commits, alone, before));
            long offset = micros() - System.nanoTime() / 1_000;
            sample.add("during", latencies(commits, copied.from() / 1_000 + offset, copied.to() / 1_000 + offset));
        }
        results.add("copying", sample);
    }

    private Span copy(Kind kind) throws IOException, InterruptedException {
        if (kind == Kind.CCUPGRADE) {
            return precopy();
        }
        String database = deployment.database().toString();
        String copy = deployment.copy().toString();
        long from = System.nanoTime();
        switch (kind) {
            case READ -> Command.run("dd", "if=" + database, "of=/dev/null", BLOCK, "iflag=direct", "status=none");
            case DIRECT ->
                Command.run(
                        "dd",
                        "if=" + database,
                        "of=" + copy,
                        BLOCK,
                        "iflag=direct",
                        "oflag=direct",
                        "conv=fsync",
                        "status=none");
            default -> Command.run("cp", database, copy);
        }
        if (kind == Kind.SYNCED_COPY) {
            Command.run("sync", copy);
        }
        return new Span(from, System.nanoTime());
    }

    /** An install that goes no further than that. */
    private Span precopy() throws IOException, InterruptedException {
        Tool tool = Tool.run(
                deployment.home,
                (step, state) -> step.equals("precopy") && state.equals("ended"),
                "install",
                next.toString());
        Tool.Step step = tool.step("precopy");
        return new Span(step.from(), step.to());
    }

    private static long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** In milliseconds. */
    private static JsonArray latencies(Path commits, long from, long to) throws IOException {
        JsonArray latencies = new JsonArray();
        for (String line : Files.readAllLines(commits)) {
            String[] words = line.split(" ");
            long at = Long.parseLong(words[0]);
            if (at >= from && at < to) {
                latencies.add(Long.parseLong(words[1]) / 1000.0);
            }
        }
        return latencies;
    }
}
