package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ccupgrade recover}. */
@Command(
        name = "recover",
        description = {
            "finish an interrupted operation, or take it back",
            "",
            "After a crash, a kill or a power failure. What had passed the point of no return is finished; anything else is taken back. Does nothing when nothing was interrupted."
        })
public final class RecoverCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;

    @Option(
            names = "--boot",
            description =
                    "for a boot script, before it starts the service: take back what was not finished, and start nothing")
    private boolean boot;

    public RecoverCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console)
                .show(
                        boot
                                ? workbench.upgrades().recoverAtBoot()
                                : workbench.upgrades().recover());
    }
}
