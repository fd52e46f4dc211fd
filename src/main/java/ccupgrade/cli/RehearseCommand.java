package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.RehearsalRequest;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade rehearse}. */
public final class RehearseCommand implements Declared {

    private final Console console;
    private final Workbench workbench;

    private final Argument<Path> file = Argument.parameter(0, Path.class, "FILE", "the release to rehearse");

    private final ProofOptions proofs = new ProofOptions();

    private final Argument<String> replacements = Argument.texts(
            "FILE=NEW", "replace a configuration file in the copy, as install would; may be repeated", "--replace");

    private final Argument<Boolean> acceptRowLoss =
            Argument.flag("do not fail when the migration empties tables that had rows", "--accept-row-loss");

    private final Argument<Boolean> acceptLowSpace = Argument.flag(
            "go on although the space on disk may not suffice; it is ended before the disk is full",
            "--accept-low-space");

    public RehearseCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public CommandSpec declare() {
        CommandSpec command = command(
                "rehearse",
                "run a release's migration on a copy, while the service works on",
                "",
                "Tells how long the migration takes, what it makes of the schema and the rows, how much disk it needs,"
                        + " and how long the service would be away. Touches nothing of the service.",
                "",
                "Where [rehearsal] in ccupgrade.toml says how, the release is also started on the copy, at another port, until it is"
                        + " healthy.");
        Declared.with(command, file);
        proofs.addTo(command);
        return Declared.with(command, replacements, acceptRowLoss, acceptLowSpace);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console)
                .show(workbench
                        .upgrades()
                        .rehearse(new RehearsalRequest(
                                file.get(),
                                proofs.proofs(),
                                replacements.all(),
                                acceptRowLoss.isGiven(),
                                acceptLowSpace.isGiven())));
    }
}
