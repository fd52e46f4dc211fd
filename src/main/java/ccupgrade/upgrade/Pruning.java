package ccupgrade.upgrade;

import ccupgrade.config.Config.Retention;
import ccupgrade.release.Release;
import ccupgrade.state.KeptFile;
import ccupgrade.state.Snapshot;
import ccupgrade.words.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is no longer needed. Never the current release, the one that a rollback would go to, a pinned one, or the newest snapshot
 * of the state of one of them.
 */
final class Pruning {

    /** What a failed operation has left of the state. */
    record Evidence(long operation, Instant ended, long size) {}

    /**
     * @param current null when there is none
     * @param target what a rollback would go to; null when there is nothing
     */
    record Stock(
            List<Release> releases,
            @Nullable Release current,
            @Nullable Release target,
            List<Snapshot> snapshots,
            List<Evidence> evidence) {}

    /** What goes, and why, in the order in which it is deleted. */
    record Decision(Map<Snapshot, String> snapshots, Map<Release, String> releases, Map<Evidence, String> evidence) {

        boolean isEmpty() {
            return snapshots.isEmpty() && releases.isEmpty() && evidence.isEmpty();
        }

        /** Bytes that come free. */
        long size() {
            return Stream.of(
                            snapshots.keySet().stream()
                                    .mapToLong(Snapshot::size)
                                    .sum(),
                            releases.keySet().stream()
                                    .mapToLong(release -> release.record().size())
                                    .sum(),
                            evidence.keySet().stream().mapToLong(Evidence::size).sum())
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private final Retention retention;
    private final Instant now;

    Pruning(Retention retention, Instant now) {
        this.retention = retention;
        this.now = now;
    }

    Decision decide(Stock stock) {
        Set<Long> needed = neededReleases(stock);
        Map<Release, String> releases = releases(stock, needed);
        Map<Snapshot, String> snapshots = snapshots(stock, needed, releases.keySet());
        fitTotal(stock, needed, releases, snapshots);
        Map<Evidence, String> evidence = new LinkedHashMap<>();
        Duration age = retention.evidenceAge();
        for (Evidence left : stock.evidence()) {
            if (age != null && left.ended().isBefore(now.minus(age))) {
                evidence.put(left, "older than " + Words.duration(age));
            }
        }
        return new Decision(snapshots, releases, evidence);
    }

    /** Those that stay whatever is said. */
    static Set<String> neededSnapshots(Stock stock) {
        return neededSnapshots(stock, neededReleases(stock));
    }

    private static Set<Long> neededReleases(Stock stock) {
        Set<Long> needed = new HashSet<>();
        Stream.of(Optional.ofNullable(stock.current()), Optional.ofNullable(stock.target()))
                .flatMap(Optional::stream)
                .forEach(release -> needed.add(release.epoch()));
        stock.releases().stream()
                .filter(release -> release.record().pinned())
                .forEach(release -> needed.add(release.epoch()));
        return needed;
    }

    private Map<Release, String> releases(Stock stock, Set<Long> needed) {
        List<Release> newestFirst = new ArrayList<>(stock.releases());
        newestFirst.sort(Release.OLDEST_FIRST.reversed());
        Map<Release, String> gone = new LinkedHashMap<>();
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            Release release = newestFirst.get(i);
            if (needed.contains(release.epoch())) {
                continue;
            }
            if (retention.releases() > 0 && i >= retention.releases()) {
                gone.put(release, Words.format("not one of the newest %d", retention.releases()));
            } else if (isOld(release.record().installed())) {
                gone.put(release, olderThan());
            }
        }
        return gone;
    }

    private Map<Snapshot, String> snapshots(Stock stock, Set<Long> needed, Set<Release> goneReleases) {
        Set<String> kept = neededSnapshots(stock, needed);
        Set<Long> gone = new HashSet<>();
        goneReleases.forEach(release -> gone.add(release.epoch()));
        List<Snapshot> oldestFirst = stock.snapshots();
        Map<Snapshot, String> result = new LinkedHashMap<>();
        for (int i = 0; i < oldestFirst.size(); i++) {
            Snapshot snapshot = oldestFirst.get(i);
            if (kept.contains(snapshot.id())) {
                continue;
            }
            if (snapshot.release() != null && gone.contains(snapshot.release())) {
                result.put(snapshot, "its release goes");
            } else if (retention.snapshots() > 0 && oldestFirst.size() - i > retention.snapshots()) {
                result.put(snapshot, Words.format("not one of the newest %d", retention.snapshots()));
            } else if (isOld(snapshot.taken())) {
                result.put(snapshot, olderThan());
            }
        }
        return result;
    }

    private static Set<String> neededSnapshots(Stock stock, Set<Long> needed) {
        Map<Long, String> newest = new HashMap<>();
        for (Snapshot snapshot : stock.snapshots()) {
            if (snapshot.release() != null && needed.contains(snapshot.release())) {
                newest.put(snapshot.release(), snapshot.id());
            }
        }
        Set<String> kept = new HashSet<>(newest.values());
        // Going back on an unchanged schema puts back what the installs since have replaced, each from its own
        // snapshot.
        long since = stock.snapshots().stream()
                .filter(snapshot -> kept.contains(snapshot.id()))
                .mapToLong(Snapshot::operation)
                .min()
                .orElse(Long.MAX_VALUE);
        stock.snapshots().stream()
                .filter(snapshot -> snapshot.operation() > since
                        && snapshot.files().stream().anyMatch(KeptFile::replaced))
                .forEach(snapshot -> kept.add(snapshot.id()));
        return kept;
    }

    /** Snapshots first, because a release is of use without one. */
    private void fitTotal(
            Stock stock, Set<Long> needed, Map<Release, String> releases, Map<Snapshot, String> snapshots) {
        if (retention.totalSize() == 0) {
            return;
        }
        String why = "all of them take more than " + Words.bytes(retention.totalSize());
        long total = stock.releases().stream()
                        .filter(release -> !releases.containsKey(release))
                        .mapToLong(release -> release.record().size())
                        .sum()
                + stock.snapshots().stream()
                        .filter(snapshot -> !snapshots.containsKey(snapshot))
                        .mapToLong(Snapshot::size)
                        .sum();
        Set<String> kept = neededSnapshots(stock, needed);
        for (Snapshot snapshot : stock.snapshots()) {
            if (total > retention.totalSize() && !kept.contains(snapshot.id()) && !snapshots.containsKey(snapshot)) {
                snapshots.put(snapshot, why);
                total -= snapshot.size();
            }
        }
        List<Release> oldestFirst = new ArrayList<>(stock.releases());
        oldestFirst.sort(Release.OLDEST_FIRST);
        for (Release release : oldestFirst) {
            if (total > retention.totalSize() && !needed.contains(release.epoch()) && !releases.containsKey(release)) {
                releases.put(release, why);
                total -= release.record().size();
            }
        }
    }

    private boolean isOld(Instant then) {
        return retention.age() != null && then.isBefore(now.minus(retention.age()));
    }

    private String olderThan() {
        return "older than " + Words.duration(Objects.requireNonNull(retention.age()));
    }
}
