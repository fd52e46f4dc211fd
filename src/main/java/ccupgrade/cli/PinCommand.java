package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ccupgrade pin}. */
@Command(
        name = "pin",
        description = {
            "keep a release, whatever prune is told",
            "",
            "With it the newest snapshot of its state is kept. To let go of it again: ccupgrade unpin."
        })
public final class PinCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;

    @Parameters(paramLabel = "RELEASE", description = "its number, the first digits of it, or its version")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String release;

    @Option(names = "--note", paramLabel = "TEXT", description = "why, for whoever sees it in the list")
    private @Nullable String note;

    public PinCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console).show(workbench.upgrades().pin(release, note));
    }
}
