package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.InstallRequest;
import ccupgrade.upgrade.Upgrades;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade install}. */
public final class InstallCommand implements Declared {

    private final Console console;
    private final Workbench workbench;

    private final Argument<Path> file =
            Argument.parameter(0, Path.class, "FILE", "the release to install; it is copied and left as it is");

    private final ProofOptions proofs = new ProofOptions();

    private final Argument<Boolean> dryRun = Argument.flag(
            "tell what would be done or refused, and with which exit code; change nothing", "-n", "--dry-run");

    private final Argument<String> name =
            Argument.option(String.class, "NAME", "what to call the release; default: what it calls itself", "--name");

    private final Argument<Boolean> rehearse = Argument.flag(
            "rehearse it first, as 'ccupgrade rehearse' does, and go on only when that went well", "--rehearse");

    private final Argument<Boolean> withoutRehearsal =
            Argument.flag("go on although a rehearsal is due or has failed", "--without-rehearsal");

    private final Argument<Duration> maxDowntime = Argument.option(
            Duration.class,
            new DurationOption(),
            "DURATION",
            "refuse when the forecast of the downtime may be longer: 90s, 10m",
            "--max-downtime");

    private final Argument<String> replacements = Argument.texts(
            "FILE=NEW",
            "replace a configuration file (one of files in [state]) by a new one; {release-dir}/PATH names one that comes with the release; may be repeated",
            "--replace");

    private final Argument<Boolean> acceptRowLoss =
            Argument.flag("let the migration empty tables that had rows", "--accept-row-loss");

    private final Argument<Boolean> acceptLowSpace =
            Argument.flag("go on although the space on disk may not suffice", "--accept-low-space");

    public InstallCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public CommandSpec declare() {
        CommandSpec command = command(
                "install",
                "replace the running release by the one in a file",
                "",
                "The file is a jar, an executable, a script or an archive: tar.gz, tar.zst, tar.xz, tar or zip.",
                "",
                "Copies it into the releases, stops the service, takes a snapshot of its databases, lets the new release migrate them,"
                        + " points the link to it, starts it and watches it. If anything goes wrong, everything is taken back.");
        // What is given most comes first in the help.
        Declared.with(command, file, dryRun, name, rehearse, withoutRehearsal, maxDowntime);
        proofs.addTo(command);
        return Declared.with(command, replacements, acceptRowLoss, acceptLowSpace);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        Upgrades upgrades = workbench.upgrades();
        InstallRequest request = new InstallRequest(
                file.get(),
                proofs.proofs(),
                name.orNull(),
                rehearse.isGiven(),
                withoutRehearsal.isGiven(),
                maxDowntime.orNull(),
                replacements.all(),
                acceptRowLoss.isGiven(),
                acceptLowSpace.isGiven());
        OutcomeView view = new OutcomeView(console);
        return dryRun.isGiven() ? view.show(upgrades.previewInstall(request)) : view.show(upgrades.install(request));
    }
}
