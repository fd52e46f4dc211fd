package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade stop}. */
public final class StopCommand implements Declared {

    private final Console console;
    private final Workbench workbench;

    public StopCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public CommandSpec declare() {
        return command(
                "stop",
                "stop the service",
                "",
                "Asks it to end, and kills it when it has not ended within the stop-timeout of [service].");
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console).show(workbench.upgrades().stop());
    }
}
