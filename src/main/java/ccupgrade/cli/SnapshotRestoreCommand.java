package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.Upgrades;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ccupgrade snapshot restore}. */
@Command(
        name = "restore",
        description = {
            "put the state of a snapshot in the place of the present one",
            "",
            "The release stays, so it has to be one that works on that state; to go back to an older release with its state: ccupgrade"
                    + " rollback. What was written since the snapshot would be lost: that is refused until you accept it. The state that is"
                    + " given up is kept as a snapshot, and everything is taken back when the service is not healthy afterwards."
        })
public final class SnapshotRestoreCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;
    private final Confirm confirm;

    @Parameters(paramLabel = "SNAPSHOT", description = "its name in the list")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String snapshot;

    @Option(names = "--accept-data-loss", description = "lose what was written since that snapshot was taken")
    private boolean acceptDataLoss;

    @Option(
            names = {"-n", "--dry-run"},
            description = "tell what would be done or refused, and with which exit code; change nothing")
    private boolean dryRun;

    public SnapshotRestoreCommand(Console console, Workbench workbench, Confirm confirm) {
        this.console = console;
        this.workbench = workbench;
        this.confirm = confirm;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        Upgrades upgrades = workbench.upgrades();
        OutcomeView view = new OutcomeView(console);
        if (dryRun) {
            return view.show(upgrades.previewRestore(snapshot, acceptDataLoss));
        }
        // As with rollback: a second look costs nothing where somebody can be asked.
        if (acceptDataLoss && console.canAsk()) {
            confirm.ask("put back snapshot " + snapshot + ", and lose what was written since?");
        }
        return view.show(upgrades.restore(snapshot, acceptDataLoss));
    }
}
