package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.RollbackRequest;
import ccupgrade.upgrade.Upgrades;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade rollback}. */
public final class RollbackCommand implements Declared {

    private final Console console;
    private final Workbench workbench;
    private final Confirm confirm;

    private final Argument<String> release = Argument.optionalParameter(
            String.class,
            "RELEASE",
            "its number, the first digits of it, or its version; default: the last good one before the current");

    private final Argument<Boolean> acceptDataLoss =
            Argument.flag("lose what was written since that release was left", "--accept-data-loss");

    private final Argument<Boolean> dryRun = Argument.flag(
            "tell what would be done or refused, and with which exit code; change nothing", "-n", "--dry-run");

    public RollbackCommand(Console console, Workbench workbench, Confirm confirm) {
        this.console = console;
        this.workbench = workbench;
        this.confirm = confirm;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "rollback",
                        "go back to an earlier release",
                        "",
                        "If the schema of the databases is the one that the release last ran on, only the link changes and every row is kept. If"
                                + " not, its state has to come back with it, and what was written since would be lost: that is refused"
                                + " until you accept it. The state that is given up is kept as a snapshot."),
                release,
                acceptDataLoss,
                dryRun);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        Upgrades upgrades = workbench.upgrades();
        RollbackRequest request = new RollbackRequest(release.orNull(), acceptDataLoss.isGiven());
        OutcomeView view = new OutcomeView(console);
        if (dryRun.isGiven()) {
            return view.show(upgrades.previewRollback(request));
        }
        // The dangerous flag is an answer by itself where nobody can be asked; on a terminal a second look costs
        // nothing.
        if (acceptDataLoss.isGiven() && console.canAsk()) {
            confirm.ask("go back, and lose what was written since?");
        }
        return view.show(upgrades.rollback(request));
    }
}
