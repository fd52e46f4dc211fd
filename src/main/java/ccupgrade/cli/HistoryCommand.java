package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.fault.Refused;
import ccupgrade.ledger.OperationEntry;
import ccupgrade.upgrade.OperationDetail;
import ccupgrade.upgrade.OperationList;
import ccupgrade.upgrade.Overview;
import ccupgrade.words.Words;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade history}. */
public final class HistoryCommand implements Declared {

    private final Console console;
    private final Session session;

    private final Argument<Long> operation = Argument.optionalParameter(Long.class, "ID", "the number of an operation");

    private final Argument<Integer> last = Argument.optionOr(
            "20", Integer.class, "N", "list so many operations (default: ${DEFAULT-VALUE})", "-n", "--last");

    public HistoryCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "history",
                        "list what was done to the deployment, the newest first; or all of one operation",
                        "",
                        "With the number of an operation: its steps, the rows per table before and after, and what the migration said."),
                operation,
                last);
    }

    @Override
    public ExitCode call() throws Fault, IOException {
        if (last.get() < 1) {
            throw new Misuse("cannot list " + last.get() + " operations", "give --last a number from 1 on");
        }
        Overview overview = new Overview(session.deployment(), session.surroundings());
        Long number = operation.orNull();
        if (number == null) {
            list(overview.history(last.get()));
        } else {
            OperationDetail detail = overview.operation(number)
                    .orElseThrow(() -> new Refused(
                            "cannot find operation " + number + " in the history",
                            "see what there is: ccupgrade history"));
            if (console.isJson()) {
                console.json("operation", detail);
            } else {
                new OperationView(console).show(detail);
            }
        }
        return ExitCode.DONE;
    }

    private void list(OperationList list) {
        list.problems().forEach(console::warn);
        if (console.isJson()) {
            console.json(
                    "history",
                    new Document(list.operations().stream().map(Line::of).toList(), list.problems()));
            return;
        }
        if (list.operations().isEmpty()) {
            console.say("nothing was done yet");
            return;
        }
        Table table = new Table()
                .right("ID")
                .left("BEGAN")
                .left("OPERATION")
                .left("RELEASE")
                .left("OUTCOME")
                .right("TOOK")
                .right("DOWNTIME")
                .left("WHO")
                .left("");
        for (OperationEntry entry : list.operations()) {
            table.row(
                    styleOf(entry),
                    Long.toString(entry.number()),
                    Words.instant(entry.started(), console.zone()),
                    entry.kind(),
                    release(entry),
                    entry.outcome(),
                    Words.duration(Duration.between(entry.started(), entry.ended())),
                    entry.downtime() == null ? "-" : Words.duration(entry.downtime()),
                    entry.who(),
                    Words.firstLine(entry.message()));
        }
        console.print(table);
    }

    static Style styleOf(OperationEntry entry) {
        return switch (entry.outcome()) {
            case "refused", "failed", "taken back" -> Style.BAD;
            case "unfinished" -> Style.WARNING;
            default -> Style.PLAIN;
        };
    }

    static String release(OperationEntry entry) {
        if (entry.release() == null) {
            return "-";
        }
        return entry.version() == null ? entry.release().toString() : entry.version() + " (" + entry.release() + ")";
    }

    /** The JSON of the list. */
    record Document(List<Line> operations, List<String> problems) {}

    /** An operation in it: all that the list knows, which is nothing of steps and rows. */
    record Line(
            long number,
            String kind,
            Instant started,
            Instant ended,
            String outcome,
            @Nullable Long release,
            @Nullable String version,
            @Nullable Long previous,
            Duration took,
            @Nullable Duration downtime,
            String who,
            @Nullable String message) {

        static Line of(OperationEntry entry) {
            return new Line(
                    entry.number(),
                    entry.kind(),
                    entry.started(),
                    entry.ended(),
                    entry.outcome(),
                    entry.release(),
                    entry.version(),
                    entry.previous(),
                    Duration.between(entry.started(), entry.ended()),
                    entry.downtime(),
                    entry.who(),
                    entry.message());
        }
    }
}
