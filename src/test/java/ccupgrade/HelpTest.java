package ccupgrade;

import static org.assertj.core.api.Assertions.assertThat;

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
        return all(line)
                .flatMap(command -> examples(command.getCommandSpec()).stream())
                .toList();
    }

    private static Stream<CommandLine> all(CommandLine line) {
        return Stream.concat(
                Stream.of(line), line.getSubcommands().values().stream().flatMap(HelpTest::all));
    }

    private static List<String> examples(CommandSpec command) {
        return Arrays.stream(command.usageMessage().footer())
                .filter(text -> text.contains("ccupgrade "))
                .toList();
    }

    @Test
    void each_command_shows_an_example_of_itself() {
        assertThat(all(line)
                        .map(CommandLine::getCommandSpec)
                        .filter(command -> !command.usageMessage().hidden()
                                && !command.name().equals("help")))
                .hasSizeGreaterThan(20)
                .allSatisfy(command -> assertThat(examples(command))
                        .as(command.qualifiedName())
                        .anyMatch(example ->
                                example.replaceFirst("-C \\S+ |-o json ", "").contains(command.qualifiedName())));
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
