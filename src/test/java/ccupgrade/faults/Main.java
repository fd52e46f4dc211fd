package ccupgrade.faults;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** {@code scripts/faults}: see there for the options. */
public final class Main {

    private static final Path DIRECTORY = Path.of("target", "faults").toAbsolutePath();

    private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();
    private final Path results = DIRECTORY.resolve("results.jsonl");
    private final Set<Scenario> scenarios = new LinkedHashSet<>();
    private final Set<Mode> modes = EnumSet.noneOf(Mode.class);
    private int every = 1;
    private int from = 1;
    private int to = Integer.MAX_VALUE;
    private int jobs = Math.max(2, Runtime.getRuntime().availableProcessors());
    private boolean again;
    private boolean list;

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
                case "--list" -> list = true;
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
            case "--only" ->
                scenarios.add(Arrays.stream(Scenario.values())
                        .filter(scenario -> scenario.word().equals(value))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no scenario " + value + "; there are: "
                                + Arrays.stream(Scenario.values())
                                        .map(Scenario::word)
                                        .toList())));
            case "--mode" -> modes.add(Mode.valueOf(value.toUpperCase(Locale.ROOT)));
            case "--every" -> every = Integer.parseInt(value);
            case "--from" -> from = Integer.parseInt(value);
            case "--to" -> to = Integer.parseInt(value);
            case "--jobs" -> jobs = Integer.parseInt(value);
            default -> throw new IllegalArgumentException("unknown option " + option);
        }
    }

    private int run() throws Exception {
        Optional<Bench> opened = Bench.open();
        if (opened.isEmpty()) {
            System.err.println("faults: needs a C compiler: apt install gcc, dnf install gcc; or set CC");
            return 2;
        }
        Bench bench = opened.get();
        Thread cleaner = new Thread(() -> close(bench), "cleaner");
        Runtime.getRuntime().addShutdownHook(cleaner);
        Files.createDirectories(DIRECTORY);
        try (Sweep sweep = new Sweep(bench, jobs, DIRECTORY.resolve("kept"))) {
            Map<String, Verdict> known = known();
            for (Scenario scenario : scenarios) {
                Prepared prepared = sweep.prepare(scenario);
                List<Sweep.Task> tasks = tasks(prepared, known);
                System.out.printf(
                        Locale.ROOT,
                        "%s: %d points, %d trials%n",
                        scenario.word(),
                        prepared.points().size(),
                        tasks.size());
                sweep.run(tasks, new Progress(tasks.size(), known));
            }
            return summary(known.values());
        }
    }

    private List<Sweep.Task> tasks(Prepared prepared, Map<String, Verdict> known) {
        List<Sweep.Task> tasks = new ArrayList<>();
        for (Point point : prepared.points()) {
            if (list) {
                System.out.printf(
                        Locale.ROOT,
                        "  %4d  %-18s %-14s %s%n",
                        point.number(),
                        prepared.step(point.number()),
                        point.call(),
                        point.path());
            }
            for (Mode mode : modes) {
                String key = prepared.scenario().word() + " " + mode + " " + point.number();
                if (!list
                        && point.number() >= from
                        && point.number() <= to
                        && (point.number() - from) % every == 0
                        && (again || !known.containsKey(key))) {
                    tasks.add(new Sweep.Task(prepared, mode, point.number()));
                }
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

        Progress(int all, Map<String, Verdict> known) {
            this.all = all;
            this.known = known;
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
            if (tried % 20 == 0 || tried == all) {
                double seconds = (System.nanoTime() - began) / 1e9;
                System.out.printf(
                        Locale.ROOT,
                        "%d of %d, %.1f s each, %d min left for this scenario%n",
                        tried,
                        all,
                        seconds / tried,
                        TimeUnit.SECONDS.toMinutes((long) (seconds / tried * (all - tried))));
            }
        }
    }

    /** What an earlier run found, with the same ccupgrade; that of another one is put aside. */
    private Map<String, Verdict> known() throws Exception {
        Path of = DIRECTORY.resolve("results.of");
        String jar = State.sha256Of(Path.of("target", "ccupgrade.jar"));
        Map<String, Verdict> known = new LinkedHashMap<>();
        if (Files.exists(results)) {
            if (!Files.exists(of) || !Files.readString(of).equals(jar)) {
                Files.move(results, DIRECTORY.resolve("results-" + System.currentTimeMillis() + ".jsonl"));
            } else {
                for (String line : Files.readAllLines(results)) {
                    Verdict verdict = gson.fromJson(line, Verdict.class);
                    known.put(verdict.key(), verdict);
                }
            }
        }
        Files.writeString(of, jar);
        return known;
    }

    /** A line of the table. */
    static final class Row {
        int points;
        int old;
        int fresh;
        int otherwise;
        int notReached;
        int shifted;
    }

    private int summary(Iterable<Verdict> verdicts) throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        for (Verdict verdict : verdicts) {
            Row row = rows.computeIfAbsent(verdict.scenario() + " " + verdict.mode(), key -> new Row());
            row.points++;
            switch (verdict.outcome()) {
                case "old" -> row.old++;
                case "new" -> row.fresh++;
                default -> row.otherwise++;
            }
            row.notReached += verdict.reached() ? 0 : 1;
            row.shifted += verdict.same() ? 0 : 1;
        }
        String format = "%-17s %-7s %6s %6s %6s %6s %12s %8s%n";
        System.out.printf(
                Locale.ROOT, format, "scenario", "mode", "points", "old", "new", "else", "not reached", "shifted");
        int otherwise = 0;
        for (Map.Entry<String, Row> entry : rows.entrySet()) {
            String[] words = entry.getKey().split(" ", 2);
            Row row = entry.getValue();
            otherwise += row.otherwise;
            System.out.printf(
                    Locale.ROOT,
                    format,
                    words[0],
                    words[1],
                    row.points,
                    row.old,
                    row.fresh,
                    row.otherwise,
                    row.notReached,
                    row.shifted);
        }
        Files.writeString(
                DIRECTORY.resolve("summary.json"),
                new GsonBuilder().setPrettyPrinting().create().toJson(rows));
        return otherwise == 0 ? 0 : 1;
    }

    private static void close(Bench bench) {
        try {
            bench.close();
        } catch (IOException e) {
            System.err.println("faults: cannot remove " + bench.root + ": " + e.getMessage());
        }
    }
}
