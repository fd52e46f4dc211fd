package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.SnapshotRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ccupgrade snapshot create}. */
@Command(
        name = "create",
        description = {
            "take a snapshot of the state",
            "",
            "While the service works on. Each database is as one moment left it; of several one may be some moments older than another,"
                    + " unless --stop is given, or the service is stopped already."
        })
public final class SnapshotCreateCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;

    @Option(names = "--note", paramLabel = "TEXT", description = "why, for whoever sees it in the list")
    private @Nullable String note;

    @Option(names = "--stop", description = "stop the service for it, and start it again: all is of one moment then")
    private boolean stop;

    @Option(names = "--archive", description = "keep the files of the archive, too")
    private boolean archive;

    public SnapshotCreateCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        return new OutcomeView(console).show(workbench.upgrades().snapshot(new SnapshotRequest(note, stop, archive)));
    }
}
