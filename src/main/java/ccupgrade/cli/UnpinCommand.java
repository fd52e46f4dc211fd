package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade unpin}. */
public final class UnpinCommand implements Declared {

    private final Console console;
    private final Workbench workbench;

    private final Argument<String> release =
            Argument.parameter(0, String.class, "RELEASE", "its number, the first digits of it, or its version");

    public UnpinCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(command("unpin", "let prune delete a release again that was pinned"), release);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console).show(workbench.upgrades().unpin(release.get()));
    }
}
