package ccupgrade.faults;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** {@code scripts/faults}: see there for the options. */
public final class Main {

    private static final Path DIRECTORY = Path.of("target", "faults").toAbsolutePath();

    /** To be raised when something else is tried or wanted than before: results of the way before do not count any more. */
    private static final int WAY = 4;

    private static final int SECONDS_BETWEEN = 20;

    private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();
    private final Path results = DIRECTORY.resolve("results.jsonl");
    private final Set<Scenario> scenarios = new LinkedHashSet<>();
    private final Set<Mode> modes = EnumSet.noneOf(Mode.class);
    private int every = 1;
    private int from = 1;
    private int to = Integer.MAX_VALUE;
    private int jobs = Runtime.getRuntime().availableProcessors() + 1;
    private boolean again;
    private boolean alone;
    private boolean list;
    private boolean summary;

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Main main = new Main();
        try {
            main.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println("faults: " + e.getMessage());
            System.exit(2);
        }
        System.exit(main.run());
    }

    private void parse(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i);
            switch (option) {
                case "--again" -> again = true;
                case "--alone" -> alone = true;
                case "--list" -> list = true;
                case "--summary" -> summary = true;
                default -> {
                    if (i + 1 == arguments.size()) {
                        throw new IllegalArgumentException("unknown option, or one without its value: " + option);
                    }
                    take(option, arguments.get(++i));
                }
            }
        }
        if (scenarios.isEmpty()) {
            scenarios.addAll(EnumSet.allOf(Scenario.class));
        }
        if (modes.isEmpty()) {
            modes.addAll(EnumSet.allOf(Mode.class));
        }
    }

    private void take(String option, String value) {
        switch (option) {
            case "--only" -> scenarios.add(Scenario.of(value));
            case "--mode" -> modes.add(Mode.valueOf(value.toUpperCase(Locale.ROOT)));
            case "--every" -> every = Integer.parseInt(value);
            case "--from" -> from = Integer.parseInt(value);
            case "--to" -> to = Integer.parseInt(value);
            case "--jobs" -> jobs = Integer.parseInt(value);
            default -> throw new IllegalArgumentException("unknown option " + option);
        }
    }

    private int run() throws Exception {
        Files.createDirectories(DIRECTORY);
        if (summary) {
            System.out.print(Summary.of(read().values()));
            return 0;
        }
        Map<String, Verdict> known = known();
        Optional<Bench> opened = Bench.open();
        if (opened.isEmpty()) {
            System.err.println(
                    "faults: needs a C compiler and libsqlite3.so.0: apt install gcc libsqlite3-0, dnf install gcc sqlite-libs; or set CC");
            return 2;
        }
        Bench bench = opened.get();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(bench), "cleaner"));
        try (Sweep sweep = new Sweep(bench, jobs, alone, DIRECTORY.resolve("kept"))) {
            run(sweep, known);
        } catch (Exception e) {
            if (!bench.isClosed()) {
                throw e;
            }
            // Ended by hand: what was under way does not count.
            return 1;
        }
        System.out.print(Summary.of(known.values()));
        return known.values().stream().allMatch(Verdict::isWell) ? 0 : 1;
    }

    /** A fault in all scenarios, then the next one: so that a run that is ended leaves something that is complete. */
    private void run(Sweep sweep, Map<String, Verdict> known) throws Exception {
        List<List<Sweep.Task>> pairs = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            Prepared prepared = sweep.prepare(scenario);
            System.out.printf(
                    Locale.ROOT,
                    "%s: %d points, %d for a kill%n",
                    scenario.word(),
                    prepared.points().size(),
                    prepared.numbers(Mode.KILL).size());
            if (list) {
                list(prepared);
            }
        }
        for (Mode mode : list ? Set.<Mode>of() : modes) {
            for (Scenario scenario : scenarios) {
                pairs.add(tasks(sweep.prepare(scenario), mode, known));
            }
        }
        Progress progress = new Progress(pairs.stream().mapToInt(List::size).sum(), known);
        for (List<Sweep.Task> pair : pairs) {
            sweep.run(pair, progress);
        }
    }

    private static void list(Prepared prepared) {
        for (Point point : prepared.points()) {
            System.out.printf(
                    Locale.ROOT,
                    "  %4d  %-18s %-14s %s%n",
                    point.number(),
                    prepared.step(point.number()),
                    point.call(),
                    point.path());
        }
    }

    private List<Sweep.Task> tasks(Prepared prepared, Mode mode, Map<String, Verdict> known) {
        List<Sweep.Task> tasks = new ArrayList<>();
        List<Integer> numbers = prepared.numbers(mode);
        for (int i = 0; i < numbers.size(); i += every) {
            int number = numbers.get(i);
            String key = Verdict.key(prepared.scenario().word(), mode.name(), number);
            if (number < from || number > to) {
                continue;
            }
            if (again || !known.containsKey(key)) {
                tasks.add(new Sweep.Task(prepared, mode, number));
            }
        }
        return tasks;
    }

    /** Writes down what came, and says how far we are. */
    private final class Progress implements java.util.function.Consumer<Verdict> {
        private final int all;
        private final Map<String, Verdict> known;
        private final long began = System.nanoTime();
        private int tried;
        private long said = began;

        Progress(int all, Map<String, Verdict> known) {
            this.all = all;
            this.known = known;
            System.out.printf(Locale.ROOT, "%d trials, %d at a time%n", all, jobs);
        }

        @Override
        public void accept(Verdict verdict) {
            tried++;
            known.put(verdict.key(), verdict);
            try {
                Files.writeString(
                        results, gson.toJson(verdict) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            if (!verdict.isWell()) {
                System.out.println("ELSE " + verdict);
                System.out.printf(
                        Locale.ROOT,
                        "     again: scripts/faults --again --only %s --mode %s --from %d --to %d; kept in %s%n",
                        verdict.scenario(),
                        verdict.mode(),
                        verdict.point(),
                        verdict.point(),
                        DIRECTORY.resolve("kept").resolve(verdict.key().replace(' ', '-')));
            }
            long now = System.nanoTime();
            if (now - said > TimeUnit.SECONDS.toNanos(SECONDS_BETWEEN) || tried == all) {
                said = now;
                double minutes = (now - began) / 60e9;
                System.out.printf(
                        Locale.ROOT,
                        "%s %s: %d of %d, %.0f a minute, %.0f min left%n",
                        verdict.mode(),
                        verdict.scenario(),
                        tried,
                        all,
                        tried / minutes,
                        minutes / tried * (all - tried));
            }
        }
    }

    /** What an earlier run found, with the same ccupgrade tried in the same way; that of another one is put aside. */
    private Map<String, Verdict> known() throws Exception {
        Path of = DIRECTORY.resolve("results.of");
        String jar = State.sha256Of(Path.of("target", "ccupgrade.jar")) + " " + WAY + " "
                + State.sha256Of(Path.of("src", "faults", "shim.c")) + " "
                + State.sha256Of(Path.of("src", "faults", "jobs.c"));
        boolean isSame = Files.exists(of) && Files.readString(of).equals(jar);
        if (!isSame && Files.exists(results)) {
            Files.move(results, DIRECTORY.resolve("results-" + System.currentTimeMillis() + ".jsonl"));
        }
        Files.writeString(of, jar);
        return read();
    }

    private Map<String, Verdict> read() throws IOException {
        Map<String, Verdict> known = new LinkedHashMap<>();
        if (Files.exists(results)) {
            for (String line : Files.readAllLines(results)) {
                Verdict verdict = gson.fromJson(line, Verdict.class);
                known.put(verdict.key(), verdict);
            }
        }
        return known;
    }

    private static void close(Bench bench) {
        try {
            bench.close();
        } catch (IOException e) {
            System.err.println("faults: cannot remove " + bench.root + ": " + e.getMessage());
        }
    }
}
