package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.config.Config.Retention;
import ccupgrade.release.Kind;
import ccupgrade.release.Release;
import ccupgrade.release.ReleaseRecord;
import ccupgrade.release.Supported;
import ccupgrade.release.Verdict;
import ccupgrade.state.KeptFile;
import ccupgrade.state.Snapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PruningTest {

    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

    private final List<Release> releases = new ArrayList<>();
    private final List<Snapshot> snapshots = new ArrayList<>();
    private final List<Pruning.Evidence> evidence = new ArrayList<>();
    private @Nullable Release current;
    private @Nullable Release target;

    private Release release(int daysAgo, long size, boolean pinned) {
        Instant installed = NOW.minus(Duration.ofDays(daysAgo));
        long epoch = installed.getEpochSecond();
        ReleaseRecord record = new ReleaseRecord(
                "jobs",
                "1." + releases.size(),
                "sha",
                size,
                "jobs.jar",
                installed,
                Verdict.GOOD,
                null,
                pinned,
                false,
                null,
                Kind.JAR,
                null,
                Supported.UNKNOWN,
                null);
        Release release = new Release(epoch, Path.of("releases", epoch + ".jar"), record);
        releases.add(release);
        return release;
    }

    private String snapshot(Release of, int daysAgo) {
        return snapshot(of, daysAgo, false);
    }

    /** Of this release's state, taken when it was left, by an install that replaced a file or not. */
    private String snapshot(Release of, int daysAgo, boolean replacing) {
        String id = (snapshots.size() + 1) + "-of-" + of.record().version();
        snapshots.add(new Snapshot(
                id,
                Path.of(id),
                of.epoch(),
                snapshots.size() + 1L,
                NOW.minus(Duration.ofDays(daysAgo)),
                "test",
                List.of(),
                List.of(new KeptFile("config.json", replacing, null)),
                null,
                false));
        return id;
    }

    private Pruning.Decision decide(Retention retention) {
        return new Pruning(retention, NOW).decide(new Pruning.Stock(releases, current, target, snapshots, evidence));
    }

    private static Retention keep(int releases, int snapshots) {
        return new Retention(releases, snapshots, null, 0, null);
    }

    @Test
    void the_current_release_the_way_back_and_what_is_pinned_stay_whatever_is_asked() {
        release(500, 10, false);
        Release pinned = release(400, 10, true);
        target = release(300, 10, false);
        release(200, 10, false);
        current = release(100, 10, false);
        String ofPinned = snapshot(pinned, 390);
        String ofTarget = snapshot(target, 100);

        Pruning.Decision decision = decide(new Retention(1, 1, Duration.ofDays(1), 1, Duration.ofDays(1)));

        assertThat(decision.releases().keySet()).containsExactly(releases.get(0), releases.get(3));
        assertThat(decision.snapshots().keySet())
                .extracting(Snapshot::id)
                .doesNotContain(ofPinned, ofTarget)
                .isEmpty();
    }

    @Test
    void of_the_snapshots_that_the_way_back_has_only_the_newest_is_needed() {
        target = release(30, 10, false);
        current = release(10, 10, false);
        String older = snapshot(target, 20);
        String newest = snapshot(target, 10);

        assertThat(decide(new Retention(0, 0, Duration.ofDays(1), 0, null))
                        .snapshots()
                        .keySet())
                .extracting(Snapshot::id)
                .contains(older)
                .doesNotContain(newest);
    }

    @Test
    void what_an_install_has_replaced_since_a_release_that_stays_can_be_put_back() {
        Release pinned = release(40, 10, true);
        Release between = release(30, 10, false);
        target = release(20, 10, false);
        current = release(10, 10, false);
        snapshot(pinned, 30);
        String replaced = snapshot(between, 20, true);
        snapshot(target, 10);

        assertThat(decide(new Retention(0, 0, Duration.ofDays(1), 0, null))
                        .snapshots()
                        .keySet())
                .extracting(Snapshot::id)
                .doesNotContain(replaced);
    }

    @Test
    void the_newest_are_counted_with_those_that_stay_anyway() {
        for (int day = 6; day > 0; day--) {
            release(day, 10, false);
        }
        current = releases.get(5);
        target = releases.get(4);

        assertThat(decide(keep(3, 0)).releases().keySet())
                .containsExactly(releases.get(0), releases.get(1), releases.get(2));
    }

    @Test
    void a_snapshot_goes_with_its_release() {
        Release old = release(6, 10, false);
        target = release(5, 10, false);
        current = release(4, 10, false);
        String ofOld = snapshot(old, 5);
        snapshot(target, 4);

        assertThat(decide(keep(2, 0)).snapshots())
                .hasEntrySatisfying(snapshots.get(0), why -> assertThat(why).isEqualTo("its release goes"))
                .hasSize(1);
        assertThat(snapshots.get(0).id()).isEqualTo(ofOld);
    }

    @Test
    void of_what_is_too_much_the_oldest_goes_until_it_fits() {
        release(6, 40, false);
        release(5, 40, false);
        target = release(4, 40, false);
        current = release(3, 40, false);

        assertThat(decide(new Retention(0, 0, null, 130, null)).releases().keySet())
                .containsExactly(releases.get(0));
        assertThat(decide(new Retention(0, 0, null, 1, null)).releases().keySet())
                .containsExactly(releases.get(0), releases.get(1));
    }

    @Test
    void evidence_goes_by_its_own_age_only() {
        evidence.add(new Pruning.Evidence(3, NOW.minus(Duration.ofDays(40)), 1000));
        evidence.add(new Pruning.Evidence(7, NOW.minus(Duration.ofDays(20)), 1000));

        assertThat(decide(new Retention(1, 1, Duration.ofDays(1), 1, null)).evidence())
                .isEmpty();
        assertThat(decide(new Retention(0, 0, null, 0, Duration.ofDays(30)))
                        .evidence()
                        .keySet())
                .extracting(Pruning.Evidence::operation)
                .containsExactly(3L);
    }
}
