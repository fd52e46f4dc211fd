package ccupgrade.bench;

import ccupgrade.ledger.Ledger;
import ccupgrade.ledger.OperationEntry;
import ccupgrade.sample.SampleJars;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How long the commands take that only look, beside a Java program that does nothing. */
final class Startup {

    static final int OPERATIONS = 10_000;

    private static final List<Integer> RELEASES = List.of(10, 1_000);
    private static final List<String> COMMANDS = List.of("list", "status", "history");
    private static final int RUNS = 12;

    private static final String SETTINGS = """
            name = "jobs"
            [service]
            args = ["-server"]
            environment = { JOBS_PORT = "{port}" }
            [state]
            databases = ["var/jobs.db"]
            [migration]
            args = ["-migrate-db"]
            [health]
            http = "http://127.0.0.1:{port}/health"
            stable = "100ms"
            """;

    private Startup() {}

    static void measure(Path directory, Results results) throws Exception {
        Map<String, ProcessBuilder> candidates = new LinkedHashMap<>();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = Path.of("target", "test-classes").toAbsolutePath().toString();
        String jar =
                Path.of("target", "launch", "ccupgrade.jar").toAbsolutePath().toString();
        candidates.put(
                "a Java program that does nothing", builder(directory, java, "-cp", classes, Hello.class.getName()));
        candidates.put(
                "the same, -XX:+UseSerialGC -Xshare:auto",
                builder(directory, java, "-XX:+UseSerialGC", "-Xshare:auto", "-cp", classes, Hello.class.getName()));
        Optional<String> packaged = unpacked(directory);
        for (int releases : RELEASES) {
            Path home = deployment(directory, releases);
            for (String command : COMMANDS) {
                packaged.ifPresent(launcher -> candidates.put(
                        title(command, releases, "from the package"),
                        builder(home, launcher, "-C", home.toString(), command)));
                candidates.put(title(command, releases, "scripts/ccupgrade"), Tool.builder(home, command));
                candidates.put(
                        title(command, releases, "java -jar"),
                        builder(home, java, "-jar", jar, "-C", home.toString(), command));
            }
        }
        for (int run = 0; run <= RUNS; run++) {
            for (Map.Entry<String, ProcessBuilder> candidate : candidates.entrySet()) {
                long began = System.nanoTime();
                Process process = candidate
                        .getValue()
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                int code = process.waitFor();
                double took = Command.seconds(System.nanoTime() - began);
                if (code != 0) {
                    throw new IOException(candidate.getKey() + " ended with " + code);
                }
                // The first one warms up the page cache.
                if (run > 0) {
                    JsonObject sample = new JsonObject();
                    sample.addProperty("what", candidate.getKey());
                    sample.addProperty("seconds", took);
                    results.add("startup", sample);
                }
            }
        }
        for (int releases : RELEASES) {
            Path home = directory.resolve("jobs-" + releases);
            Proc.endBelow(home);
            Deployment.delete(home);
        }
    }

    /** What {@code scripts/package} has built, as somebody has it who unpacked and prepared it; empty when it was not run. */
    private static Optional<String> unpacked(Path directory) throws Exception {
        Path packages = Path.of("target", "package");
        if (!Files.isDirectory(packages)) {
            return Optional.empty();
        }
        Path archive;
        try (Stream<Path> files = Files.list(packages)) {
            Optional<Path> found =
                    files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst();
            if (found.isEmpty()) {
                return Optional.empty();
            }
            archive = found.get().toAbsolutePath();
        }
        Path place = Files.createDirectories(directory.resolve("package"));
        Process tar = builder(place, "tar", "--strip-components=1", "-xzf", archive.toString())
                .start();
        if (tar.waitFor() != 0) {
            throw new IOException("cannot unpack " + archive);
        }
        Process prepare = builder(place, place.resolve("lib/ccupgrade/prepare").toString())
                .start();
        if (prepare.waitFor() != 0) {
            throw new IOException("cannot prepare what was in " + archive);
        }
        return Optional.of(place.resolve("bin/ccupgrade").toString());
    }

    private static String title(String command, int releases, String how) {
        return command + ", " + Samples.number(releases, 0) + " releases, " + how;
    }

    private static ProcessBuilder builder(Path directory, String... command) {
        return Tool.plain(new ProcessBuilder(command).directory(directory.toFile()));
    }

    /** Grown from one real install: its release, its journal and its entry in the ledger, many times over. The service runs. */
    private static Path deployment(Path directory, int releases) throws Exception {
        Path home = directory.resolve("jobs-" + releases);
        Deployment deployment = Deployment.create(home, SETTINGS, SampleJars.jar("jobs-1.1"));
        Path release = deployment.release();
        long epoch = Long.parseLong(release.getFileName().toString().replace(".jar", ""));
        JsonObject its =
                JsonParser.parseString(Files.readString(record(release, epoch))).getAsJsonObject();
        for (int i = 1; i < releases; i++) {
            // All names of one file, to save room: nobody reads it here.
            Files.createLink(release.resolveSibling(epoch - i + ".jar"), release);
            JsonObject older = its.deepCopy();
            older.addProperty("version", "1.0." + (releases - i));
            older.addProperty("installed", Instant.ofEpochSecond(epoch - i).toString());
            Files.writeString(record(release, epoch - i), older.toString());
        }
        multiplyOperations(home);
        Tool.run(home, "start");
        return home;
    }

    private static Path record(Path release, long epoch) {
        return release.resolveSibling(epoch + ".json");
    }

    private static void multiplyOperations(Path home) throws Exception {
        Path operations = home.resolve(".ccupgrade/operations");
        byte[] journal = Files.readAllBytes(operations.resolve("1/journal.jsonl"));
        try (Ledger ledger = Ledger.open(home.resolve(".ccupgrade/ledger.db"))) {
            OperationEntry first = ledger.find(1).orElseThrow();
            List<OperationEntry> all = new ArrayList<>();
            for (int number = 2; number <= OPERATIONS; number++) {
                Path its = Files.createDirectory(operations.resolve(Integer.toString(number)));
                Files.write(its.resolve("journal.jsonl"), journal);
                all.add(new OperationEntry(
                        number,
                        first.kind(),
                        first.started(),
                        first.ended(),
                        first.outcome(),
                        first.release(),
                        first.version(),
                        first.previous(),
                        first.downtime(),
                        first.who(),
                        first.message(),
                        first.rehearsal(),
                        first.steps(),
                        first.rows()));
            }
            ledger.recordAll(all);
        }
    }
}
