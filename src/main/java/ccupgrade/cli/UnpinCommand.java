package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ccupgrade unpin}. */
@Command(name = "unpin", description = "let prune delete a release again that was pinned")
public final class UnpinCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;

    @Parameters(paramLabel = "RELEASE", description = "its number, the first digits of it, or its version")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String release;

    public UnpinCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console).show(workbench.upgrades().unpin(release));
    }
}
