package ccupgrade.cli;

import ccupgrade.config.Config.Retention;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.upgrade.Upgrades;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade prune}. */
public final class PruneCommand implements Declared {

    private final Console console;
    private final Workbench workbench;
    private final Session session;

    private final Argument<Integer> releases =
            Argument.option(Integer.class, "N", "keep the newest N releases", "--releases");

    private final Argument<Integer> snapshots =
            Argument.option(Integer.class, "N", "keep the newest N snapshots", "--snapshots");

    private final Argument<Duration> age = Argument.option(
            Duration.class, new DurationOption(), "DURATION", "delete what is older than this, as 90d", "--age");

    private final Argument<Long> totalSize = Argument.option(
            Long.class,
            new SizeOption(),
            "SIZE",
            "delete the oldest until all take at most so much, as 50GB",
            "--total-size");

    private final Argument<Duration> evidenceAge = Argument.option(
            Duration.class,
            new DurationOption(),
            "DURATION",
            "delete what failed operations have left, when it is older than this",
            "--evidence-age");

    private final Argument<Boolean> dryRun =
            Argument.flag("tell what would be deleted, and why; change nothing", "-n", "--dry-run");

    public PruneCommand(Console console, Workbench workbench, Session session) {
        this.console = console;
        this.workbench = workbench;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "prune",
                        "delete releases and snapshots that are no longer needed",
                        "",
                        "By what [retention] in ccupgrade.toml says, or these options in its place. Never deleted are the current release, the one that"
                                + " rollback would go to, those that are pinned, and the newest snapshot of the state of each of them."),
                releases,
                snapshots,
                age,
                totalSize,
                evidenceAge,
                dryRun);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        Upgrades upgrades = workbench.upgrades();
        OutcomeView view = new OutcomeView(console);
        Retention retention = retention();
        return dryRun.isGiven() ? view.show(upgrades.previewPrune(retention)) : view.show(upgrades.prune(retention));
    }

    private Retention retention() throws Fault {
        Long size = totalSize.orNull();
        if (releases.orNull() == null
                && snapshots.orNull() == null
                && age.orNull() == null
                && size == null
                && evidenceAge.orNull() == null) {
            return session.deployment().config().retention();
        }
        return new Retention(
                positive("--releases", releases.orNull()),
                positive("--snapshots", snapshots.orNull()),
                age.orNull(),
                size == null ? 0 : size,
                evidenceAge.orNull());
    }

    private static int positive(String option, @Nullable Integer number) throws Fault {
        if (number != null && number < 1) {
            throw new Misuse("cannot prune: " + option + " " + number + " keeps nothing", "give a number from 1 on");
        }
        return number == null ? 0 : number;
    }
}
