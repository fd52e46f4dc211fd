package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ccupgrade snapshot export}. */
@Command(
        name = "export",
        description = {
            "copy a snapshot to elsewhere, as plain files",
            "",
            "The databases are decompressed, compared with what the snapshot says, and checked by SQLite. The directory is there when all of"
                    + " it is whole and on the disk, or not at all. Nothing is overwritten, and the service may work meanwhile."
        })
public final class SnapshotExportCommand implements Callable<ExitCode> {

    private final Console console;
    private final Workbench workbench;

    @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "its name in the list")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String snapshot;

    @Parameters(index = "1", paramLabel = "DIR", description = "a directory that is not there yet, in one that is")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path directory;

    @Option(names = "--archive", description = "copy the archive, too")
    private boolean archive;

    public SnapshotExportCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        Path target = directory.toAbsolutePath().normalize();
        workbench.copies().export(snapshot, target, archive);
        if (console.isJson()) {
            console.json("export", new Document(ExitCode.DONE.number(), snapshot, target));
        } else {
            console.say(
                    "snapshot " + snapshot + " is in " + target + ", compared with what was taken, and on the disk");
        }
        return ExitCode.DONE;
    }

    /** The JSON of an export. */
    record Document(int exitCode, String snapshot, Path directory) {}
}
