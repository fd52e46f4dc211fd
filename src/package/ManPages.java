import ccupgrade.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes a man page for ccupgrade and one for each of its commands, from the same model that parses the command line and prints the
 * help: {@code ManPages DIRECTORY VERSION DATE}.
 */
class ManPages {

    private static final String SECTION = "1";

    private final StringBuilder page = new StringBuilder();
    private final String version;
    private final String date;

    private ManPages(String version, String date) {
        this.version = version;
        this.date = date;
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        CommandSpec root = Main.commandLine("--help").getCommandSpec();
        write(directory, "ccupgrade", new ManPages(arguments[1], arguments[2]).ofRoot(root));
        for (CommandSpec command : visible(root)) {
            String name = "ccupgrade-" + command.name();
            write(directory, name, new ManPages(arguments[1], arguments[2]).of(command, root));
        }
    }

    private static void write(Path directory, String name, String text) throws IOException {
        Files.writeString(directory.resolve(name + "." + SECTION), text);
    }

    private static List<CommandSpec> visible(CommandSpec root) {
        return root.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(command -> !command.usageMessage().hidden())
                .toList();
    }

    private String ofRoot(CommandSpec root) {
        List<String> description = List.of(root.usageMessage().description());
        title("ccupgrade");
        section("NAME");
        line("ccupgrade \\- replace the program behind a running service and look after its data");
        section("SYNOPSIS");
        line("\\fBccupgrade\\fR [\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]");
        section("DESCRIPTION");
        paragraphs(description);
        line(".PP");
        line(text("A deployment is one service in one directory, its home, which is named by -C, or is the nearest directory upwards with a"
                + " ccupgrade.toml. What is known of it beforehand is checked before anything is touched; what fails is taken back."));
        section("COMMANDS");
        for (CommandSpec command : visible(root)) {
            line(".TP");
            line("\\fBccupgrade " + text(command.name()) + "\\fR");
            line(text(first(command)));
        }
        section("OPTIONS OF EVERY COMMAND");
        options(root.options());
        footer(root);
        section("FILES");
        file("ccupgrade.toml", "what is to be known of the service; ccupgrade init writes one that explains every key");
        file("releases/", "the releases, named by the second of their installation, and current, the link to the active one");
        file(".ccupgrade/", "journals of the operations, snapshots, the history; ccupgrade's own");
        section("ENVIRONMENT");
        file("NO_COLOR", "no colour, as --no-color");
        file("CCUPGRADE_DEBUG", "1 adds a stack trace to an error");
        file("JAVA_HOME, PATH", "where the java is that runs releases which are jars; ccupgrade itself may have its own");
        section("SEE ALSO");
        List<String> others = new ArrayList<>();
        visible(root).forEach(command -> others.add("\\fBccupgrade\\-" + text(command.name()) + "\\fR(" + SECTION + ")"));
        line(String.join(", ", others));
        return page.toString();
    }

    private String of(CommandSpec command, CommandSpec root) {
        List<String> description = List.of(command.usageMessage().description());
        title("ccupgrade-" + command.name());
        section("NAME");
        line("ccupgrade\\-" + text(command.name()) + " \\- " + text(first(command)));
        section("SYNOPSIS");
        StringBuilder synopsis = new StringBuilder("\\fBccupgrade " + text(command.name()) + "\\fR [\\fIoptions\\fR]");
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            String label = "\\fI" + text(parameter.paramLabel()) + "\\fR";
            synopsis.append(' ').append(parameter.arity().min() == 0 ? "[" + label + "]" : label);
        }
        if (!command.subcommands().isEmpty()) {
            synopsis.append(" \\fIcommand\\fR [\\fIarguments\\fR]");
        }
        line(synopsis.toString());
        List<String> more = description.subList(Math.min(1, description.size()), description.size());
        if (more.stream().anyMatch(text -> !text.isBlank())) {
            section("DESCRIPTION");
            paragraphs(more);
        }
        List<OptionSpec> own = own(command);
        if (!command.positionalParameters().isEmpty() || !own.isEmpty()) {
            section("ARGUMENTS AND OPTIONS");
            arguments(command, own);
        }
        if (!command.subcommands().isEmpty()) {
            section("COMMANDS");
            visible(command).forEach(this::below);
        }
        line(".PP");
        line("The options of every command, the exit codes and the files are described in \\fBccupgrade\\fR(" + SECTION + ").");
        footer(command);
        section("SEE ALSO");
        line("\\fBccupgrade\\fR(" + SECTION + ")");
        return page.toString();
    }

    /** A command of a command, on the page of the latter. */
    private void below(CommandSpec command) {
        line(".SS \"" + text(command.qualifiedName()) + "\"");
        paragraphs(List.of(command.usageMessage().description()));
        arguments(command, own(command));
    }

    private static List<OptionSpec> own(CommandSpec command) {
        return command.options().stream()
                .filter(option -> !option.inherited() && !option.hidden())
                .toList();
    }

    private void arguments(CommandSpec command, List<OptionSpec> own) {
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            line(".TP");
            line("\\fI" + text(parameter.paramLabel()) + "\\fR");
            line(text(String.join(" ", parameter.description())));
        }
        options(own);
    }

    private static String first(CommandSpec command) {
        String[] description = command.usageMessage().description();
        return description.length == 0 ? command.name() : description[0];
    }

    private void title(String name) {
        line(".TH \"" + name.toUpperCase(Locale.ROOT) + "\" \"" + SECTION + "\" \"" + date + "\" \"ccupgrade " + version
                + "\" \"Administration\"");
        // Words like file names are not to be broken, and lines are not to be filled with blanks.
        line(".nh");
        line(".ad l");
    }

    private void section(String name) {
        line(".SH \"" + name + "\"");
    }

    private void options(List<OptionSpec> options) {
        for (OptionSpec option : options) {
            List<String> names = new ArrayList<>();
            for (String name : option.names()) {
                names.add("\\fB" + text(name) + "\\fR");
            }
            String value = option.arity().max() > 0 ? " \\fI" + text(option.paramLabel()) + "\\fR" : "";
            line(".TP");
            line(String.join(", ", names) + value);
            line(text(String.join(" ", option.description())));
        }
    }

    /** The examples and exit codes of the help: a heading ends with a colon, what belongs to it is indented. */
    private void footer(CommandSpec command) {
        boolean open = false;
        for (String line : command.usageMessage().footer()) {
            boolean heading = line.endsWith(":") && !line.startsWith(" ");
            if (heading || line.isBlank()) {
                if (open) {
                    line(".fi");
                    open = false;
                }
                if (heading) {
                    section(line.substring(0, line.length() - 1).toUpperCase(Locale.ROOT));
                }
            } else {
                if (!open) {
                    line(".nf");
                    open = true;
                }
                line(text(line.strip()));
            }
        }
        if (open) {
            line(".fi");
        }
    }

    private void file(String name, String meaning) {
        line(".TP");
        line("\\fI" + text(name) + "\\fR");
        line(text(meaning));
    }

    /** An empty line begins a new paragraph. */
    private void paragraphs(List<String> lines) {
        for (String line : lines) {
            line(line.isBlank() ? ".PP" : text(line));
        }
    }

    private void line(String line) {
        page.append(line).append('\n');
    }

    /** Nothing in it is taken for a request or an escape; a dash stays one that can be copied into a shell. */
    private static String text(String plain) {
        String escaped = plain.replace("\\", "\\e").replace("-", "\\-");
        for (Map.Entry<String, String> sign : Map.of("→", "\\(->", "…", "...", "‘", "'", "’", "'").entrySet()) {
            escaped = escaped.replace(sign.getKey(), sign.getValue());
        }
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
