package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.config.Config;
import ccupgrade.disk.Progress;
import ccupgrade.saga.Plan;
import ccupgrade.saga.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documentation says what recovery does for each step; no step may be missing there, and none be there that is gone. */
class RecoveryTableTest {

    private static final Path DOCUMENT = Path.of("docs", "architecture.md");
    private static final Pattern NAME = Pattern.compile("`([a-z-]+)`");

    @TempDir
    Path directory;

    @Test
    void every_step_of_every_plan_has_its_row_in_the_table_of_recovery() throws Exception {
        Example example = new Example(directory);
        Site site = Site.of(example.deployment(), example.surroundings());
        ReleaseSteps release = new ReleaseSteps(site, Progress.NONE);
        ServiceSteps service = new ServiceSteps(site, Progress.NONE, ServiceSteps.StartedBy.US);
        SnapshotSteps snapshot = new SnapshotSteps(site, 1, Progress.NONE);
        TakeBack takeBack = new TakeBack(site, 1, Progress.NONE);
        HookSteps hooks = new HookSteps(site, 1, InstallPlan.KIND, Progress.NONE);
        Set<String> inCode = new TreeSet<>();
        for (Plan plan : List.of(
                InstallPlan.of(
                        release,
                        new PreflightStep(site, Progress.NONE),
                        service,
                        snapshot,
                        new MigrationSteps(site, 1, Progress.NONE),
                        takeBack,
                        new PruneSteps(site, Config.Retention.ALL),
                        hooks),
                PrunePlan.of(new PruneSteps(site, Config.Retention.ALL)),
                RollbackPlan.of(release, new RollbackGuard(site, Progress.NONE), service, snapshot, takeBack, hooks),
                SnapshotPlan.of(service, snapshot, false),
                SnapshotPlan.of(service, snapshot, true),
                RestorePlan.of(new RestoreGuard(site, Progress.NONE), service, snapshot, takeBack),
                RehearsalPlan.of(new RehearsalSteps(site, 1, Progress.NONE)))) {
            Stream.concat(plan.steps().stream(), plan.finish().stream())
                    .map(Step::name)
                    .forEach(inCode::add);
        }
        assertThat(inDocument()).isEqualTo(inCode);
    }

    private static Set<String> inDocument() throws Exception {
        Set<String> names = new TreeSet<>();
        boolean inTable = false;
        for (String line : Files.readAllLines(DOCUMENT)) {
            inTable = line.startsWith("| interrupted in") || (inTable && line.startsWith("|"));
            if (inTable) {
                Matcher matcher = NAME.matcher(line.split("\\|")[1]);
                while (matcher.find()) {
                    names.add(matcher.group(1));
                }
            }
        }
        return names;
    }
}
