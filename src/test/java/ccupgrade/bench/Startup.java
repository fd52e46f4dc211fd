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

    /** A deployment as it becomes with the years. */
    record Size(int releases, int operations) {

        @Override
        public String toString() {
            return Samples.number(releases, 0) + " releases and " + Samples.number(operations, 0) + " operations";
        }
    }

    static final Size USUAL = new Size(10, 50);
    private static final Size MANY = new Size(1_000, 10_000);

    private static final List<List<String>> ASKED_MOST =
            List.of(List.of("list"), List.of("status"), List.of("history"));
    private static final List<List<String>> OTHERS = List.of(
            List.of("history", "1"),
            List.of("snapshot", "list"),
            List.of("metrics"),
            List.of("show", "1.1"),
            List.of("doctor"),
            List.of("verify"));
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

    private static final String FROM_PACKAGE = "from the package";
    static final String NOTHING = "a Java program that does nothing";

    /** What they may take, as a multiple of {@link #NOTHING}. {@code verify} opens no database and reads all bytes of the releases. */
    static final Map<String, Integer> MOST_TIMES = mostTimes();

    private Startup() {}

    private static Map<String, Integer> mostTimes() {
        Map<String, Integer> most = new LinkedHashMap<>();
        for (List<List<String>> commands : List.of(ASKED_MOST, OTHERS)) {
            for (List<String> command : commands) {
                if (!command.equals(List.of("verify"))) {
                    boolean three = command.equals(List.of("list")) || command.equals(List.of("status"));
                    most.put(title(command, USUAL, FROM_PACKAGE), three ? 3 : 4);
                }
            }
        }
        return most;
    }

    static void measure(Path directory, Results results) throws Exception {
        Map<String, ProcessBuilder> candidates = new LinkedHashMap<>();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = Path.of("target", "test-classes").toAbsolutePath().toString();
        String jar =
                Path.of("target", "launch", "ccupgrade.jar").toAbsolutePath().toString();
        candidates.put(NOTHING, builder(directory, java, "-cp", classes, Hello.class.getName()));
        candidates.put(
                "the same, -XX:+UseSerialGC -Xshare:auto",
                builder(directory, java, "-XX:+UseSerialGC", "-Xshare:auto", "-cp", classes, Hello.class.getName()));
        Optional<String> packaged = unpacked(directory);
        Path usual = deployment(directory, USUAL);
        Path many = deployment(directory, MANY);
        for (List<String> command : ASKED_MOST) {
            packaged.ifPresent(launcher ->
                    candidates.put(title(command, USUAL, FROM_PACKAGE), packaged(launcher, usual, command)));
            candidates.put(
                    title(command, USUAL, "scripts/ccupgrade"), Tool.builder(usual, command.toArray(String[]::new)));
            List<String> words = new ArrayList<>(List.of(java, "-jar", jar, "-C", usual.toString()));
            words.addAll(command);
            candidates.put(title(command, USUAL, "java -jar"), builder(usual, words.toArray(String[]::new)));
        }
        if (packaged.isPresent()) {
            String launcher = packaged.get();
            for (List<String> command : OTHERS) {
                candidates.put(title(command, USUAL, FROM_PACKAGE), packaged(launcher, usual, command));
            }
            for (List<String> command : ASKED_MOST) {
                candidates.put(title(command, MANY, FROM_PACKAGE), packaged(launcher, many, command));
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
        for (Path home : List.of(usual, many)) {
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

    private static ProcessBuilder packaged(String launcher, Path home, List<String> command) {
        List<String> words = new ArrayList<>(List.of(launcher, "-C", home.toString()));
        words.addAll(command);
        return builder(home, words.toArray(String[]::new));
    }

    private static String title(List<String> command, Size size, String how) {
        return String.join(" ", command) + (size == MANY ? ", " + MANY : "") + ", " + how;
    }

    private static ProcessBuilder builder(Path directory, String... command) {
        return Tool.plain(new ProcessBuilder(command).directory(directory.toFile()));
    }

    /** Grown from one real install: its release, its journal and its entry in the ledger, many times over. The service runs. */
    private static Path deployment(Path directory, Size size) throws Exception {
        Path home = directory.resolve("jobs-" + size.releases());
        Deployment deployment = Deployment.create(home, SETTINGS, SampleJars.jar("jobs-1.1"));
        Path release = deployment.release();
        long epoch = Long.parseLong(release.getFileName().toString().replace(".jar", ""));
        JsonObject its =
                JsonParser.parseString(Files.readString(record(release, epoch))).getAsJsonObject();
        for (int i = 1; i < size.releases(); i++) {
            // All names of one file, to save room: nobody reads it here.
            Files.createLink(release.resolveSibling(epoch - i + ".jar"), release);
            JsonObject older = its.deepCopy();
            older.addProperty("version", "1.0." + (size.releases() - i));
            older.addProperty("installed", Instant.ofEpochSecond(epoch - i).toString());
            Files.writeString(record(release, epoch - i), older.toString());
        }
        multiplyOperations(home, size.operations());
        Tool.run(home, "start");
        return home;
    }

    private static Path record(Path release, long epoch) {
        return release.resolveSibling(epoch + ".json");
    }

    private static void multiplyOperations(Path home, int operations) throws Exception {
        Path journals = home.resolve(".ccupgrade/operations");
        byte[] journal = Files.readAllBytes(journals.resolve("1/journal.jsonl"));
        try (Ledger ledger = Ledger.open(home.resolve(".ccupgrade/ledger.db"))) {
            OperationEntry first = ledger.find(1).orElseThrow();
            List<OperationEntry> all = new ArrayList<>();
            for (int number = 2; number <= operations; number++) {
                Path its = Files.createDirectory(journals.resolve(Integer.toString(number)));
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
