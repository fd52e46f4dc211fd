package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.InstallRequest;
import ccupgrade.upgrade.Upgrades;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ccupgrade install}. */
@Command(
        name = "install",
        description = {
            "replace the running release by the one in a file",
            "",
            "The file is a jar, an executable, a script or an archive: tar.gz, tar.zst, tar.xz, tar or zip.",
            "",
            "Copies it into the releases, stops the service, takes a snapshot of its databases, lets the new release migrate them,"
                    + " points the link to it, starts it and watches it. If anything goes wrong, everything is taken back."
        })
public final class InstallCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;

    @Parameters(paramLabel = "FILE", description = "the release to install; it is copied and left as it is")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Mixin
    private final ProofOptions proofs = new ProofOptions();

    @Option(
            names = {"-n", "--dry-run"},
            description = "tell what would be done or refused, and with which exit code; change nothing")
    private boolean dryRun;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "what to call the release; default: what it calls itself")
    private @Nullable String name;

    @Option(
            names = "--rehearse",
            description = "rehearse it first, as 'ccupgrade rehearse' does, and go on only when that went well")
    private boolean rehearse;

    @Option(names = "--without-rehearsal", description = "go on although a rehearsal is due or has failed")
    private boolean withoutRehearsal;

    @Option(
            names = "--max-downtime",
            paramLabel = "DURATION",
            converter = DurationOption.class,
            description = "refuse when the forecast of the downtime may be longer: 90s, 10m")
    private @Nullable Duration maxDowntime;

    @Option(
            names = "--replace",
            paramLabel = "FILE=NEW",
            description =
                    "replace a configuration file (one of files in [state]) by a new one; {release-dir}/PATH names one that comes with the release; may be repeated")
    private List<String> replacements = List.of();

    @Option(names = "--accept-row-loss", description = "let the migration empty tables that had rows")
    private boolean acceptRowLoss;

    @Option(names = "--accept-low-space", description = "go on although the space on disk may not suffice")
    private boolean acceptLowSpace;

    public InstallCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        Upgrades upgrades = workbench.upgrades();
        InstallRequest request = new InstallRequest(
                file,
                proofs.proofs(),
                name,
                rehearse,
                withoutRehearsal,
                maxDowntime,
                replacements,
                acceptRowLoss,
                acceptLowSpace);
        OutcomeView view = new OutcomeView(console);
        return dryRun ? view.show(upgrades.previewInstall(request)) : view.show(upgrades.install(request));
    }
}
