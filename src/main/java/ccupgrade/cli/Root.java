package ccupgrade.cli;

import ccupgrade.fault.Busy;
import ccupgrade.fault.Refused;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code ccupgrade} itself: what all commands have in common, and the one place where failures become words and exit codes. */
public final class Root
        implements Declared, IExecutionStrategy, IParameterExceptionHandler, IExecutionExceptionHandler {

    static final String NAME = "ccupgrade";

    /** What one can do, then how it is done, then what all of it has in common. */
    private static final List<String> COMMANDS_FIRST = List.of(
            UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING,
            UsageMessageSpec.SECTION_KEY_SYNOPSIS,
            UsageMessageSpec.SECTION_KEY_DESCRIPTION_HEADING,
            UsageMessageSpec.SECTION_KEY_DESCRIPTION,
            UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING,
            UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
            UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING,
            UsageMessageSpec.SECTION_KEY_OPTION_LIST,
            UsageMessageSpec.SECTION_KEY_FOOTER_HEADING,
            UsageMessageSpec.SECTION_KEY_FOOTER);

    private final Console console;

    private final GlobalOptions options;

    @SuppressWarnings("NullAway.Init") // what is not declared is not called
    private CommandSpec spec;

    private Root(Console console, GlobalOptions options) {
        this.console = console;
        this.options = options;
    }

    @Override
    public CommandSpec declare() {
        spec = command(
                NAME,
                "Replaces the program behind a running service and looks after its data: snapshot, migration, switch, start,"
                        + " health check; and everything taken back by itself when one of them fails.");
        spec.versionProvider(new ManifestVersion());
        options.addTo(spec);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .order(110)
                .scopeType(ScopeType.INHERIT)
                .description("print this help")
                .build());
        spec.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .order(111)
                .description("print the version")
                .build());
        return spec;
    }

    /**
     * The command line, whole. Its {@code execute} never throws and returns the {@linkplain ExitCode#number number} to end with.
     *
     * @param options filled while the line is parsed; the commands hold the same one
     * @param commands in the order of the help: the common case first. Each is {@link Declared}, or a command of picocli's that is a
     *     {@code Callable<ExitCode>}; what it throws is reported through {@link Problem#of(Throwable)}
     */
    public static CommandLine commandLine(Console console, GlobalOptions options, Object... commands) {
        Root root = new Root(console, options);
        CommandLine line = new CommandLine(root.declare());
        for (Object command : commands) {
            line.addSubcommand(command instanceof Declared declared ? declared.declare() : command);
        }
        line.getCommandSpec().usageMessage().footer(footer()).sectionKeys(COMMANDS_FIRST);
        simplify(line);
        showExamples("", line);
        line.registerConverter(Path.class, new PathConverter());
        // Files named after an @ are no lists of arguments here.
        line.setExpandAtFiles(false);
        line.setOut(writer(console.outStream()));
        line.setErr(writer(console.errStream()));
        line.setExecutionStrategy(root);
        line.setParameterExceptionHandler(root);
        line.setExecutionExceptionHandler(root);
        return line;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine where, ParseResult parsed) {
        return console.report(problem(failure)).number();
    }

    /** What is refused outright has no outcome that would tell how things stand. */
    private static Problem problem(Exception failure) {
        Problem problem = Problem.of(failure);
        boolean untouched = failure instanceof Refused || failure instanceof Busy;
        return untouched ? problem.standing("nothing was changed") : problem;
    }

    /** A class with a name, as this one is for its handlers: of what a lambda makes of picocli's old classes no archive can be made. */
    private static final class PathConverter implements ITypeConverter<Path> {

        @Override
        public Path convert(String word) {
            try {
                return Path.of(word);
            } catch (InvalidPathException e) {
                throw new TypeConversionException("'" + word + "' cannot be the name of a file: " + e.getReason());
            }
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private static void simplify(CommandLine line) {
        line.getCommandSpec()
                .usageMessage()
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .synopsisHeading("usage: ")
                .descriptionHeading("%n")
                .parameterListHeading("%n")
                .optionListHeading("%noptions:%n")
                .commandListHeading("%ncommands:%n");
        line.getSubcommands().values().forEach(Root::simplify);
    }

    private static void showExamples(String words, CommandLine line) {
        line.getSubcommands().forEach((name, command) -> {
            command.getCommandSpec()
                    .usageMessage()
                    .footer(Examples.of(words + name).toArray(String[]::new));
            showExamples(words + name + " ", command);
        });
    }

    private static String[] footer() {
        List<String> lines = new ArrayList<>(Examples.of(NAME));
        lines.add("");
        lines.add("exit codes:");
        lines.addAll(ExitCode.help());
        return lines.toArray(String[]::new);
    }

    /** Without a command there is nothing to do but to say what there is. */
    @Override
    public ExitCode call() {
        CommandLine line = spec.commandLine();
        line.setUsageHelpWidth(console.helpWidth());
        line.usage(line.getErr());
        return ExitCode.USAGE;
    }

    @Override
    public int execute(ParseResult parsed) {
        CommandLine line = parsed.commandSpec().commandLine();
        console.obey(options);
        line.setColorScheme(Help.defaultColorScheme(console.colourOut() ? Help.Ansi.ON : Help.Ansi.OFF));
        if (asksForHelp(parsed)) {
            // Only now, because to know the width may take a process.
            line.setUsageHelpWidth(console.helpWidth());
        }
        try {
            int code = new RunLast().execute(parsed);
            return lastResult(parsed) instanceof ExitCode outcome ? outcome.number() : code;
        } catch (StackOverflowError | OutOfMemoryError | LinkageError | AssertionError e) {
            return console.report(Problem.of(e)).number();
        }
    }

    private static boolean asksForHelp(ParseResult parsed) {
        for (ParseResult each = parsed; each != null; each = each.subcommand()) {
            if (each.isUsageHelpRequested()) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Object lastResult(ParseResult parsed) {
        ParseResult last = parsed;
        while (last.subcommand() != null) {
            last = last.subcommand();
        }
        return last.commandSpec().commandLine().getExecutionResult();
    }

    /** The line is wrong: says so in a line or two. The whole help would push the reason off the screen. */
    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        console.obey(options);
        CommandSpec command = failure.getCommandLine().getCommandSpec();
        String next = command.qualifiedName() + " --help";
        if (!(failure instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return misuse(decapitalized(String.valueOf(failure.getMessage())), next);
        }
        String typed = unmatched.getUnmatched().get(0);
        boolean isOption = unmatched.isUnknownOption();
        boolean isCommand = !isOption && !command.subcommands().isEmpty();
        String name = isOption && typed.contains("=") ? typed.substring(0, typed.indexOf('=')) : typed;
        Set<String> known =
                isOption ? command.optionsMap().keySet() : command.subcommands().keySet();
        String guess = Spelling.nearest(name, known)
                .map(meant -> "did you mean " + meant + "? see ")
                .orElse("");
        String what = isOption ? "unknown option " : isCommand ? "unknown command " : "unexpected argument ";
        return misuse(what + name, guess + next);
    }

    private int misuse(String message, String next) {
        return console.report(Problem.of(ExitCode.USAGE, message, next)).number();
    }

    private static String decapitalized(String message) {
        return message.isEmpty() ? message : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    /** The version that the packaged jar's manifest names; classes run from elsewhere have none. */
    static final class ManifestVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Root.class.getPackage().getImplementationVersion();
            return new String[] {"ccupgrade " + (version == null ? "(development)" : version)};
        }
    }
}
