package ccupgrade.upgrade;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.saga.Facts;
import ccupgrade.state.KeptFile;
import ccupgrade.state.Snapshot;
import ccupgrade.state.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The configuration files that going back to a release puts back, though every row is kept: those that the installs since have replaced, and
 * no other, because what somebody has edited by himself is his.
 *
 * @param snapshots by file, as snapshots name it, the identifier of the one that has it
 */
record ReplacedFiles(Map<String, String> snapshots) {

    static final ReplacedFiles NONE = new ReplacedFiles(Map.of());

    /**
     * Each install of the way from that release to the current one has a snapshot from before it, which knows what the install replaced.
     * Of a file that several have replaced the oldest counts. A release that was itself left by going back has its files in the snapshot
     * that was taken then.
     */
    static ReplacedFiles between(Site site, Release target) throws Fault, IOException {
        List<Snapshot> all = site.snapshots().list();
        Map<String, String> found = new LinkedHashMap<>();
        Optional<Long> at = site.releases().current().map(Release::epoch);
        while (at.isPresent() && at.get() != target.epoch()) {
            Optional<Snapshot> before = beforeInstallOf(at.get(), all);
            before.ifPresent(snapshot -> replacedIn(snapshot, found));
            at = before.map(Snapshot::release);
        }
        if (at.isEmpty()) {
            found.clear();
            all.stream()
                    .filter(snapshot -> snapshot.filesOnly() && Objects.equals(snapshot.release(), target.epoch()))
                    .forEach(snapshot -> replacedIn(snapshot, found));
        }
        return new ReplacedFiles(found);
    }

    private static Optional<Snapshot> beforeInstallOf(long release, List<Snapshot> all) {
        return all.stream()
                .filter(snapshot -> snapshot.id().equals(SnapshotSteps.idBefore(snapshot.operation(), release)))
                .findFirst();
    }

    private static void replacedIn(Snapshot snapshot, Map<String, String> found) {
        snapshot.files().stream().filter(KeptFile::replaced).forEach(file -> found.put(file.path(), snapshot.id()));
    }

    static ReplacedFiles of(Facts facts) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String line : Objects.requireNonNullElse(facts.get(Fact.TARGET_FILES), "")
                .lines()
                .toList()) {
            String[] words = line.split("\t", 2);
            found.put(words[1], words[0]);
        }
        return new ReplacedFiles(found);
    }

    /** What {@link #of} reads. */
    String text() {
        return snapshots.entrySet().stream()
                .map(each -> each.getValue() + "\t" + each.getKey())
                .collect(Collectors.joining("\n"));
    }

    boolean isEmpty() {
        return snapshots.isEmpty();
    }

    /** For a reader. */
    String names() {
        return String.join(", ", snapshots.keySet());
    }

    List<Path> paths(Site site) {
        return snapshots.keySet().stream()
                .map(site.deployment().home()::resolve)
                .toList();
    }

    void restore(SnapshotStore store) throws Failed, IOException {
        for (String id : Set.copyOf(snapshots.values())) {
            Snapshot snapshot = store.find(id).orElseThrow(() -> new Failed("cannot find snapshot " + id, null));
            List<String> its = new ArrayList<>(snapshots.keySet());
            its.removeIf(file -> !id.equals(snapshots.get(file)));
            store.restoreFiles(snapshot.ofFiles(its));
        }
    }
}
