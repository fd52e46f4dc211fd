package ccupgrade.upgrade;

import ccupgrade.fault.Failed;
import ccupgrade.ledger.Ledger;
import ccupgrade.ledger.OperationEntry;
import ccupgrade.ledger.RehearsalEntry;
import ccupgrade.ledger.StepEntry;
import ccupgrade.words.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How long the service will be away, from a rehearsal of the release and from how earlier operations here went.
 *
 * @param expected the sum of the parts
 * @param least when what was rehearsed finds all pages in memory
 * @param most when it shares the disk with others, and with the longest stop, and start where that was not rehearsed, seen
 * @param whole whether all that an install has to migrate was rehearsed; where not, nobody knows how much longer it takes
 * @param parts for a reader, in order
 */
public record Forecast(Duration expected, Duration least, Duration most, boolean whole, List<Part> parts) {

    /** Where nothing has been measured yet. */
    private static final Duration ASSUMED_STOP = Duration.ofSeconds(2);

    private static final Duration ASSUMED_START = Duration.ofSeconds(5);

    /** The tail of the log, and its sync: measured at 20 to 40 ms, 1.1 s under 400 commits a second. */
    private static final Duration SNAPSHOT = Duration.ofMillis(300);

    private static final int OPERATIONS_LOOKED_AT = 20;

    /** @param basis where the number comes from */
    public record Part(String name, Duration expected, String basis) {}

    public Forecast {
        parts = List.copyOf(parts);
    }

    static Forecast of(RehearsalEntry rehearsal, Ledger ledger) throws Failed {
        List<OperationEntry> operations = new ArrayList<>();
        for (OperationEntry listed : ledger.list(OPERATIONS_LOOKED_AT)) {
            ledger.find(listed.number()).ifPresent(operations::add);
        }
        Seen stop = Seen.of(operations, "hold");
        Seen start = Seen.of(operations, "start", "health");
        Duration tried = rehearsal.start();
        Duration look = rehearsal.look() == null ? Duration.ZERO : rehearsal.look();
        List<Part> parts = List.of(
                new Part("stop", stop.usual(ASSUMED_STOP), stop.basis()),
                new Part("snapshot", SNAPSHOT.plus(look), "the end of the database's log" + archiveOf(rehearsal)),
                new Part("migrate", rehearsal.migrate(), "as rehearsed"),
                tried == null
                        ? new Part("start", start.usual(ASSUMED_START), start.basis())
                        : new Part("start", tried, tried.isZero() ? "within the migration" : "as rehearsed"));
        Duration fixed = stop.usual(ASSUMED_STOP);
        Duration longest = stop.longest(ASSUMED_STOP);
        Duration rehearsed = rehearsal.migrate().plus(look);
        if (tried == null) {
            fixed = fixed.plus(start.usual(ASSUMED_START));
            longest = longest.plus(start.longest(ASSUMED_START));
        } else {
            rehearsed = rehearsed.plus(tried);
        }
        return new Forecast(
                fixed.plus(SNAPSHOT).plus(rehearsed),
                fixed.plus(rehearsed.multipliedBy(7).dividedBy(10)),
                longest.plus(SNAPSHOT.multipliedBy(4))
                        .plus(rehearsed.multipliedBy(3).dividedBy(2)),
                rehearsal.whole(),
                parts);
    }

    private static String archiveOf(RehearsalEntry rehearsal) {
        if (rehearsal.look() != null) {
            return "; and a look at each file of the archive, as rehearsed";
        }
        // As those of earlier versions are.
        return rehearsal.archive() == null ? "" : "; and a look at each file of the archive, which is not counted";
    }

    /** {@code about 40 s (28 s to 1 min 02 s)}. */
    public String text() {
        if (!whole) {
            return Words.format(
                    "at least %s, and as long again as the archive's migration takes: that is not known",
                    Words.duration(least));
        }
        return Words.format(
                "about %s (%s to %s)", Words.duration(expected), Words.duration(least), Words.duration(most));
    }

    /** How long steps took together, in the operations that got through all of them. */
    private record Seen(List<Duration> durations) {

        static Seen of(List<OperationEntry> operations, String... steps) {
            List<Duration> durations = new ArrayList<>();
            for (OperationEntry operation : operations) {
                if (operation.downtime() != null) {
                    sum(operation, steps).ifPresent(durations::add);
                }
            }
            durations.sort(null);
            return new Seen(durations);
        }

        private static Optional<Duration> sum(OperationEntry operation, String... steps) {
            Duration sum = Duration.ZERO;
            for (String name : steps) {
                Optional<StepEntry> step = operation.steps().stream()
                        .filter(each -> each.name().equals(name)
                                && each.phase().equals("do")
                                && each.result().equals("done")
                                && each.took() != null)
                        .findFirst();
                if (step.isEmpty()) {
                    return Optional.empty();
                }
                sum = sum.plus(step.get().took());
            }
            return Optional.of(sum);
        }

        Duration usual(Duration assumed) {
            return durations.isEmpty() ? assumed : durations.get(durations.size() / 2);
        }

        Duration longest(Duration assumed) {
            return durations.isEmpty() ? assumed.multipliedBy(2) : durations.get(durations.size() - 1);
        }

        String basis() {
            return durations.isEmpty()
                    ? "assumed"
                    : Words.format("as in the last %s", Words.count(durations.size(), "operation"));
        }
    }
}
