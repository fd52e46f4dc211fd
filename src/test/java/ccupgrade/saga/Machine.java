package ccupgrade.saga;

import ccupgrade.disk.Disk;
import ccupgrade.disk.DurableDisk;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A machine with a disk for journals and a world of named values, which steps turn from old to new. It can lose its power at any point:
 * from then on nothing happens any more, until it is started again. Its disk can fail at any call, and may have done none, half or all of
 * what it was asked to.
 */
final class Machine {

    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-01T02:03:04Z"), ZoneOffset.UTC);

    static final String OLD = "old";
    static final String NEW = "new";
    private static final String HALF = "half";

    /** The power is off. Not an exception that anybody catches. */
    static final class PowerOff extends Error {}

    /** How much of a verb a failing disk has done. */
    enum Effect {
        NONE,
        HALF,
        ALL
    }

    /** Which calls of the disk fail; null for one that works. */
    @FunctionalInterface
    interface Trouble {
        Effect of(int call, String verb);
    }

    final Path operations = Jimfs.newFileSystem(Configuration.unix()).getPath("/operations");
    final Disk disk;
    final Journals journals;

    /** What a correct engine never lets happen. */
    final List<String> violations = new ArrayList<>();

    /** Undos of steps that had been undone already, with steps before them. Happens only where no record could be made of it. */
    final List<String> repeated = new ArrayList<>();

    private final Map<String, String> values = new TreeMap<>();
    private final Set<String> finished = new HashSet<>();
    private final Disk real = new DurableDisk(new Random(7));
    private List<String> order = List.of();
    private Trouble trouble = (call, verb) -> null;
    private int calls;
    private int points;
    private int offAt = Integer.MAX_VALUE;
    private boolean off;

    Machine() {
        disk = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    call(
                            () -> {
                                try {
                                    method.invoke(real, arguments);
                                } catch (InvocationTargetException e) {
                                    throw (IOException) e.getCause();
                                }
                            },
                            method.getName(),
                            arguments);
                    return null;
                });
        journals = new Journals(operations, disk, CLOCK);
    }

    @FunctionalInterface
    private interface Verb {
        void run() throws IOException, ReflectiveOperationException;
    }

    private void call(Verb verb, String name, Object[] arguments) throws IOException, ReflectiveOperationException {
        point();
        Effect effect = trouble.of(calls++, name);
        if (effect == Effect.NONE) {
            throw full(name);
        }
        boolean halves = name.equals("append");
        if (halves && (effect == Effect.HALF || points == offAt)) {
            byte[] bytes = (byte[]) arguments[1];
            real.append((Path) arguments[0], Arrays.copyOf(bytes, bytes.length / 2));
        }
        point();
        if (effect == Effect.HALF) {
            throw full(name);
        }
        verb.run();
        point();
        if (effect == Effect.ALL) {
            throw full(name);
        }
    }

    private static IOException full(String verb) {
        return new FileSystemException(verb, null, "No space left on device");
    }

    /** Where the power may go. */
    private void point() {
        if (off || points == offAt) {
            off = true;
            throw new PowerOff();
        }
        points++;
    }

    /** Starts it, again or for the first time, to lose its power at a point. */
    void start(int powerOffAt) {
        off = false;
        points = 0;
        offAt = powerOffAt;
        calls = 0;
        trouble = (call, verb) -> null;
    }

    void start() {
        start(Integer.MAX_VALUE);
    }

    void trouble(Trouble trouble) {
        this.calls = 0;
        this.trouble = trouble;
    }

    boolean isOff() {
        return off;
    }

    int calls() {
        return calls;
    }

    /** A plan of steps that change a value each, and one step to finish. */
    Plan plan(String... names) {
        order = List.of(names);
        List<Step> steps = new ArrayList<>();
        for (String name : names) {
            values.put(name, OLD);
            steps.add(step(name));
        }
        return new Plan("simulation", steps, List.of(Step.finishing("finish", facts -> finish())));
    }

    /** The same with a step at the end that fails when it has done half of its work. */
    Plan failingPlan(String... names) {
        Plan plan = plan(names);
        List<Step> steps = new ArrayList<>(plan.steps());
        Step last = steps.remove(steps.size() - 1);
        steps.add(new Step(
                last.name(),
                last.intend(),
                facts -> {
                    point();
                    values.put(last.name(), HALF);
                    point();
                    throw new IOException("as the test wants it");
                },
                last.undo()));
        return new Plan(plan.kind(), steps, plan.finish());
    }

    private Step step(String name) {
        String fact = name + ".was";
        return new Step(
                name,
                facts -> facts.put(fact, values.get(name)),
                facts -> {
                    point();
                    values.put(name, HALF);
                    point();
                    values.put(name, NEW);
                    point();
                    return "";
                },
                facts -> {
                    check(name);
                    String was = facts.require(fact);
                    point();
                    values.put(name, HALF);
                    point();
                    values.put(name, was);
                    point();
                    return "";
                });
    }

    private void check(String name) {
        if (!finished.isEmpty()) {
            violations.add(name + " undone after the point of no return");
        }
        int here = order.indexOf(name);
        if (!order.subList(here + 1, order.size()).stream().allMatch(later -> OLD.equals(values.get(later)))) {
            violations.add(name + " undone before a later step: " + values);
        }
        if (!order.subList(0, here).stream().allMatch(earlier -> NEW.equals(values.get(earlier)))) {
            repeated.add(name + " undone after an earlier step: " + values);
        }
    }

    private String finish() {
        point();
        if (!isAll(NEW)) {
            violations.add("finished on " + values);
        }
        finished.add("finish");
        point();
        return "";
    }

    boolean isAll(String value) {
        return values.values().stream().allMatch(value::equals);
    }

    boolean isFinished() {
        return !finished.isEmpty();
    }

    @Override
    public String toString() {
        return values + " finished " + finished + " " + violations + " " + repeated;
    }

    /** Makes all as it was before anything happened. */
    void reset() throws IOException {
        start();
        values.replaceAll((name, value) -> OLD);
        finished.clear();
        violations.clear();
        repeated.clear();
        if (Files.exists(operations)) {
            real.deleteTree(operations);
        }
    }

    /** All journals' bytes, for a failing test to show. */
    String written() throws IOException {
        StringBuilder text = new StringBuilder();
        if (Files.exists(operations)) {
            try (Stream<Path> files = Files.walk(operations)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    text.append(Files.readString(file));
                }
            }
        }
        return text.toString();
    }

    static Saga saga() {
        return saga(new Cancellation());
    }

    static Saga saga(Cancellation cancellation) {
        return new Saga(() -> 0, new Deaf(), cancellation);
    }

    /** A listener that hears nothing. */
    static final class Deaf implements Listener {
        @Override
        public void began(Phase phase, String step) {}

        @Override
        public void ended(Phase phase, String step, Duration took, String note) {}

        @Override
        public void failed(Phase phase, String step, Duration took, Throwable cause) {}
    }
}
