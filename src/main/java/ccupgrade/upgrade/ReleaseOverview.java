package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.release.EmbeddedMigration;
import ccupgrade.release.Inspection;
import ccupgrade.release.Release;
import ccupgrade.state.Snapshot;
import ccupgrade.upgrade.ReleaseDetail.Migration;
import ccupgrade.upgrade.ReleaseDetail.Program;
import ccupgrade.upgrade.ReleaseDetail.SnapshotLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at the stored releases. For one look: it gathers the problems that it meets. */
final class ReleaseOverview {

    private final Site site;
    private final List<String> problems = new ArrayList<>();

    ReleaseOverview(Site site) {
        this.site = site;
    }

    ReleaseList list() throws Fault, IOException {
        // Before anything else: without it there is no list at all.
        List<Release> stored = site.releases().list();
        Marks marks = marks();
        String live = marks.current().isEmpty() ? null : live().text(problems);
        List<ListedRelease> releases = new ArrayList<>();
        for (int i = stored.size() - 1; i >= 0; i--) {
            releases.add(marks.listed(stored.get(i), live));
        }
        return new ReleaseList(releases, problems);
    }

    /** Both are empty when the link cannot be trusted. */
    private record Marks(Optional<Release> current, Optional<Release> target) {

        ListedRelease listed(Release release, @Nullable String live) {
            boolean isCurrent = is(current, release);
            String left = release.record().schemaWhenLeft();
            String schema = isCurrent
                    ? live
                    : left == null ? null : Schemas.textOf(left).orElse(null);
            return ListedRelease.of(release, isCurrent, is(target, release), schema);
        }

        private static boolean is(Optional<Release> marked, Release release) {
            return marked.filter(other -> other.epoch() == release.epoch()).isPresent();
        }
    }

    private Marks marks() {
        try {
            return new Marks(site.releases().current(), site.releases().rollbackTarget());
        } catch (Fault | IOException e) {
            problems.add(Overview.said(e));
            return new Marks(Optional.empty(), Optional.empty());
        }
    }

    private Live live() {
        try {
            return new Live(Schemas.read(site), null);
        } catch (Fault | IOException e) {
            return new Live(null, Overview.said(e));
        }
    }

    /** The schemas as they are, or why nobody knows. */
    private record Live(@Nullable Schemas schemas, @Nullable String problem) {

        @Nullable
        String text(List<String> problems) {
            if (problem != null) {
                problems.add(problem);
            }
            return schemas == null ? null : schemas.text();
        }
    }

    ReleaseDetail detail(Release release) {
        Marks marks = marks();
        Live live = live();
        // When nothing is current, nothing is known of whose schema it is.
        ListedRelease listed = marks.listed(release, marks.current().isEmpty() ? null : live.text(problems));
        Program program = null;
        MigrationStates states = MigrationStates.NONE;
        try {
            Inspection inspection = site.inspector().look(release);
            String mainClass = inspection.mainClass();
            program = mainClass == null ? null : new Program(mainClass, inspection.javaVersion());
            states = live.schemas() == null
                    ? MigrationStates.unknown(inspection, live.problem())
                    : MigrationStates.of(live.schemas(), release.file(), inspection);
        } catch (Fault | IOException e) {
            problems.add(Overview.said(e));
        }
        List<Migration> migrations = new ArrayList<>();
        for (MigrationStates.Stated stated : states.states()) {
            EmbeddedMigration each = stated.migration();
            migrations.add(new Migration(
                    each.label(), each.version(), each.description(), each.script(), each.kind(), stated.state()));
        }
        return new ReleaseDetail(
                listed, program, migrations, states.notInRelease(), states.notCompared(), snapshots(release), problems);
    }

    private List<SnapshotLine> snapshots(Release release) {
        List<SnapshotLine> lines = new ArrayList<>();
        try {
            for (Snapshot snapshot : site.snapshots().list()) {
                if (snapshot.release() != null && snapshot.release() == release.epoch()) {
                    lines.add(SnapshotLine.of(snapshot));
                }
            }
        } catch (Fault | IOException e) {
            problems.add(Overview.said(e));
        }
        return lines;
    }
}
