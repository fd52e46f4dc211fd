package ccupgrade.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ccupgrade snapshot}, which is nothing without the name of what is to be done. */
@Command(
        name = "snapshot",
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "list, create, verify, restore or export snapshots of the state",
            "",
            "A snapshot holds the databases, the configuration files and, where that is asked for, the archive, as they were at one time."
                    + " Each upgrade that has a way back takes one; prune deletes those that are no longer needed."
        })
public final class SnapshotCommand implements Callable<ExitCode> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() {
        throw new MissingParameterException(
                spec.commandLine(),
                List.of(),
                "snapshot needs a command: "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
