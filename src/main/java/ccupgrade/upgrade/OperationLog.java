package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.saga.Facts;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Journals;
import ccupgrade.service.SystemJournal;
import ccupgrade.words.Words;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells systemd's journal when an operation begins that will stop the service, and how each one ends. Where systemd runs the service,
 * its unit's log has these lines, too.
 */
final class OperationLog {

    /** What a reader of the journal can ask for. The identifiers are the format: they never change. */
    private enum Event {
        BEGAN("bcb5d239660e429b8d7e717078d85053", 5),
        DONE("dc00d405773a4af4a781d2738f3cd229", 5),
        TAKEN_BACK("7680464ce7404cb18f9b3c4721d78f28", 3),
        /** Also of what failed before anything was changed. */
        REFUSED("34d9ad7fe4094d65935e632be365465d", 4),
        NEEDS_OPERATOR("920243edcc0c4eb3a713fa544757ee99", 2);

        private final String id;

        /** As syslog counts them. */
        private final int priority;

        Event(String id, int priority) {
            this.id = id;
            this.priority = priority;
        }

        static Event of(Outcome.Result result) {
            return switch (result) {
                case DONE, NOTHING_TO_DO -> DONE;
                case TAKEN_BACK -> TAKEN_BACK;
                case REFUSED, FAILED -> REFUSED;
                case NEEDS_OPERATOR -> NEEDS_OPERATOR;
            };
        }
    }

    private final Site site;
    private final SystemJournal journal;

    OperationLog(Site site) {
        this.site = site;
        this.journal = new SystemJournal(
                site.surroundings().environment(), site.surroundings().root());
    }

    void began(Journal operation) {
        if (!operation.kind().equals(InstallPlan.KIND) && !operation.kind().equals(RollbackPlan.KIND)) {
            return;
        }
        Facts facts = operation.facts();
        String source = facts.get(Fact.SOURCE);
        String what = source == null
                ? "to " + ReleaseSteps.label(facts)
                : "of " + Path.of(source).getFileName();
        write(
                Event.BEGAN,
                operation.kind(),
                Words.format("the %s %s began", operation.kind(), what),
                fields(operation, null));
    }

    void ended(Journal operation, Outcome outcome) {
        String cause = Words.firstLine(outcome.cause());
        Map<String, String> fields = fields(operation, outcome.downtime());
        fields.put(
                "CCUPGRADE_RESULT",
                outcome.result().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        write(
                Event.of(outcome.result()),
                operation.kind(),
                outcome.headline() + (cause.isEmpty() ? "" : ": " + cause),
                fields);
    }

    /** What interrupted operation there is cannot be ended, and so nothing else can be begun. */
    void cannotGoOn(String kind, NeedsOperator failure) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("CCUPGRADE_RESULT", "needs-operator");
        write(Event.NEEDS_OPERATOR, kind, Words.firstLine(failure.getMessage()), fields);
    }

    private static Map<String, String> fields(Journal operation, @Nullable Duration downtime) {
        Facts facts = operation.facts();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("CCUPGRADE_OPERATION", Long.toString(Journals.numberOf(operation)));
        put(fields, "CCUPGRADE_RELEASE", facts.get(Fact.RELEASE));
        put(fields, "CCUPGRADE_VERSION", facts.get(Fact.VERSION));
        put(fields, "CCUPGRADE_PREVIOUS", facts.get(Fact.PREVIOUS));
        if (downtime != null) {
            fields.put("CCUPGRADE_DOWNTIME_SECONDS", Metric.seconds(downtime).toPlainString());
        }
        return fields;
    }

    private static void put(Map<String, String> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private void write(Event event, String kind, String message, Map<String, String> more) {
        Config config = site.config();
        if (!config.monitoring().journal()) {
            return;
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("MESSAGE", message);
        fields.put("MESSAGE_ID", event.id);
        fields.put("PRIORITY", Integer.toString(event.priority));
        fields.put("SYSLOG_IDENTIFIER", "ccupgrade");
        String unit = config.service().unit();
        if (unit != null) {
            // What journalctl -u looks for in what root has written.
            fields.put("OBJECT_SYSTEMD_UNIT", unit.endsWith(".service") ? unit : unit + ".service");
        }
        fields.put("CCUPGRADE_HOME", site.deployment().home().toString());
        fields.put("CCUPGRADE_COMMAND", kind);
        fields.putAll(more);
        journal.write(fields);
    }
}
