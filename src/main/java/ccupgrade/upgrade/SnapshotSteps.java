package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.saga.Facts;
import ccupgrade.state.Preparation;
import ccupgrade.state.SavedArchive;
import ccupgrade.state.SavedDatabase;
import ccupgrade.state.SavedFile;
import ccupgrade.state.SavedTree;
import ccupgrade.state.Scope;
import ccupgrade.state.Snapshot;
import ccupgrade.state.SnapshotStore;
import ccupgrade.words.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The steps that keep the state as it was, and those that go back to what was kept. */
final class SnapshotSteps {

    private final Site site;
    private final SnapshotStore snapshots;
    private final long operation;
    private final Progress progress;
    private @Nullable Preparation preparation;

    SnapshotSteps(Site site, long operation, Progress progress) {
        this.site = site;
        this.snapshots = site.snapshots();
        this.operation = operation;
        this.progress = progress;
    }

    void name(Facts facts) {
        facts.put(Fact.SNAPSHOT, idBefore(operation, ReleaseSteps.epoch(facts)));
    }

    /** The identifier of the snapshot that the install of a release took. */
    static String idBefore(long operation, long release) {
        return operation + "-before-" + release;
    }

    void nameByHand(Facts facts) {
        facts.put(Fact.SNAPSHOT, operation + "-by-hand");
    }

    /** Whether this snapshot can be taken at all, as far as can be seen beforehand. */
    String examine(Facts facts) throws Fault, IOException, InterruptedException {
        return new SnapshotGate(site, progress).check(facts.isTrue(Fact.WITH_ARCHIVE));
    }

    /** A whole snapshot while the service works on. */
    String takeLive(Facts facts) throws Fault, IOException, InterruptedException {
        Snapshot snapshot = snapshots.takeLive(
                facts.require(Fact.SNAPSHOT),
                facts.number(Fact.PREVIOUS).orElse(null),
                operation,
                reasonByHand(facts),
                StateScope.ofSnapshot(site, facts.isTrue(Fact.WITH_ARCHIVE)),
                site.config().state().precopyRate(),
                progress);
        return describe(facts, snapshot) + ", as " + snapshot.id();
    }

    /** Begins one that is finished when the service stands still. */
    String precopyByHand(Facts facts) throws Fault, IOException, InterruptedException {
        return prepare(facts, reasonByHand(facts), StateScope.ofSnapshot(site, facts.isTrue(Fact.WITH_ARCHIVE)));
    }

    private static String reasonByHand(Facts facts) {
        String note = facts.get(Fact.NOTE);
        return note == null ? "by hand" : "by hand: " + note;
    }

    /** What can be copied while the service works. */
    String precopy(Facts facts) throws Fault, IOException, InterruptedException {
        Replacements.of(facts)
                .stage(
                        site,
                        operation,
                        site.releases().get(ReleaseSteps.epoch(facts)).directory());
        // Before the copy, during which nothing of ours may open the databases.
        facts.put(Fact.FILLED, FilledTables.read(site).text());
        return prepare(facts, "before the install of " + ReleaseSteps.label(facts), StateScope.ofInstall(site, facts));
    }

    private String prepare(Facts facts, String reason, Scope scope) throws Fault, IOException, InterruptedException {
        preparation = snapshots.prepare(
                facts.require(Fact.SNAPSHOT),
                facts.number(Fact.PREVIOUS).orElse(null),
                operation,
                reason,
                scope,
                site.config().state().precopyRate(),
                progress);
        return "";
    }

    private Preparation begun() {
        return Objects.requireNonNull(preparation, "a snapshot is finished by the process that began it");
    }

    /** The rest of it, when the service stands still. */
    String finish(Facts facts) throws Fault, IOException, InterruptedException {
        Preparation begun = begun();
        Snapshot snapshot = begun.finish(site.databases(), progress);
        Warnings.add(facts, begun.notes());
        return describe(facts, snapshot);
    }

    private static String describe(Facts facts, Snapshot snapshot) {
        Schemas before = Schemas.of(snapshot);
        facts.put(Fact.SCHEMA_BEFORE, before.identity());
        facts.put(Fact.SCHEMA_BEFORE_TEXT, before.text());
        long present = snapshot.databases().stream()
                .filter(database -> database.saved() != null)
                .count();
        String databases = present == 0
                ? "no database yet"
                : Words.format("%s, schema %s", Words.bytes(snapshot.size()), before.text());
        return databases + besides(snapshot);
    }

    private static String besides(Snapshot snapshot) {
        StringBuilder text = new StringBuilder();
        if (!snapshot.files().isEmpty()) {
            text.append(", ").append(Words.count(snapshot.files().size(), "file"));
        }
        SavedArchive archive = snapshot.archive();
        if (archive != null) {
            SavedTree tree = archive.tree();
            text.append(
                    tree == null
                            ? "; the archive stays where it is"
                            : "; the archive as " + tree.way().text());
            if (tree != null && tree.files() != null && tree.bytes() != null) {
                text.append(Words.format(" (%s, %s)", Words.count(tree.files(), "file"), Words.bytes(tree.bytes())));
            }
        }
        return text.toString();
    }

    /**
     * The undo of what was completed while the service stood still. A copy of an archive takes long to be deleted: that is left to the undo
     * of what was begun, when the service runs again.
     */
    String dropFinished(Facts facts) throws IOException {
        if (StateScope.isArchiveDue(site.config(), facts.get(Fact.DUE))
                || facts.has(Fact.TARGET_ARCHIVE)
                || facts.isTrue(Fact.WITH_ARCHIVE)) {
            if (preparation != null) {
                preparation.letGo();
            }
            return "";
        }
        return drop(facts);
    }

    /** Where the state was put back the snapshot is gone with it; where the release has run on the state it may be wanted. */
    String drop(Facts facts) throws IOException {
        if (preparation != null) {
            preparation.close();
        }
        if (facts.has(Fact.REPLACE)) {
            site.disk().deleteTree(Replacements.staged(site, operation));
        }
        if (!facts.has(Fact.SNAPSHOT)) {
            return "";
        }
        if (facts.isTrue(Fact.STARTING)) {
            return "";
        }
        snapshots.delete(facts.require(Fact.SNAPSHOT));
        return "";
    }

    void nameAbandoned(Facts facts) {
        if (facts.has(Fact.TARGET_SNAPSHOT) || facts.has(Fact.TARGET_FILES)) {
            facts.put(Fact.SNAPSHOT, operation + "-abandoned");
        }
    }

    /** Both copies that a rollback of the state needs: of what is there, begun, and of what it goes back to, whole. */
    String precopyAbandoned(Facts facts) throws Fault, IOException, InterruptedException {
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        String asked = facts.get(Fact.ASKED_SNAPSHOT);
        String reason = asked == null
                ? "abandoned by the rollback to " + ReleaseSteps.label(facts)
                : "given up for snapshot " + asked;
        if (target != null) {
            snapshots.materialise(find(target), progress);
            return prepare(facts, reason, StateScope.ofRollback(site, facts.has(Fact.TARGET_ARCHIVE)));
        }
        return facts.has(Fact.TARGET_FILES)
                ? prepare(facts, reason, Scope.ofFiles(ReplacedFiles.of(facts).paths(site)))
                : "";
    }

    /** The undo of it. */
    String dropPrecopied(Facts facts) throws Fault, IOException {
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        if (target != null) {
            snapshots.dropSpares(target);
        }
        return drop(facts);
    }

    String keepAbandoned(Facts facts) throws Fault, IOException, InterruptedException {
        if (facts.has(Fact.TARGET_FILES)) {
            begun().finish(List.of(), progress);
            return "all rows are kept; the present " + ReplacedFiles.of(facts).names() + " as "
                    + facts.require(Fact.SNAPSHOT);
        }
        if (!facts.has(Fact.TARGET_SNAPSHOT)) {
            return "the schema is unchanged: all rows are kept";
        }
        return finish(facts) + ", kept as " + facts.require(Fact.SNAPSHOT);
    }

    String restore(Facts facts) throws Fault, IOException {
        if (facts.has(Fact.TARGET_FILES)) {
            ReplacedFiles files = ReplacedFiles.of(facts);
            files.restore(snapshots);
            return files.names();
        }
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        if (target == null) {
            return "nothing to restore";
        }
        Snapshot snapshot = find(target);
        snapshots.restoreCopy(snapshot, site.databases(), progress);
        String archive = facts.get(Fact.TARGET_ARCHIVE);
        if (archive != null) {
            snapshots.swapTree(find(archive), require(facts));
        }
        Schemas after = Schemas.of(snapshot);
        facts.put(Fact.SCHEMA_AFTER, after.identity());
        facts.put(Fact.SCHEMA_AFTER_TEXT, after.text());
        return "from snapshot " + target;
    }

    /** Its archive is live now; what else it holds stays in it. */
    String forgetArchive(Facts facts) throws Fault, IOException {
        String archive = facts.get(Fact.TARGET_ARCHIVE);
        if (archive != null) {
            snapshots.forgetTree(archive);
        }
        return "";
    }

    /** What is live now has gone on from it. */
    String dropRestored(Facts facts) throws Fault, IOException {
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        if (target != null) {
            snapshots.delete(target);
        }
        String archive = facts.get(Fact.TARGET_ARCHIVE);
        if (archive != null) {
            snapshots.forgetTree(archive);
        }
        return "";
    }

    /** Makes the snapshot one to be kept; outside the downtime, because it reads every page and index. */
    String settle(Facts facts) throws Fault, IOException {
        if (!facts.has(Fact.SNAPSHOT)) {
            return "";
        }
        Snapshot snapshot = require(facts);
        List<String> found = new ArrayList<>();
        for (SavedDatabase database : snapshots
                .settle(snapshot, site.config().state().compress(), progress)
                .databases()) {
            SavedFile saved = database.saved();
            if (saved != null && !saved.isSound()) {
                found.add("the snapshot of " + database.path() + " is damaged, and so was the database: "
                        + String.join("; ", saved.integrity()));
            }
        }
        Warnings.add(facts, found);
        return found.isEmpty() ? "" : "damaged: see the warning";
    }

    private Snapshot require(Facts facts) throws Fault, IOException {
        return find(facts.require(Fact.SNAPSHOT));
    }

    private Snapshot find(String id) throws Fault, IOException {
        Optional<Snapshot> snapshot = snapshots.find(id);
        if (snapshot.isEmpty()) {
            throw new Failed(
                    "cannot find snapshot " + id + " in "
                            + site.nameOf(site.deployment().snapshots()),
                    null);
        }
        return snapshot.get();
    }
}
