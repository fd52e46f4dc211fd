package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.state.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What there is of snapshots, and who needs them. */
final class SnapshotOverview {

    private final Site site;
    private final List<String> problems = new ArrayList<>();

    SnapshotOverview(Site site) {
        this.site = site;
    }

    SnapshotList list() throws Fault, IOException {
        List<Snapshot> oldestFirst = new StoredSnapshots(site).all();
        Map<Long, Release> releases = releases();
        Set<String> needed = needed();
        Long current = current();
        Map<Long, String> newest = new HashMap<>();
        oldestFirst.stream()
                .filter(snapshot -> !snapshot.filesOnly() && snapshot.release() != null)
                .forEach(snapshot -> newest.put(snapshot.release(), snapshot.id()));
        List<ListedSnapshot> listed = new ArrayList<>();
        for (int i = oldestFirst.size() - 1; i >= 0; i--) {
            Snapshot snapshot = oldestFirst.get(i);
            Release release = snapshot.release() == null ? null : releases.get(snapshot.release());
            boolean isNeeded = needed.contains(snapshot.id());
            boolean isOfCurrent = release != null && current != null && release.epoch() == current;
            boolean isNewest = release != null && snapshot.id().equals(newest.get(release.epoch()));
            listed.add(ListedSnapshot.of(
                    snapshot,
                    new ListedSnapshot.Marks(
                            release == null ? null : release.record().version(),
                            isNewest && !isOfCurrent,
                            release != null && release.record().pinned() && isNeeded,
                            isNeeded)));
        }
        return new SnapshotList(listed, problems);
    }

    private Map<Long, Release> releases() throws IOException {
        Map<Long, Release> releases = new HashMap<>();
        try {
            site.releases().list().forEach(release -> releases.put(release.epoch(), release));
        } catch (Fault e) {
            problems.add(Overview.said(e));
        }
        return releases;
    }

    private Set<String> needed() throws IOException {
        try {
            return PruneSteps.neededSnapshots(site);
        } catch (Fault e) {
            problems.add(Overview.said(e));
            return Set.of();
        }
    }

    private @Nullable Long current() throws IOException {
        try {
            return site.releases().current().map(Release::epoch).orElse(null);
        } catch (Fault e) {
            // Said already: without it nothing is known of what is needed either.
            return null;
        }
    }
}
