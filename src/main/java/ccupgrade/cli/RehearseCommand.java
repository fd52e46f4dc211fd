package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.RehearsalRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ccupgrade rehearse}. */
@Command(
        name = "rehearse",
        description = {
            "run a release's migration on a copy, while the service works on",
            "",
            "Tells how long the migration takes, what it makes of the schema and the rows, how much disk it needs,"
                    + " and how long the service would be away. Touches nothing of the service.",
            "",
            "Where [rehearsal] in ccupgrade.toml says how, the release is also started on the copy, at another port, until it is"
                    + " healthy."
        })
public final class RehearseCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;

    @Parameters(paramLabel = "FILE", description = "the release to rehearse")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Mixin
    private final ProofOptions proofs = new ProofOptions();

    @Option(
            names = "--replace",
            paramLabel = "FILE=NEW",
            description = "replace a configuration file in the copy, as install would; may be repeated")
    private List<String> replacements = List.of();

    @Option(names = "--accept-row-loss", description = "do not fail when the migration empties tables that had rows")
    private boolean acceptRowLoss;

    @Option(
            names = "--accept-low-space",
            description = "go on although the space on disk may not suffice; it is ended before the disk is full")
    private boolean acceptLowSpace;

    public RehearseCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console)
                .show(workbench
                        .upgrades()
                        .rehearse(new RehearsalRequest(
                                file, proofs.proofs(), replacements, acceptRowLoss, acceptLowSpace)));
    }
}
