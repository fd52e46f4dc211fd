package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Release;
import ccupgrade.saga.Facts;
import ccupgrade.state.RowChange;
import ccupgrade.state.SavedDatabase;
import ccupgrade.state.SavedFile;
import ccupgrade.state.Snapshot;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Decides whether going back would lose what was written since, and stands in the way if so. It only looks. */
final class RollbackGuard {

    private static final int MOST_TABLES_NAMED = 12;

    /** What the migrations themselves wrote is nothing that a user would miss. */
    private static final Set<String> VERSION_TABLES = Set.of("flyway_schema_history", "schema_migrations");

    private final Site site;
    private final Progress progress;

    RollbackGuard(Site site, Progress progress) {
        this.site = site;
        this.progress = progress;
    }

    /**
     * What a rollback would do.
     *
     * @param snapshot the state it would go back to; empty when the state stays as it is, with every row
     * @param archive the snapshot whose archive becomes live with it; empty when the archive stays as it is
     * @param lost for a reader, what was written since that snapshot, a line a table
     * @param files what is put back when the rest stays as it is
     */
    record Finding(
            Schemas now,
            Optional<Snapshot> snapshot,
            Optional<Snapshot> archive,
            List<String> lost,
            ReplacedFiles files) {}

    String check(Facts facts) throws Fault, IOException {
        Release target = site.releases().find(ReleaseSteps.epoch(facts)).orElseThrow();
        Warnings.add(facts, PreflightStep.texts(new Hooks(site).look(), ccupgrade.upgrade.Finding.Level.WARNING));
        Finding finding = look(target);
        facts.put(Fact.SCHEMA_BEFORE, finding.now().identity());
        facts.put(Fact.SCHEMA_BEFORE_TEXT, finding.now().text());
        if (finding.snapshot().isEmpty()) {
            facts.put(Fact.SCHEMA_AFTER, finding.now().identity());
            facts.put(Fact.SCHEMA_AFTER_TEXT, finding.now().text());
            String kept = "the schema is the one that " + target.label() + " ran on: every row is kept";
            if (finding.files().isEmpty()) {
                return kept;
            }
            facts.put(Fact.TARGET_FILES, finding.files().text());
            return kept + "; its " + finding.files().names() + " comes back";
        }
        if (!facts.isTrue(Fact.ACCEPT_DATA_LOSS)) {
            throw refusal(target, finding);
        }
        facts.put(Fact.TARGET_SNAPSHOT, finding.snapshot().get().id());
        finding.archive().ifPresent(archive -> facts.put(Fact.TARGET_ARCHIVE, archive.id()));
        return "the state goes back with the release, as accepted";
    }

    /** @throws Refused when there is no way back to that release */
    Finding look(Release target) throws Fault, IOException {
        Schemas now = Schemas.read(site);
        String whenLeft = target.record().schemaWhenLeft();
        if (now.isIdentifiedBy(whenLeft)) {
            return new Finding(now, Optional.empty(), Optional.empty(), List.of(), ReplacedFiles.between(site, target));
        }
        Optional<Snapshot> snapshot = site.snapshots().newestOf(target.epoch());
        if (snapshot.isEmpty()) {
            throw new Refused(
                    whenLeft == null
                            ? Words.format("cannot go back to %s: it never ran here", target.label())
                            : Words.format(
                                    "cannot go back to %s: the schema has changed since, and no snapshot of its state is left",
                                    target.label()),
                    whenLeft == null
                            ? "install it: ccupgrade install " + target.file()
                            : "name one that the state or a snapshot fits: ccupgrade list, and ccupgrade show RELEASE");
        }
        return new Finding(
                now, snapshot, archiveFor(snapshot.get(), now, target), lostSince(snapshot.get()), ReplacedFiles.NONE);
    }

    /**
     * The snapshot's own, where it has one. Where it has none because its install did not touch the archive, and a later one did, the one
     * that the first of these has kept.
     */
    private Optional<Snapshot> archiveFor(Snapshot snapshot, Schemas now, Release target) throws Fault, IOException {
        if (snapshot.hasTree()) {
            return Optional.of(snapshot);
        }
        Long version = snapshot.archiveVersion();
        if (version == null || now.archive().equals(Optional.of(version))) {
            return Optional.empty();
        }
        Optional<Snapshot> later = site.snapshots().list().stream()
                .filter(other -> other.operation() > snapshot.operation() && other.hasTree())
                .filter(other -> version.equals(other.archiveVersion()))
                .findFirst();
        if (later.isEmpty()) {
            throw new Refused(
                    Words.format(
                            "cannot go back to %s: its archive was at version %d, and no snapshot of that is left",
                            target.label(), version),
                    "name one that the state or a snapshot fits: ccupgrade list, and ccupgrade show RELEASE");
        }
        return later;
    }

    /** For a reader, in which tables there are more or fewer rows than in the snapshot, a line a table. */
    List<String> lostSince(Snapshot snapshot) throws Fault, IOException {
        List<String> lines = new ArrayList<>();
        boolean several = snapshot.databases().size() > 1;
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            Path live = site.deployment().home().resolve(database.path());
            // Those of a snapshot that no operation got to settle are not known.
            Map<String, Long> before = saved == null ? Map.of() : Objects.requireNonNullElse(saved.rows(), Map.of());
            for (RowChange change : RowChange.compare(before, site.reader().rowCounts(live, progress))) {
                if (VERSION_TABLES.contains(change.table())) {
                    continue;
                }
                lines.add((several ? database.path() + ", " : "") + RowsText.describe(change));
            }
        }
        return lines;
    }

    static Refused refusal(Release target, Finding finding) {
        Snapshot snapshot = finding.snapshot().orElseThrow();
        StringBuilder text = new StringBuilder();
        text.append(Words.format(
                "cannot go back to %s without losing what was written since %s: its state has another schema, so the snapshot from then would be restored",
                target.label(), Words.moment(snapshot.taken())));
        text.append(since(finding.lost()));
        return new Refused(
                text.toString(),
                Words.format(
                        "to go back all the same: ccupgrade rollback %d --accept-data-loss (the present state is kept as a snapshot)",
                        target.epoch()));
    }

    /** The rest of a sentence about what would be lost. */
    static String since(List<String> lost) {
        StringBuilder text = new StringBuilder(
                lost.isEmpty()
                        ? "\n  no table has more or fewer rows than then, but rows may have been changed"
                        : "\n  rows since then:");
        lost.stream()
                .limit(MOST_TABLES_NAMED)
                .forEach(line -> text.append("\n    ").append(line));
        if (lost.size() > MOST_TABLES_NAMED) {
            text.append(Words.format("\n    and in %s more", Words.count(lost.size() - MOST_TABLES_NAMED, "table")));
        }
        return text.toString();
    }
}
