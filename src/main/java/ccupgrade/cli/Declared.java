package ccupgrade.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** A command that tells picocli itself how it is called, so that nothing has to be looked for by reflection. */
interface Declared extends Callable<ExitCode> {

    /** How it is called, what its help says, what it takes. */
    CommandSpec declare();

    /** @param description the first line stands in the list of all commands, too */
    default CommandSpec command(String name, String... description) {
        CommandSpec command = CommandSpec.wrapWithoutInspection(this).name(name);
        command.usageMessage().description(description);
        return command;
    }

    /** A command with these arguments, in the order of its help. */
    static CommandSpec with(CommandSpec command, Argument<?>... arguments) {
        for (Argument<?> argument : arguments) {
            argument.addTo(command);
        }
        return command;
    }
}
