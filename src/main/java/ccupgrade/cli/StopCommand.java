package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code ccupgrade stop}. */
@Command(
        name = "stop",
        description = {
            "stop the service",
            "",
            "Asks it to end, and ends it when it does not within the stop-timeout of [service]."
        })
public final class StopCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;

    public StopCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console).show(workbench.upgrades().stop());
    }
}
