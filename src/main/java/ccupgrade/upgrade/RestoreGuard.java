package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Release;
import ccupgrade.saga.Facts;
import ccupgrade.state.Snapshot;
import ccupgrade.words.Words;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides whether the release in use can work on a snapshot's state, and what would be lost. It only looks. */
final class RestoreGuard {

    private final Site site;
    private final Progress progress;

    RestoreGuard(Site site, Progress progress) {
        this.site = site;
        this.progress = progress;
    }

    /**
     * What a restore would do.
     *
     * @param release the one in use
     * @param lost for a reader, what was written since that snapshot, a line a table
     */
    record Finding(Schemas now, Release release, List<String> lost) {}

    String check(Facts facts) throws Fault, IOException {
        Snapshot snapshot = new StoredSnapshots(site).named(facts.require(Fact.ASKED_SNAPSHOT));
        Finding finding = look(snapshot);
        facts.put(Fact.SCHEMA_BEFORE, finding.now().identity());
        facts.put(Fact.SCHEMA_BEFORE_TEXT, finding.now().text());
        if (!facts.isTrue(Fact.ACCEPT_DATA_LOSS)) {
            throw refusal(snapshot, finding);
        }
        facts.put(Fact.TARGET_SNAPSHOT, snapshot.id());
        if (snapshot.hasTree()) {
            facts.put(Fact.TARGET_ARCHIVE, snapshot.id());
        }
        return "the present state is given up, as accepted";
    }

    /** @throws Refused when the release in use cannot work on it */
    Finding look(Snapshot snapshot) throws Fault, IOException {
        Release current = site.releases()
                .current()
                .orElseThrow(() -> new Refused(
                        "cannot put back snapshot " + snapshot.id() + ": no release is installed",
                        "install one: ccupgrade install FILE"));
        if (snapshot.filesOnly()) {
            throw new Refused(
                    "cannot put back snapshot " + snapshot.id() + ": it holds configuration files only",
                    "take them out: ccupgrade snapshot export " + snapshot.id() + " DIR");
        }
        Schemas now = Schemas.read(site);
        Schemas its = Schemas.of(snapshot);
        boolean own = snapshot.release() != null && snapshot.release() == current.epoch();
        if (!own && !lines(now).equals(lines(its))) {
            throw unfit(snapshot, its, current, now);
        }
        Long archive = snapshot.archiveVersion();
        if (!snapshot.hasTree() && archive != null && !now.archive().equals(Optional.of(archive))) {
            throw new Refused(
                    Words.format(
                            "cannot put back snapshot %s: the archive was at version %d then, is at %s now, and is not in"
                                    + " the snapshot",
                            snapshot.id(),
                            archive,
                            now.archive().map(String::valueOf).orElse("none")),
                    "bring the archive to that version first, or take a copy out: ccupgrade snapshot export "
                            + snapshot.id() + " DIR");
        }
        return new Finding(now, current, new RollbackGuard(site, progress).lostSince(snapshot));
    }

    /** The order of the databases is no matter of the schema. */
    private static Set<String> lines(Schemas schemas) {
        return Set.copyOf(schemas.identity().lines().toList());
    }

    private Refused unfit(Snapshot snapshot, Schemas its, Release current, Schemas now) throws Fault, IOException {
        Optional<Release> release =
                snapshot.release() == null ? Optional.empty() : site.releases().find(snapshot.release());
        String whose = release.map(Release::label)
                .orElse(snapshot.release() == null ? "no release" : "release " + snapshot.release());
        String export = "ccupgrade snapshot export " + snapshot.id() + " DIR";
        String remedy;
        if (release.isEmpty()) {
            remedy = "take a copy out: " + export;
        } else {
            boolean newest = site.snapshots()
                    .newestOf(release.get().epoch())
                    .filter(other -> other.id().equals(snapshot.id()))
                    .isPresent();
            remedy = "go back to that release: ccupgrade rollback "
                    + release.get().epoch()
                    + (newest ? "" : "; then: ccupgrade snapshot restore " + snapshot.id())
                    + "; or take a copy out: " + export;
        }
        return new Refused(
                Words.format(
                        "cannot put back snapshot %s: it is the state of %s, with schema %s; %s is in use, with schema %s",
                        snapshot.id(), whose, its.text(), current.label(), now.text()),
                remedy);
    }

    static Refused refusal(Snapshot snapshot, Finding finding) {
        return new Refused(
                Words.format(
                                "cannot put back snapshot %s without losing what was written since %s",
                                snapshot.id(), Words.moment(snapshot.taken()))
                        + RollbackGuard.since(finding.lost()),
                Words.format(
                        "to put it back all the same: ccupgrade snapshot restore %s --accept-data-loss (the present state is kept as a snapshot)",
                        snapshot.id()));
    }
}
