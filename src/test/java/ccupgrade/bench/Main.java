package ccupgrade.bench;

import ccupgrade.bench.Options.Part;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code scripts/bench}: see there for the options. */
public final class Main {

    private static final Path RESULTS = Path.of("target", "bench", "results.json");
    private static final Path PLOT = Path.of("target", "bench", "downtime.svg");

    /** The database, a copy of it, and what the proof makes of the copy. */
    private static final double ROOM = 3.5;

    private final Options options;
    private final Path work;
    private final Machine machine;

    private Main(Options options) {
        this.options = options;
        this.work = options.directory().resolve("ccupgrade-bench");
        this.machine = new Machine(options.directory(), options.cold());
    }

    public static void main(String[] arguments) throws Exception {
        try {
            Options options = Options.parse(List.of(arguments));
            Files.createDirectories(options.directory());
            new Main(options).run();
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
        }
    }

    private void run() throws Exception {
        requireRoom();
        JsonObject facts = machine.facts();
        if (options.cold() && !machine.isCold()) {
            say("the page cache cannot be emptied, only root may: the copies by hand read from memory");
        }
        Results results = new Results(RESULTS, facts);
        Thread cleaner = new Thread(this::clear, "cleaner");
        Runtime.getRuntime().addShutdownHook(cleaner);
        clear();
        Files.createDirectories(work);
        try {
            measure(results);
        } finally {
            // What was measured before a failure is no worse for that.
            tell(facts, results);
        }
    }

    private void measure(Results results) throws Exception {
        if (options.wants(Part.DOWNTIME, Part.MEMORY, Part.COPY, Part.LATENCY)) {
            measureSizes(results);
        }
        if (options.wants(Part.STARTUP)) {
            say("commands that look");
            Startup.measure(work, results);
        }
    }

    private static void tell(JsonObject facts, Results results) throws IOException {
        Report report = new Report(results);
        if (results.has("downtime")) {
            Files.writeString(PLOT, report.plot());
        }
        System.out.println(Machine.describe(facts) + "\n");
        System.out.println(report.text());
        say("all samples: " + RESULTS + (results.has("downtime") ? ", plot: " + PLOT : ""));
    }

    private void requireRoom() throws IOException {
        double largest =
                options.sizes().stream().mapToDouble(size -> size).max().orElse(0);
        if (machine.freeBytes() < ROOM * largest * 1e9) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "too little room below %s: %.1f GB are needed, %.1f GB are free; smaller --sizes, or another --dir",
                    options.directory(),
                    ROOM * largest,
                    machine.freeBytes() / 1e9));
        }
    }

    /** The same database grows from size to size. */
    private void measureSizes(Results results) throws Exception {
        Downtime downtime = Downtime.prepare(work, machine, results);
        Copying copying = options.wants(Part.COPY, Part.LATENCY)
                ? Copying.prepare(work, options.synchronous(), machine, results)
                : null;
        Filler filler = new Filler(downtime.database());
        for (double size : options.sizes()) {
            say(size + " GB: filling the database");
            filler.backToSchema3();
            filler.fill((long) (size * 1e9));
            for (int run = 1; run <= options.runs(); run++) {
                for (Procedure procedure : procedures()) {
                    say(size + " GB, run " + run + ": " + procedure.title);
                    downtime.measure(size, procedure, run == 1);
                }
            }
            if (copying != null) {
                downtime.settle();
                copying.take(downtime.database());
                for (int run = 1; run <= options.runs(); run++) {
                    for (Copying.Kind kind : Copying.Kind.values()) {
                        say(size + " GB, run " + run + ": copying by " + kind.title);
                        copying.measure(size, kind, true);
                        if (options.wants(Part.COPY) && kind.isComparedIdle()) {
                            copying.measure(size, kind, false);
                        }
                    }
                }
                copying.giveBack(downtime.database());
            }
        }
    }

    private Set<Procedure> procedures() throws InterruptedException {
        Set<Procedure> wanted = EnumSet.noneOf(Procedure.class);
        if (options.wants(Part.DOWNTIME)) {
            wanted.addAll(EnumSet.allOf(Procedure.class));
            if (Command.asked("sqlite3", "--version").isEmpty()) {
                say("there is no sqlite3: " + Procedure.BACKUP.title + " is left out (apt install sqlite3)");
                wanted.remove(Procedure.BACKUP);
            }
        } else if (options.wants(Part.MEMORY)) {
            wanted.add(Procedure.CCUPGRADE);
        }
        return wanted;
    }

    private void clear() {
        try {
            Proc.endBelow(work);
            Deployment.delete(work);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(String text) {
        System.err.println("bench: " + text);
    }
}
