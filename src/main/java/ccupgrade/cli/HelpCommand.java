package ccupgrade.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code ccupgrade help install}, as people type it. picocli's own has a {@code -h} that the inherited one collides with. */
public final class HelpCommand implements Declared {

    private final Console console;

    private final Argument<String> command =
            Argument.optionalParameter(String.class, "COMMAND", "the command; default: all of them, shortly");

    @SuppressWarnings("NullAway.Init") // what is not declared is not called
    private CommandSpec spec;

    public HelpCommand(Console console) {
        this.console = console;
    }

    @Override
    public CommandSpec declare() {
        spec = Declared.with(command("help", "print the help of a command"), command);
        return spec;
    }

    @Override
    public ExitCode call() {
        CommandLine line = spec.root().commandLine();
        String name = command.orNull();
        CommandLine asked = name == null ? line : line.getSubcommands().get(name);
        if (asked == null) {
            throw new UnmatchedArgumentException(line, List.of(String.valueOf(name)));
        }
        line.setUsageHelpWidth(console.helpWidth());
        asked.usage(line.getOut());
        return ExitCode.DONE;
    }
}
