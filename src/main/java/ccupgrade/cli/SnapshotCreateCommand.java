package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.SnapshotRequest;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade snapshot create}. */
public final class SnapshotCreateCommand implements Declared {

    private final Console console;
    private final Workbench workbench;

    private final Argument<String> note =
            Argument.option(String.class, "TEXT", "why, for whoever sees it in the list", "--note");

    private final Argument<Boolean> stop =
            Argument.flag("stop the service for it, and start it again: all is of one moment then", "--stop");

    private final Argument<Boolean> archive = Argument.flag("keep the files of the archive, too", "--archive");

    public SnapshotCreateCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "create",
                        "take a snapshot of the state",
                        "",
                        "While the service works on. Each database is as one moment left it; of several one may be some moments older than another,"
                                + " unless --stop is given, or the service is stopped already."),
                note,
                stop,
                archive);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console)
                .show(workbench
                        .upgrades()
                        .snapshot(new SnapshotRequest(note.orNull(), stop.isGiven(), archive.isGiven())));
    }
}
