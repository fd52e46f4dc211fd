package ccupgrade.cli;

import ccupgrade.config.Config.Retention;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.upgrade.Upgrades;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ccupgrade prune}. */
@Command(
        name = "prune",
        description = {
            "delete releases and snapshots that are no longer needed",
            "",
            "By what [retention] in ccupgrade.toml says, or these options in its place. Never deleted are the current release, the one that"
                    + " rollback would go to, those that are pinned, and the newest snapshot of the state of each of them."
        })
public final class PruneCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;
    private final Session session;

    @Option(names = "--releases", paramLabel = "N", description = "keep the newest N releases")
    private @Nullable Integer releases;

    @Option(names = "--snapshots", paramLabel = "N", description = "keep the newest N snapshots")
    private @Nullable Integer snapshots;

    @Option(
            names = "--age",
            paramLabel = "DURATION",
            converter = DurationOption.class,
            description = "delete what is older than this, as 90d")
    private @Nullable Duration age;

    @Option(
            names = "--total-size",
            paramLabel = "SIZE",
            converter = SizeOption.class,
            description = "delete the oldest until all take at most so much, as 50GB")
    private @Nullable Long totalSize;

    @Option(
            names = "--evidence-age",
            paramLabel = "DURATION",
            converter = DurationOption.class,
            description = "delete what failed operations have left, when it is older than this")
    private @Nullable Duration evidenceAge;

    @Option(
            names = {"-n", "--dry-run"},
            description = "tell what would be deleted, and why; change nothing")
    private boolean dryRun;

    public PruneCommand(Console console, Workbench workbench, Session session) {
        this.console = console;
        this.workbench = workbench;
        this.session = session;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        Upgrades upgrades = workbench.upgrades();
        OutcomeView view = new OutcomeView(console);
        Retention retention = retention();
        return dryRun ? view.show(upgrades.previewPrune(retention)) : view.show(upgrades.prune(retention));
    }

    private Retention retention() throws Fault {
        if (releases == null && snapshots == null && age == null && totalSize == null && evidenceAge == null) {
            return session.deployment().config().retention();
        }
        return new Retention(
                positive("--releases", releases),
                positive("--snapshots", snapshots),
                age,
                totalSize == null ? 0 : totalSize,
                evidenceAge);
    }

    private static int positive(String option, @Nullable Integer number) throws Fault {
        if (number != null && number < 1) {
            throw new Misuse("cannot prune: " + option + " " + number + " keeps nothing", "give a number from 1 on");
        }
        return number == null ? 0 : number;
    }
}
