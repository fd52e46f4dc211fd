package ccupgrade.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.hostile.CommandLineTool.Result;
import ccupgrade.upgrade.Example;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Command lines that nobody means. */
@TestInstance(Lifecycle.PER_CLASS)
class StrangeArgumentsTest {

    private static final List<String> WORDS = List.of(
            "install",
            "rollback",
            "list",
            "status",
            "history",
            "show",
            "recover",
            "init",
            "help",
            "-C",
            "--home",
            "-o",
            "--output",
            "json",
            "table",
            "-q",
            "-y",
            "-h",
            "-V",
            "--dry-run",
            "--lock-wait",
            "--accept-data-loss",
            "--name",
            "--",
            "-",
            "",
            " ",
            "\n",
            "\t",
            "\u0000",
            "a\nb",
            "@x",
            "@",
            "=",
            "--=",
            "-o=",
            "--home=",
            "-1",
            "99999999999999999999",
            "1e9",
            "9".repeat(400),
            "x".repeat(5000),
            "/",
            ".",
            "..",
            "%s%n%d",
            "${user.home}",
            "$(id)",
            "\u001b[2J",
            "\ud800",
            "\u202e",
            "1.0",
            "v1.0",
            "5ms",
            "999999999999d",
            "-5s",
            "\"",
            "'",
            "\\",
            "nothing.jar",
            "/dev/null",
            "/dev/zero",
            "/proc/self/mem");

    private Example example;

    @BeforeAll
    void make(@TempDir Path directory) throws Exception {
        example = new Example(directory).whole();
    }

    private Result run(String... arguments) throws Exception {
        return CommandLineTool.run(example.surroundings(), example.home, arguments);
    }

    @Test
    void each_word_alone_and_after_each_command() throws Exception {
        for (String word : WORDS) {
            run(word);
            for (String command : List.of("install", "show", "history", "rollback", "list", "-C", "--lock-wait")) {
                if (!mayBegin(List.of(command, word))) {
                    run(command, word);
                }
            }
        }
    }

    @Test
    void words_by_chance() throws Exception {
        Fuzz.rounds(300, random -> {
            List<String> words = new ArrayList<>();
            for (int count = random.nextInt(6); count >= 0; count--) {
                words.add(WORDS.get(random.nextInt(WORDS.size())));
            }
            if (!mayBegin(words)) {
                run(words.toArray(String[]::new));
            }
        });
    }

    /** The example has no service that could be stopped: what would really begin is other tests' business. */
    private static boolean mayBegin(List<String> words) {
        return words.contains("rollback") && !words.contains("--dry-run") || words.contains("init");
    }

    @Test
    void a_name_with_a_line_break_or_an_escape_reaches_no_terminal_as_such() throws Exception {
        Path strange = example.home.resolve("a\nb\u001b[2J.jar");
        Files.writeString(strange, "no jar");
        Result result = run("install", "--dry-run", strange.toString());
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.all()).doesNotContain("\u001b").contains("it is a text file");
    }
}
