package ccupgrade.bench;

import ccupgrade.sample.SampleJars;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long the sample service is away for an upgrade from 1.1 to 2.0, whose migration adds a column and an index to a small table. Seen by a
 * client, and divided by what everybody can see: the old process is gone, the migration's wrapper begins and ends, the new process begins.
 */
final class Downtime {

    private static final String SETTINGS = """
            name = "jobs"
            [service]
            args = ["-server"]
            environment = { JOBS_PORT = "{port}", JOBS_WRITE_EVERY = "20" }
            [state]
            databases = ["var/jobs.db"]
            [migration]
            command = ["/bin/sh", "{migrate}", "{release}"]
            [health]
            http = "http://127.0.0.1:{port}/health"
            stable = "500ms"
            """;

    /** Its two lines of time are what the parts of the downtime are told apart by. */
    private static final String MIGRATE = """
            date +%s%N >>migrated
            "$JAVA_HOME/bin/java" -jar "$1" -migrate-db
            code=$?
            date +%s%N >>migrated
            exit $code
            """;

    private static final Pattern SINCE = Pattern.compile("\"(down|up)\\.since\":\"([^\"]+)\"");

    private final Deployment deployment;
    private final Filler filler;
    private final Machine machine;
    private final Results results;
    private final Path migrate;
    private final Proc proc;

    private Downtime(Deployment deployment, Path migrate, Machine machine, Results results) throws IOException {
        this.deployment = deployment;
        this.migrate = migrate;
        this.filler = new Filler(deployment.database());
        this.machine = machine;
        this.results = results;
        this.proc = new Proc();
    }

    static Downtime prepare(Path directory, Machine machine, Results results) throws IOException, InterruptedException {
        Path migrate = Files.writeString(directory.resolve("migrate"), MIGRATE);
        Deployment deployment = Deployment.create(
                directory.resolve("jobs"),
                SETTINGS.replace("{migrate}", migrate.toString()),
                SampleJars.jar("jobs-1.1"));
        return new Downtime(deployment, migrate, machine, results);
    }

    /** Nobody works on the database any more, and it is one file. */
    void settle() throws IOException, InterruptedException, SQLException {
        deployment.reset();
        filler.backToSchema3();
    }

    Path database() {
        return deployment.database();
    }

    /** @param whole whether a run of ccupgrade goes on to its end, the proof of the snapshot, which the service does not wait for */
    void measure(double size, Procedure procedure, boolean whole)
            throws IOException, InterruptedException, SQLException {
        settle();
        Files.deleteIfExists(deployment.home.resolve("migrated"));
        machine.settle();
        // Programs are in memory on a machine that runs them, whatever may be said of the data.
        Command.run(java(), "-jar", SampleJars.jar("jobs-2.0").toString(), "-version");
        JsonObject sample = new JsonObject();
        sample.addProperty("size", size);
        sample.addProperty("bytes", Files.size(deployment.database()));
        sample.addProperty("procedure", procedure.name());
        if (procedure == Procedure.CCUPGRADE) {
            withCcupgrade(sample, whole);
        } else {
            byHand(sample, procedure);
        }
        results.add("downtime", sample);
        Proc.endBelow(deployment.home);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private void byHand(JsonObject sample, Procedure procedure) throws IOException, InterruptedException {
        Process old = startService(deployment.release());
        try (Watch watch = watching()) {
            old.destroy();
            long gone = Proc.awaitEnd(old.pid());
            double copy = switch (procedure) {
                case COPY -> cp();
                case SYNCED_COPY -> cp() + Command.run("sync", deployment.copy().toString());
                case BACKUP ->
                    Command.run("sqlite3", deployment.database().toString(), ".backup '" + deployment.copy() + "'");
                default -> 0;
            };
            Path release = SampleJars.jar("jobs-2.0");
            ProcessBuilder migration = Tool.plain(new ProcessBuilder("/bin/sh", migrate.toString(), release.toString()))
                    .directory(deployment.home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            if (migration.start().waitFor() != 0) {
                throw new IOException("the migration failed");
            }
            Process started = startService(release);
            Watch.Gap gap = watch.awaitGap(60);
            sample.addProperty("copy", copy);
            parts(sample, gap, gone, proc.begun(started.pid()));
        }
    }

    private double cp() throws IOException, InterruptedException {
        return Command.run(
                "cp", deployment.database().toString(), deployment.copy().toString());
    }

    private Process startService(Path release) throws IOException {
        ProcessBuilder builder = Tool.plain(new ProcessBuilder(java(), "-jar", release.toString(), "-server"))
                .directory(deployment.home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        deployment.home.resolve("service.log").toFile()));
        builder.environment().put("JOBS_PORT", Integer.toString(deployment.port));
        builder.environment().put("JOBS_WRITE_EVERY", "20");
        return builder.start();
    }

    private Watch watching() throws IOException, InterruptedException {
        Watch.awaitHealthy(deployment.port);
        // Some rows are in its log by then.
        Thread.sleep(1_000);
        Watch watch = new Watch(deployment.port);
        Thread.sleep(300);
        return watch;
    }

    private void withCcupgrade(JsonObject sample, boolean whole) throws IOException, InterruptedException {
        Tool.run(deployment.home, "start");
        long old = deployment.servicePid();
        long[] gone = new long[1];
        try (Watch watch = watching()) {
            Thread end = new Thread(() -> {
                try {
                    gone[0] = awaitStop(old);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            end.start();
            Tool tool = Tool.run(
                    deployment.home,
                    (step, state) -> !whole && step.equals("prove") && state.equals("began"),
                    "install",
                    // Above 10 GB it would ask for one, which takes minutes and changes nothing of what is measured.
                    "--without-rehearsal",
                    SampleJars.jar("jobs-2.0").toString());
            if (whole && tool.exit() != 0 || !tool.steps().containsKey("keep")) {
                throw tool.failed();
            }
            Watch.Gap gap = watch.awaitGap(60);
            end.join();
            JsonObject steps = new JsonObject();
            JsonObject peaks = new JsonObject();
            tool.steps().forEach((name, step) -> {
                steps.addProperty(name, step.seconds());
                peaks.addProperty(name, step.peak());
            });
            sample.add("steps", steps);
            sample.add("peakAfter", peaks);
            sample.addProperty("whole", whole);
            sample.addProperty("peak", tool.peak());
            sample.addProperty("own", own());
            long begun = proc.begun(deployment.servicePid());
            parts(sample, gap, gone[0], begun);
            JsonObject beyond = new JsonObject();
            beyond.addProperty(
                    "after the stop", Command.seconds(tool.step("hold").to() - gone[0]));
            beyond.addProperty("snapshot", tool.step("snapshot").seconds());
            beyond.addProperty(
                    "around the migration",
                    tool.step("migrate").seconds() - sample.get("migration").getAsDouble());
            beyond.addProperty("check", tool.step("check").seconds());
            beyond.addProperty("activate", tool.step("activate").seconds());
            beyond.addProperty(
                    "before the start",
                    Command.seconds(begun - tool.step("start").from()));
            sample.add("parts", beyond);
        }
    }

    /** The pre-copy comes first, and may take minutes. */
    private static long awaitStop(long pid) throws IOException, InterruptedException {
        while (Proc.isAlive(pid)) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return System.nanoTime();
    }

    /** What ccupgrade itself takes for the downtime, in seconds. */
    private double own() throws IOException {
        Path journal = deployment.home.resolve(".ccupgrade/operations/2/journal.jsonl");
        Matcher found = SINCE.matcher(Files.readString(journal));
        Instant down = Instant.MAX;
        Instant up = Instant.MAX;
        while (found.find()) {
            if (found.group(1).equals("down")) {
                down = Instant.parse(found.group(2));
            } else {
                up = Instant.parse(found.group(2));
            }
        }
        return down.until(up, ChronoUnit.MILLIS) / 1000.0;
    }

    private void parts(JsonObject sample, Watch.Gap gap, long gone, long begun) throws IOException {
        List<String> migrated = Files.readAllLines(deployment.home.resolve("migrated"));
        if (migrated.size() != 2) {
            throw new IOException("the migration ran " + migrated.size() / 2.0 + " times");
        }
        long migration = Long.parseLong(migrated.get(1)) - Long.parseLong(migrated.get(0));
        double downtime = Command.seconds(gap.to() - gap.from());
        double stop = Command.seconds(gone - gap.from());
        double start = Command.seconds(gap.to() - begun);
        sample.addProperty("downtime", downtime);
        sample.addProperty("stop", stop);
        sample.addProperty("migration", Command.seconds(migration));
        sample.addProperty("start", start);
        sample.addProperty("beyond", downtime - stop - Command.seconds(migration) - start);
    }
}
