package ccupgrade.upgrade;

import ccupgrade.config.Deployment;
import ccupgrade.fault.Fault;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.fault.Refused;
import ccupgrade.ledger.OperationEntry;
import ccupgrade.saga.Facts;
import ccupgrade.saga.Failure;
import ccupgrade.saga.Journal;
import ccupgrade.service.Tail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that only looks at a deployment. Takes no lock, so that it answers also while an operation is under way, and changes
 * nothing, except that a history that lags behind is brought up to date where that is allowed. What cannot be found out is said beside
 * what can: somebody who looks often does so because something is broken.
 */
public final class Overview {

    private static final int OUTPUT_LINES = 40;

    private final Site site;
    private final History history;

    /** Opens nothing yet. */
    public Overview(Deployment deployment, Surroundings surroundings) {
        this(Site.toLookAt(deployment, surroundings));
    }

    /** For who holds the lock, too. */
    Overview(Site site) {
        this.site = site;
        this.history = new History(site);
    }

    /** @throws Fault when not even the releases' directory can be read */
    public ReleaseList releases() throws Fault, IOException {
        return new ReleaseOverview(site).list();
    }

    /** @throws Fault when a snapshot does not tell what it is */
    public SnapshotList snapshots() throws Fault, IOException {
        return new SnapshotOverview(site).list();
    }

    /**
     * One release with everything that is known of it.
     *
     * @param word an epoch, a version, or the beginning of an epoch
     * @throws Refused when it names none, or several
     */
    public ReleaseDetail release(String word) throws Fault, IOException {
        return new ReleaseOverview(site).detail(site.releases().resolve(word));
    }

    /** How things stand right now. Asks the service's manager and the service itself, which may take some seconds. */
    public DeploymentStatus status() throws InterruptedException {
        return new StatusOverview(site).look();
    }

    /** The deployment in figures, for a monitoring system. */
    public MetricList metrics() {
        List<String> problems = new ArrayList<>();
        return new MetricList(new Figures(site, problems).of(new StatusOverview(site).operation()), problems);
    }

    /** @param newest how many at most */
    public OperationList history(int newest) throws IOException {
        List<String> problems = new ArrayList<>();
        Path ledger = site.deployment().ledger();
        if (Files.exists(ledger)) {
            if (Files.isWritable(ledger) && Files.isWritable(site.deployment().dotDirectory())) {
                try {
                    return new OperationList(history.newest(newest), problems);
                } catch (Fault | IOException e) {
                    problems.add(said(e));
                }
            } else {
                problems.add(site.nameOf(ledger)
                        + " may not be written by this user: operations without a journal are not listed");
            }
        }
        // As good, as long as no journal was cleared away; and making a ledger is left to those who own the directory.
        return new OperationList(history.newestOfJournals(newest, problems), problems);
    }

    /**
     * @return empty when there was no such operation
     * @throws NeedsOperator when its journal is damaged
     */
    public Optional<OperationDetail> operation(long number) throws Fault, IOException {
        Optional<OperationEntry> entry = history.find(number);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        Optional<Journal> journal = site.journals().read(number);
        Facts facts = journal.map(Journal::facts).orElseGet(Facts::new);
        List<Path> outputs = MigrationCommand.outputs(site.deployment().operation(number));
        Path output = outputs.isEmpty() ? null : outputs.get(outputs.size() - 1);
        return Optional.of(new OperationDetail(
                entry.get(),
                journal.map(Journal::failure).orElse(null),
                Warnings.of(facts),
                facts.get(Fact.SOURCE),
                facts.get(Fact.SCHEMA_BEFORE_TEXT),
                facts.get(Fact.SCHEMA_AFTER_TEXT),
                existingSnapshot(facts),
                facts.instant(Fact.DOWN_SINCE).orElse(null),
                existing(facts.get(Fact.EVIDENCE)),
                journal.map(Journal::file).orElse(null),
                output,
                output != null ? Tail.of(output, 0, OUTPUT_LINES).lines().toList() : List.of()));
    }

    private @Nullable String existingSnapshot(Facts facts) throws IOException {
        String id = facts.get(Fact.SNAPSHOT);
        if (id == null) {
            return null;
        }
        try {
            return site.snapshots().find(id).isPresent() ? id : null;
        } catch (Fault e) {
            // It is there, whatever is wrong with it.
            return id;
        }
    }

    private @Nullable Path existing(@Nullable String name) {
        Path path = name == null ? null : site.deployment().home().resolve(name);
        return path != null && Files.exists(path) ? path : null;
    }

    /** A failure to find something out, in one line, with the way out where there is one. */
    static String said(Exception failure) {
        String remedy = failure instanceof Fault fault ? fault.remedy() : null;
        return Failure.messageOf(failure) + (remedy == null ? "" : "; " + remedy);
    }
}
