package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.saga.Facts;
import ccupgrade.state.Preparation;
import ccupgrade.state.SavedDatabase;
import ccupgrade.state.SavedFile;
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
        facts.put(Fact.SNAPSHOT, operation + "-before-" + ReleaseSteps.epoch(facts));
    }

    /** What can be copied while the service works. */
    String precopy(Facts facts) throws Fault, IOException, InterruptedException {
        // Before the copy, during which nothing of ours may open the databases.
        facts.put(Fact.FILLED, FilledTables.read(site).text());
        return prepare(facts, "before the install of " + ReleaseSteps.label(facts));
    }

    private String prepare(Facts facts, String reason) throws Fault, IOException, InterruptedException {
        preparation = snapshots.prepare(
                facts.require(Fact.SNAPSHOT),
                facts.number(Fact.PREVIOUS).orElse(null),
                operation,
                reason,
                site.databases(),
                site.config().state().precopyRate(),
                progress);
        return "";
    }

    /** The rest of it, when the service stands still. */
    String finish(Facts facts) throws Fault, IOException, InterruptedException {
        Preparation begun = Objects.requireNonNull(preparation, "a snapshot is finished by the process that began it");
        Snapshot snapshot = begun.finish(site.databases(), progress);
        Warnings.add(facts, begun.notes());
        Schemas before = Schemas.of(snapshot);
        facts.put(Fact.SCHEMA_BEFORE, before.identity());
        facts.put(Fact.SCHEMA_BEFORE_TEXT, before.text());
        long present = snapshot.databases().stream()
                .filter(database -> database.saved() != null)
                .count();
        return present == 0
                ? "no database yet"
                : Words.format("%s, schema %s", Words.bytes(snapshot.size()), before.text());
    }

    /** Where the state was put back the snapshot is gone with it; where the release has run on the state it may be wanted. */
    String drop(Facts facts) throws IOException {
        if (preparation != null) {
            preparation.close();
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
        if (facts.has(Fact.TARGET_SNAPSHOT)) {
            facts.put(Fact.SNAPSHOT, operation + "-abandoned");
        }
    }

    /** Both copies that a rollback of the state needs: of what is there, begun, and of what it goes back to, whole. */
    String precopyAbandoned(Facts facts) throws Fault, IOException, InterruptedException {
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        if (target == null) {
            return "";
        }
        snapshots.materialise(find(target), progress);
        return prepare(facts, "abandoned by the rollback to " + ReleaseSteps.label(facts));
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
        if (!facts.has(Fact.TARGET_SNAPSHOT)) {
            return "the schema is unchanged: all rows are kept";
        }
        return finish(facts) + ", kept as " + facts.require(Fact.SNAPSHOT);
    }

    String restore(Facts facts) throws Fault, IOException {
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        if (target == null) {
            return "nothing to restore";
        }
        Snapshot snapshot = find(target);
        snapshots.restoreCopy(snapshot, site.databases(), progress);
        Schemas after = Schemas.of(snapshot);
        facts.put(Fact.SCHEMA_AFTER, after.identity());
        facts.put(Fact.SCHEMA_AFTER_TEXT, after.text());
        return "from snapshot " + target;
    }

    /** What is live now has gone on from it. */
    String dropRestored(Facts facts) throws IOException {
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        if (target != null) {
            snapshots.delete(target);
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
