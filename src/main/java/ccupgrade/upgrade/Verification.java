package ccupgrade.upgrade;

import ccupgrade.config.Deployment;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Release;
import ccupgrade.state.Examination;
import ccupgrade.state.Snapshot;
import ccupgrade.words.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whether what is stored is still what was stored. Reads all of it, changes nothing, and needs no lock. */
public final class Verification {

    private static final String RELEASE_REMEDY =
            "remove it and install it again, unless you know who changed it and why";
    private static final String SNAPSHOT_REMEDY =
            "a rollback to it would refuse: see to the disk, and to a backup of the state";

    private static final String ARCHIVE_REMEDY =
            "a rollback to it would put back what is there: find out who has written to it, and see to a backup of the"
                    + " archive";

    private final Site site;
    private final Progress progress;

    public Verification(Deployment deployment, Surroundings surroundings, Progress progress) {
        this.site = Site.toLookAt(deployment, surroundings);
        this.progress = progress;
    }

    /** At least one finding for each release and each snapshot, the oldest first. */
    public List<Finding> findings() throws Fault, IOException {
        List<Finding> findings = new ArrayList<>();
        for (Release release : site.releases().list()) {
            release(release, findings);
        }
        findings.addAll(snapshots(List.of()));
        return findings;
    }

    /**
     * At least one finding for each snapshot, the oldest first.
     *
     * @param ids of those to look at; none: all of them
     * @throws Refused when there is none of such a name
     */
    public List<Finding> snapshots(List<String> ids) throws Fault, IOException {
        StoredSnapshots stored = new StoredSnapshots(site);
        List<Finding> findings = new ArrayList<>();
        for (Snapshot snapshot : ids.isEmpty() ? stored.all() : stored.named(ids)) {
            snapshot(snapshot, findings);
        }
        return findings;
    }

    private void release(Release release, List<Finding> findings) throws IOException {
        String about = "release " + release.label();
        try {
            List<String> differences = site.releases().verify(release, progress);
            differences.forEach(difference -> findings.add(Finding.refused(about, difference, RELEASE_REMEDY)));
            if (differences.isEmpty()) {
                findings.add(
                        release.record().sha256() == null
                                ? Finding.note(about, "put there by hand: nobody recorded what it was")
                                : Finding.ok(about, "as it was installed"));
            }
        } catch (Fault e) {
            findings.add(Finding.refused(about, e.getMessage(), e.remedy()));
        }
    }

    private static String archiveText(Snapshot snapshot) {
        if (!snapshot.hasTree()) {
            return "";
        }
        return snapshot.isTreeCounted()
                ? "; the archive has as many files and bytes, what is in them is not compared"
                : "; the archive is there, what is in it is not compared";
    }

    private void snapshot(Snapshot snapshot, List<Finding> findings) throws IOException {
        String about = "snapshot " + snapshot.id();
        Examination found = site.snapshots().examine(snapshot, progress);
        found.differences().forEach(difference -> findings.add(Finding.refused(about, difference, SNAPSHOT_REMEDY)));
        if (found.archive() != null) {
            findings.add(Finding.refused(about, found.archive(), ARCHIVE_REMEDY));
        }
        found.damaged()
                .forEach(damage ->
                        findings.add(Finding.warning(about, "was damaged already when it was taken, " + damage)));
        if (!found.unchecked().isEmpty()) {
            findings.add(Finding.note(about, "not checked yet: " + String.join(", ", found.unchecked())));
        } else if (found.differences().isEmpty() && found.archive() == null) {
            findings.add(Finding.ok(
                    about,
                    Words.format(
                            "%s, as taken%s",
                            Words.count(snapshot.databases().size(), "database"), archiveText(snapshot))));
        }
    }
}
