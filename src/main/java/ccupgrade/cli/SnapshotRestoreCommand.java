package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.Upgrades;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade snapshot restore}. */
public final class SnapshotRestoreCommand implements Declared {

    private final Console console;
    private final Workbench workbench;
    private final Confirm confirm;

    private final Argument<String> snapshot = Argument.parameter(0, String.class, "SNAPSHOT", "its name in the list");

    private final Argument<Boolean> acceptDataLoss =
            Argument.flag("lose what was written since that snapshot was taken", "--accept-data-loss");

    private final Argument<Boolean> dryRun = Argument.flag(
            "tell what would be done or refused, and with which exit code; change nothing", "-n", "--dry-run");

    public SnapshotRestoreCommand(Console console, Workbench workbench, Confirm confirm) {
        this.console = console;
        this.workbench = workbench;
        this.confirm = confirm;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "restore",
                        "put the state of a snapshot in the place of the present one",
                        "",
                        "The release stays, so it has to be one that works on that state; to go back to an older release with its state: ccupgrade"
                                + " rollback. What was written since the snapshot would be lost: that is refused until you accept it. The state that is"
                                + " given up is kept as a snapshot, and everything is taken back when the service is not healthy afterwards."),
                snapshot,
                acceptDataLoss,
                dryRun);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        Upgrades upgrades = workbench.upgrades();
        OutcomeView view = new OutcomeView(console);
        if (dryRun.isGiven()) {
            return view.show(upgrades.previewRestore(snapshot.get(), acceptDataLoss.isGiven()));
        }
        // As with rollback: a second look costs nothing where somebody can be asked.
        if (acceptDataLoss.isGiven() && console.canAsk()) {
            confirm.ask("put back snapshot " + snapshot.get() + ", and lose what was written since?");
        }
        return view.show(upgrades.restore(snapshot.get(), acceptDataLoss.isGiven()));
    }
}
