package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade pin}. */
public final class PinCommand implements Declared {

    private final Console console;
    private final Workbench workbench;

    private final Argument<String> release =
            Argument.parameter(0, String.class, "RELEASE", "its number, the first digits of it, or its version");

    private final Argument<String> note =
            Argument.option(String.class, "TEXT", "why, for whoever sees it in the list", "--note");

    public PinCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "pin",
                        "keep a release, whatever prune is told",
                        "",
                        "With it the newest snapshot of its state is kept. To let go of it again: ccupgrade unpin."),
                release,
                note);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console).show(workbench.upgrades().pin(release.get(), note.orNull()));
    }
}
