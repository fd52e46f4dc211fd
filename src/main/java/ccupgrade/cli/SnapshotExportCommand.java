package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade snapshot export}. */
public final class SnapshotExportCommand implements Declared {

    private final Console console;
    private final Workbench workbench;

    private final Argument<String> snapshot = Argument.parameter(0, String.class, "SNAPSHOT", "its name in the list");

    private final Argument<Path> directory =
            Argument.parameter(1, Path.class, "DIR", "a directory that is not there yet, in one that is");

    private final Argument<Boolean> archive = Argument.flag("copy the archive, too", "--archive");

    public SnapshotExportCommand(Console console, Workbench workbench) {
        this.console = console;
        this.workbench = workbench;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "export",
                        "copy a snapshot to elsewhere, as plain files",
                        "",
                        "The databases are decompressed, compared with what the snapshot says, and checked by SQLite. The directory is there when all of"
                                + " it is whole and on the disk, or not at all. Nothing is overwritten, and the service may work meanwhile."),
                snapshot,
                directory,
                archive);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        Path target = directory.get().toAbsolutePath().normalize();
        workbench.copies().export(snapshot.get(), target, archive.isGiven());
        if (console.isJson()) {
            console.json("export", new Document(ExitCode.DONE.number(), snapshot.get(), target));
        } else {
            console.say("snapshot " + snapshot.get() + " is in " + target
                    + ", compared with what was taken, and on the disk");
        }
        return ExitCode.DONE;
    }

    /** The JSON of an export. */
    record Document(int exitCode, String snapshot, Path directory) {}
}
