package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade recover}. */
public final class RecoverCommand implements Declared {

    private final Console console;
    private final Workbench workbench;

    private final Argument<Boolean> boot = Argument.flag(
            "for a boot script, before it starts the service: take back what was not finished, and start nothing",
            "--boot");

    public RecoverCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "recover",
                        "finish an interrupted operation, or take it back",
                        "",
                        "After a crash, a kill or a power failure. What had passed the point of no return is finished; anything else is taken back. Does nothing when nothing was interrupted."),
                boot);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console)
                .show(
                        boot.isGiven()
                                ? workbench.upgrades().recoverAtBoot()
                                : workbench.upgrades().recover());
    }
}
