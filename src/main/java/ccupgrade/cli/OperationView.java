package ccupgrade.cli;

import ccupgrade.ledger.OperationEntry;
import ccupgrade.ledger.RowEntry;
import ccupgrade.ledger.StepEntry;
import ccupgrade.saga.Failure;
import ccupgrade.upgrade.OperationDetail;
import ccupgrade.words.Words;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Shows one operation to people. */
final class OperationView {

    private final Console console;

    OperationView(Console console) {
        this.console = console;
    }

    void show(OperationDetail detail) {
        OperationEntry entry = detail.entry();
        Pairs facts = new Pairs();
        facts.add(Style.BOLD, "operation", entry.number() + ", " + entry.kind());
        facts.add(HistoryCommand.styleOf(entry), "outcome", entry.outcome());
        Failure failure = detail.failure();
        if (failure != null) {
            facts.addLines("why", failure.message());
            if (failure.remedy() != null) {
                facts.add("next", failure.remedy());
            }
        }
        if (failure == null && entry.message() != null) {
            facts.addLines("warning", entry.message());
        }
        facts.add("release", HistoryCommand.release(entry));
        facts.add("before", entry.previous() == null ? "none" : entry.previous().toString());
        facts.addIfKnown("from", detail.source());
        facts.add("began", Words.instant(entry.started(), console.zone()) + ", by " + entry.who());
        facts.add("took", Words.duration(Duration.between(entry.started(), entry.ended())));
        facts.add("downtime", downtime(detail));
        if (detail.schemaBefore() != null) {
            String after = detail.schemaAfter();
            facts.add(
                    "schema",
                    after == null || after.equals(detail.schemaBefore())
                            ? detail.schemaBefore()
                            : detail.schemaBefore() + " to " + after);
        }
        facts.addIfKnown("snapshot", detail.snapshot());
        facts.addIfKnown("evidence", detail.evidence());
        facts.addIfKnown("journal", detail.journal());
        facts.print(console);
        detail.warnings().forEach(console::warn);
        steps(entry);
        rows(entry);
        output(detail);
    }

    /** After a power failure nobody of us starts the service again. */
    private String downtime(OperationDetail detail) {
        Duration downtime = detail.entry().downtime();
        if (downtime != null) {
            return Words.duration(downtime);
        }
        return detail.stopped() == null
                ? "none"
                : "from " + Words.instant(detail.stopped(), console.zone())
                        + " on; when the service ran again is not known";
    }

    private void steps(OperationEntry entry) {
        if (entry.steps().isEmpty()) {
            return;
        }
        Table steps =
                new Table().left("STEP").left("").left("RESULT").right("TOOK").left("");
        for (StepEntry step : entry.steps()) {
            steps.row(
                    step.result().equals("done") ? Style.PLAIN : Style.BAD,
                    step.name(),
                    step.phase().equals("do") ? "" : step.phase(),
                    step.result(),
                    step.took() == null ? "-" : Words.duration(step.took()),
                    Words.firstLine(step.message()));
        }
        console.print("");
        console.print(steps);
    }

    private void rows(OperationEntry entry) {
        if (entry.rows().isEmpty()) {
            return;
        }
        Table rows =
                new Table().left("DATABASE").left("TABLE").right("ROWS BEFORE").right("AFTER");
        for (RowEntry row : entry.rows()) {
            rows.row(
                    Objects.equals(row.before(), row.after()) ? Style.PLAIN : Style.BOLD,
                    row.database(),
                    row.table(),
                    count(row.before()),
                    count(row.after()));
        }
        console.print("");
        console.print(rows);
    }

    private static String count(@Nullable Long rows) {
        return rows == null ? "-" : Words.count(rows);
    }

    private void output(OperationDetail detail) {
        if (detail.migrationOutput() == null) {
            return;
        }
        console.print("");
        console.print(
                Style.BOLD,
                (detail.lastOutput().isEmpty()
                                ? "The migration said nothing: "
                                : "What the migration said last, all in ")
                        + detail.migrationOutput());
        detail.lastOutput().forEach(line -> console.print("  | " + line));
    }
}
