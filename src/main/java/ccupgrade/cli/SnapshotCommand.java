package ccupgrade.cli;

import java.util.List;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade snapshot}, which is nothing without the name of what is to be done. */
public final class SnapshotCommand implements Declared {

    @SuppressWarnings("NullAway.Init") // what is not declared is not called
    private CommandSpec spec;

    @Override
    public CommandSpec declare() {
        spec = command(
                "snapshot",
                "list, create, verify, restore or export snapshots of the state",
                "",
                "A snapshot holds the databases, the configuration files and, where that is asked for, the archive, as they were at one time."
                        + " Each upgrade that has a way back takes one; prune deletes those that are no longer needed.");
        spec.usageMessage().synopsisSubcommandLabel("COMMAND");
        return spec;
    }

    @Override
    public ExitCode call() {
        throw new MissingParameterException(
                spec.commandLine(),
                List.of(),
                "snapshot needs a command: "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
