package ccupgrade.upgrade;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.ledger.Ledger;
import ccupgrade.ledger.OperationEntry;
import ccupgrade.ledger.RehearsalEntry;
import ccupgrade.ledger.RowEntry;
import ccupgrade.ledger.StepEntry;
import ccupgrade.saga.Entry;
import ccupgrade.saga.Facts;
import ccupgrade.saga.Failure;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Journals;
import ccupgrade.saga.Saga;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries journals over to the ledger, where they can be asked for. */
final class History {

    /** What a reader calls the outcomes, in the history and to programs. */
    static final String UPGRADED = "upgraded";

    static final String ROLLED_BACK = "rolled back";
    static final String PRUNED = "pruned";
    static final String REFUSED = "refused";
    static final String FAILED = "failed";
    static final String TAKEN_BACK = "taken back";
    static final String REHEARSED = "rehearsed";
    static final String KEPT = "kept";
    static final String RESTORED = "restored";
    static final String OPEN = "unfinished";

    private final Site site;

    History(Site site) {
        this.site = site;
    }

    void record(Journal journal) throws Fault {
        try (Ledger ledger = Ledger.open(site.deployment().ledger())) {
            ledger.record(entry(journal));
        }
    }

    /** The newest operations, newest first. Operations that the ledger lacks are brought in from their journals first. */
    List<OperationEntry> newest(int count) throws Fault, IOException {
        if (site.journals().numbers().isEmpty()) {
            return List.of();
        }
        try (Ledger ledger = Ledger.open(site.deployment().ledger())) {
            bringUpToDate(ledger);
            return ledger.list(count);
        }
    }

    /**
     * The same without a ledger, which may not be ours to write, or be damaged: all operations whose journals are there.
     *
     * @param problems where the journals are added that cannot be read
     */
    List<OperationEntry> newestOfJournals(int count, List<String> problems) throws IOException {
        List<OperationEntry> entries = new ArrayList<>();
        for (long number : site.journals().numbers().descendingSet()) {
            if (entries.size() == count) {
                break;
            }
            try {
                site.journals()
                        .read(number)
                        .map(History::entry)
                        .map(History::asListed)
                        .ifPresent(entries::add);
            } catch (Fault | IOException e) {
                problems.add(Overview.said(e));
            }
        }
        return entries;
    }

    Optional<OperationEntry> find(long number) throws Fault, IOException {
        // The journal knows at least as much as the ledger, which is needed only when the journal has been cleared
        // away.
        Optional<Journal> journal = site.journals().read(number);
        if (journal.isPresent()) {
            return Optional.of(entry(journal.get()));
        }
        if (!Files.exists(site.deployment().ledger())) {
            return Optional.empty();
        }
        try (Ledger ledger = Ledger.open(site.deployment().ledger())) {
            return ledger.find(number);
        }
    }

    private void bringUpToDate(Ledger ledger) throws Fault, IOException {
        NavigableSet<Long> missing = site.journals().numbers();
        Long newest = missing.isEmpty() ? null : missing.last();
        missing.removeAll(ledger.numbers());
        if (newest != null) {
            // It may have been open when it was brought in.
            missing.add(newest);
        }
        for (long number : missing) {
            Optional<Journal> journal = site.journals().read(number);
            if (journal.isPresent()) {
                ledger.record(entry(journal.get()));
            }
        }
    }

    private static OperationEntry asListed(OperationEntry entry) {
        return new OperationEntry(
                entry.number(),
                entry.kind(),
                entry.started(),
                entry.ended(),
                entry.outcome(),
                entry.release(),
                entry.version(),
                entry.previous(),
                entry.downtime(),
                entry.who(),
                entry.message(),
                null,
                List.of(),
                List.of());
    }

    private static OperationEntry entry(Journal journal) {
        Facts facts = journal.facts();
        Entry last = journal.entries().get(journal.entries().size() - 1);
        Failure failure = journal.failure();
        return new OperationEntry(
                Journals.numberOf(journal),
                journal.kind(),
                journal.began(),
                last.at(),
                outcome(journal),
                facts.number(Fact.RELEASE).orElse(null),
                facts.get(Fact.VERSION),
                facts.number(Fact.PREVIOUS).orElse(null),
                downtime(facts),
                facts.has(Fact.WHO) ? facts.require(Fact.WHO) : "",
                failure == null ? warnings(facts) : failure.message(),
                rehearsal(journal),
                steps(journal),
                RowsText.read(facts.get(Fact.ROWS)).stream()
                        .map(line -> new RowEntry(line.database(), line.table(), line.before(), line.after()))
                        .toList());
    }

    private static @Nullable RehearsalEntry rehearsal(Journal journal) {
        return RehearsalReport.of(journal.facts(), null)
                .map(report -> new RehearsalEntry(
                        journal.facts().require(Fact.SHA256),
                        journal.isCommitted(),
                        report.stateBytes(),
                        report.copy(),
                        report.migration(),
                        report.archive(),
                        journal.facts()
                                .number(Fact.REHEARSED_LOOK)
                                .map(Duration::ofMillis)
                                .orElse(null),
                        report.archiveUnrehearsed() == null,
                        report.start(),
                        report.peakBytes(),
                        report.addedBytes(),
                        report.temporaryBytes(),
                        report.growthBytes(),
                        String.valueOf(report.schemaBefore()),
                        String.valueOf(report.schemaAfter())))
                .orElse(null);
    }

    /** The newest rehearsal of a release; empty also when the ledger cannot be asked, for then none is known. */
    Optional<Rehearsed> rehearsalOf(String sha256) {
        if (!Files.exists(site.deployment().ledger())) {
            return Optional.empty();
        }
        try (Ledger ledger = Ledger.open(site.deployment().ledger())) {
            Optional<RehearsalEntry> entry = ledger.rehearsalOf(sha256);
            return entry.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Rehearsed(entry.get(), Forecast.of(entry.get(), ledger)));
        } catch (Failed e) {
            return Optional.empty();
        }
    }

    /** What is known of a release from its rehearsal. */
    record Rehearsed(RehearsalEntry entry, Forecast forecast) {}

    private static @Nullable String warnings(Facts facts) {
        List<String> warnings = Warnings.of(facts);
        return warnings.isEmpty() ? null : String.join("; ", warnings);
    }

    /** How it ended, or {@link #OPEN}, for a reader. */
    static String outcome(Journal journal) {
        if (journal.isCommitted()) {
            return switch (journal.kind()) {
                case InstallPlan.KIND -> UPGRADED;
                case RehearsalPlan.KIND -> REHEARSED;
                case PrunePlan.KIND -> PRUNED;
                case SnapshotPlan.KIND -> KEPT;
                case RestorePlan.KIND -> RESTORED;
                default -> ROLLED_BACK;
            };
        }
        Optional<Entry> end = journal.end();
        if (end.isEmpty() || !end.get().step().equals(Saga.TAKEN_BACK)) {
            return OPEN;
        }
        Failure failure = journal.failure();
        if (journal.kind().equals(RehearsalPlan.KIND) && failure == null) {
            return FAILED;
        }
        if (failure != null && Outcomes.isBeforeTheDowntime(failure.step())) {
            return failure.kind() == Failure.Kind.REFUSED ? REFUSED : FAILED;
        }
        return TAKEN_BACK;
    }

    static @Nullable Duration downtime(Facts facts) {
        Optional<Instant> down = facts.instant(Fact.DOWN_SINCE);
        Optional<Instant> up = facts.instant(Fact.UP_SINCE);
        return down.isPresent() && up.isPresent() ? Duration.between(down.get(), up.get()) : null;
    }

    private static List<StepEntry> steps(Journal journal) {
        List<StepEntry> steps = new ArrayList<>();
        boolean committed = false;
        Begun begun = null;
        for (Entry entry : journal.entries()) {
            switch (entry.event()) {
                case INTENT -> begun = new Begun(entry.step(), committed ? "finish" : "do");
                case UNDO -> begun = new Begun(entry.step(), "undo");
                case DONE, UNDONE, FAILED, UNDO_FAILED -> {
                    steps.add(ended(steps.size(), entry, committed));
                    begun = null;
                }
                case RECOVER -> {
                    if (begun != null) {
                        steps.add(new StepEntry(steps.size(), begun.step, begun.phase, "interrupted", null, null));
                        begun = null;
                    }
                }
                case COMMIT -> committed = true;
                case BEGIN, END -> {
                    // About the whole operation.
                }
            }
        }
        if (begun != null) {
            steps.add(new StepEntry(steps.size(), begun.step, begun.phase, "interrupted", null, null));
        }
        return steps;
    }

    private record Begun(String step, String phase) {}

    private static StepEntry ended(int position, Entry entry, boolean committed) {
        boolean undo = entry.event() == Entry.Event.UNDONE || entry.event() == Entry.Event.UNDO_FAILED;
        boolean well = entry.event() == Entry.Event.DONE || entry.event() == Entry.Event.UNDONE;
        Failure failure = entry.failure();
        return new StepEntry(
                position,
                entry.step(),
                undo ? "undo" : committed ? "finish" : "do",
                well ? "done" : "failed",
                entry.millis() == null ? null : Duration.ofMillis(entry.millis()),
                failure == null ? null : failure.message());
    }
}
