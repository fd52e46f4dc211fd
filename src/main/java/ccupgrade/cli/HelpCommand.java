package ccupgrade.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code ccupgrade help install}, as people type it. picocli's own has a {@code -h} that the inherited one collides with. */
@Command(name = "help", description = "print the help of a command")
public final class HelpCommand implements Callable<ExitCode> {

    private final Console console;

    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "the command; default: all of them, shortly")
    private @Nullable String command;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    public HelpCommand(Console console) {
        this.console = console;
    }

    @Override
    public ExitCode call() {
        CommandLine line = spec.root().commandLine();
        CommandLine asked = command == null ? line : line.getSubcommands().get(command);
        if (asked == null) {
            throw new UnmatchedArgumentException(line, List.of(String.valueOf(command)));
        }
        line.setUsageHelpWidth(console.helpWidth());
        asked.usage(line.getOut());
        return ExitCode.DONE;
    }
}
