package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade start}. */
public final class StartCommand implements Declared {

    private final Console console;
    private final Workbench workbench;

    public StartCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public CommandSpec declare() {
        return command(
                "start",
                "start the service",
                "",
                "Starts the current release and waits until it is healthy. An interrupted operation is ended first: a service is never started on a state that is between two versions.");
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console).show(workbench.upgrades().start());
    }
}
