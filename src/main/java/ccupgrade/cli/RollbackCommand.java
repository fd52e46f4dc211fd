package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.RollbackRequest;
import ccupgrade.upgrade.Upgrades;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ccupgrade rollback}. */
@Command(
        name = "rollback",
        description = {
            "go back to an earlier release",
            "",
            "If the schema of the databases is the one that the release last ran on, only the link changes and every row is kept. If"
                    + " not, its state has to come back with it, and what was written since would be lost: that is refused"
                    + " until you accept it. The state that is given up is kept as a snapshot."
        })
public final class RollbackCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;
    private final Confirm confirm;

    @Parameters(
            arity = "0..1",
            paramLabel = "RELEASE",
            description =
                    "its number, the first digits of it, or its version; default: the last good one before the current")
    private @Nullable String release;

    @Option(names = "--accept-data-loss", description = "lose what was written since that release was left")
    private boolean acceptDataLoss;

    @Option(
            names = {"-n", "--dry-run"},
            description = "tell what would be done or refused, and with which exit code; change nothing")
    private boolean dryRun;

    public RollbackCommand(Console console, Workbench workbench, Confirm confirm) {
        this.console = console;
        this.workbench = workbench;
        this.confirm = confirm;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        Upgrades upgrades = workbench.upgrades();
        RollbackRequest request = new RollbackRequest(release, acceptDataLoss);
        OutcomeView view = new OutcomeView(console);
        if (dryRun) {
            return view.show(upgrades.previewRollback(request));
        }
        // The dangerous flag is an answer by itself where nobody can be asked; on a terminal a second look costs
        // nothing.
        if (acceptDataLoss && console.canAsk()) {
            confirm.ask("go back, and lose what was written since?");
        }
        return view.show(upgrades.rollback(request));
    }
}
