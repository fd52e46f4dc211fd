package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.state.Snapshot;
import ccupgrade.state.SnapshotPresence;
import ccupgrade.words.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether one could go back: the snapshots are there, and the one that a rollback would need is among them. */
final class WayBackSubject implements Subject {

    private static final String ABOUT = "snapshots";

    private final Site site;

    WayBackSubject(Site site) {
        this.site = site;
    }

    @Override
    public List<Finding> findings() throws Fault, IOException {
        List<Snapshot> snapshots = site.snapshots().list();
        List<Finding> findings = new ArrayList<>();
        for (Snapshot snapshot : snapshots) {
            List<String> faults = SnapshotPresence.faults(snapshot);
            if (!faults.isEmpty()) {
                findings.add(Finding.warning(
                        ABOUT,
                        Words.format("%s is not whole: %s", snapshot.id(), String.join("; ", faults)),
                        "put it back from a backup: nothing can go back to this snapshot; then ccupgrade verify"));
            }
        }
        Optional<Release> target = site.releases().rollbackTarget();
        if (target.isPresent() && isNeeded(target.get()) && !isThere(target.get(), snapshots)) {
            findings.add(
                    Finding.warning(
                            ABOUT,
                            Words.format(
                                    "none is left of the state of %s, which a rollback would go to, and the schema has changed since",
                                    target.get().label()),
                            "keep a backup of your own; once another release is installed, a rollback has the state of the present one"));
        }
        if (findings.isEmpty() && !snapshots.isEmpty()) {
            findings.add(Finding.ok(
                    ABOUT,
                    Words.format(
                            "%s, %s, all files there; what is in them is read by ccupgrade verify",
                            Words.count(snapshots.size(), "snapshot"),
                            Words.bytes(
                                    snapshots.stream().mapToLong(Snapshot::size).sum()))));
        }
        return findings;
    }

    /** Where the schema is what it was, the release alone goes back. */
    private boolean isNeeded(Release target) throws Fault, IOException {
        String left = target.record().schemaWhenLeft();
        return left != null
                && !Schemas.read(site).text().equals(Schemas.textOf(left).orElse(null));
    }

    private static boolean isThere(Release target, List<Snapshot> snapshots) {
        return snapshots.stream()
                .anyMatch(snapshot ->
                        snapshot.release() != null && snapshot.release() == target.epoch() && !snapshot.filesOnly());
    }
}
