package ccupgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class HelpTest {

    private static final int NARROWEST = 60;

    private final CommandLine line = Main.commandLine("--help");

    private List<String> examples() {
        List<String> examples = new ArrayList<>();
        Stream.concat(Stream.of(line), line.getSubcommands().values().stream())
                .map(CommandLine::getCommandSpec)
                .flatMap(command -> footer(command).stream())
                .filter(text -> text.contains("ccupgrade "))
                .forEach(examples::add);
        return examples;
    }

    private static List<String> footer(CommandSpec command) {
        return Arrays.asList(command.usageMessage().footer());
    }

    @Test
    void each_example_is_a_command_line_that_is_understood() {
        assertThat(examples()).hasSizeGreaterThan(10).allSatisfy(example -> {
            String command = example.replaceFirst("^.* && ", "").strip().replaceFirst("\\s\\s.*", "");
            assertThat(command).startsWith("ccupgrade ");
            // Throws what it does not understand.
            line.parseArgs(command.substring("ccupgrade ".length())
                    .replaceAll("\".*\"", "text")
                    .split(" "));
        });
    }

    @Test
    void no_example_is_broken_in_a_narrow_terminal() {
        assertThat(examples()).allSatisfy(example -> assertThat(example).hasSizeLessThan(NARROWEST));
    }
}
