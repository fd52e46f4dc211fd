package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class RootTest {

    private static final Path HELP = Path.of("src/test/resources/ccupgrade/cli/help.txt");

    @Command(name = "install", description = "replace the service's program by this release")
    private static final class Install implements Callable<ExitCode> {

        @Parameters(paramLabel = "JAR", description = "the new release")
        private String jar = "";

        @Option(names = "--dry-run", description = "print the plan and change nothing")
        private boolean dryRun;

        private @Nullable Throwable failure;

        @Override
        public ExitCode call() throws Exception {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof Exception exception) {
                throw exception;
            }
            return dryRun && jar.equals("done") ? ExitCode.DONE : ExitCode.TAKEN_BACK;
        }
    }

    @Command(name = "list", description = "print the installed releases")
    private static final class ListReleases implements Callable<ExitCode> {
        @Override
        public ExitCode call() {
            return ExitCode.DONE;
        }
    }

    private final Install install = new Install();
    private Screen screen = new Screen(Screen.NO_TERMINAL);

    private int run(String... arguments) {
        return Root.commandLine(
                        screen.console, screen.options, install, new ListReleases(), new HelpCommand(screen.console))
                .execute(arguments);
    }

    @Test
    void a_commands_outcome_becomes_the_exit_code() {
        assertThat(run("install", "x.jar")).isEqualTo(4);
        assertThat(run("install", "--dry-run", "done")).isZero();
    }

    @Test
    void a_fault_becomes_words_and_its_code() {
        install.failure = new Refused("cannot install x.jar: older than the data", "ccupgrade list");
        assertThat(run("install", "x.jar")).isEqualTo(3);
        assertThat(screen.err()).isEqualTo("""
                error: cannot install x.jar: older than the data
                now:   nothing was changed
                next:  ccupgrade list
                """);
    }

    @Test
    void a_mistake_of_ours_shows_no_stack_trace() {
        install.failure = new NullPointerException("oops");
        assertThat(run("install", "x.jar")).isEqualTo(1);
        assertThat(screen.err()).startsWith("error: internal error: ").doesNotContain("\tat ");
        install.failure = new StackOverflowError();
        assertThat(run("install", "x.jar")).isEqualTo(1);
    }

    @Test
    void global_options_stand_before_or_after_the_command() {
        for (String[] arguments : new String[][] {
            {"-C", "/srv/jobs", "-q", "-y", "-o", "json", "--no-color", "--lock-wait", "1m30s", "list"},
            {"list", "-C", "/srv/jobs", "-qy", "--output=JSON", "--no-color", "--lock-wait=90s"},
            {"-C", "/srv/jobs", "-q", "list", "-y", "-o", "json", "--no-color", "--lock-wait=90s"},
        }) {
            screen = new Screen(Screen.NO_TERMINAL);
            assertThat(run(arguments)).isZero();
            GlobalOptions options = screen.options;
            assertThat(options.home()).contains(Path.of("/srv/jobs"));
            assertThat(options.output()).isEqualTo(GlobalOptions.Output.JSON);
            assertThat(options.lockWait()).isEqualTo(Duration.ofSeconds(90));
            assertThat(options.quiet() && options.yes() && options.noColor()).isTrue();
            assertThat(screen.console.isJson() && screen.console.isQuiet()).isTrue();
        }
    }

    @Test
    void a_misspelt_command_is_told_shortly_with_a_guess() {
        assertThat(run("instal", "x.jar")).isEqualTo(2);
        assertThat(screen.err())
                .isEqualTo("error: unknown command instal\nnext:  did you mean install? see ccupgrade --help\n");
    }

    @Test
    void help_of_a_command_that_is_none_is_misuse() {
        assertThat(run("help", "instal")).isEqualTo(2);
        assertThat(screen.err()).startsWith("error: unknown command instal\nnext:  did you mean install?");
    }

    @Test
    void a_misspelt_option_is_told_shortly_with_a_guess() {
        assertThat(run("install", "--dry-rum=x", "x.jar")).isEqualTo(2);
        assertThat(screen.err()).startsWith("error: unknown option --dry-rum\nnext:  did you mean --dry-run?");
        assertThat(screen.err().lines()).hasSize(2);
    }

    @Test
    void other_misuse_names_the_commands_own_help() {
        assertThat(run("install")).isEqualTo(2);
        assertThat(screen.err())
                .isEqualTo("error: missing required parameter: 'JAR'\nnext:  ccupgrade install --help\n");
        screen = new Screen(Screen.NO_TERMINAL);
        assertThat(run("list", "extra")).isEqualTo(2);
        assertThat(screen.err()).isEqualTo("error: unexpected argument extra\nnext:  ccupgrade list --help\n");
        screen = new Screen(Screen.NO_TERMINAL);
        assertThat(run("list", "--lock-wait", "soon")).isEqualTo(2);
        assertThat(screen.err()).contains("'soon' is no duration");
    }

    @Test
    void misuse_is_json_too_where_json_was_asked_for() {
        assertThat(run("list", "-o", "json", "extra")).isEqualTo(2);
        assertThat(screen.out()).contains("\"kind\": \"error\"", "\"exitCode\": 2");
    }

    @Test
    void an_argument_with_an_at_is_a_file_name_like_any() {
        install.failure = new IOException("ran");
        assertThat(run("install", "@x.jar")).isEqualTo(1);
        assertThat(screen.err()).isEqualTo("error: ran\n");
    }

    @Test
    void no_command_at_all_shows_what_there_is_and_is_misuse() {
        assertThat(run()).isEqualTo(2);
        assertThat(screen.err()).contains("usage: ccupgrade", "install");
        assertThat(screen.out()).isEmpty();
    }

    @Test
    void the_version_says_when_it_is_not_a_packaged_one() {
        assertThat(run("--version")).isZero();
        assertThat(screen.out()).isEqualTo("ccupgrade (development)\n");
    }

    @Test
    void help_goes_to_standard_output_without_colour_in_a_file() {
        for (String[] arguments : new String[][] {{"--help"}, {"help"}, {"install", "-h"}, {"help", "install"}}) {
            screen = new Screen(Screen.NO_TERMINAL);
            assertThat(run(arguments)).isZero();
            assertThat(screen.out()).startsWith("usage: ccupgrade").doesNotContain("\u001b");
            assertThat(screen.err()).isEmpty();
        }
    }

    /** To renew the file after a wanted change: {@code mvn test -Dtest=RootTest -Dgolden=renew}, then read the difference. */
    @Test
    void the_help_reads_as_in_the_golden_file() throws IOException {
        run("--help");
        String root = screen.out();
        screen = new Screen(Screen.NO_TERMINAL);
        run("install", "--help");
        String help = root + "\n# of a command\n" + screen.out();
        String head = "# What --help prints. Renew: mvn test -Dtest=RootTest -Dgolden=renew\n";
        if ("renew".equals(System.getProperty("golden"))) {
            Files.writeString(HELP, head + help, StandardCharsets.UTF_8);
        }
        assertThat(head + help).isEqualTo(Files.readString(HELP, StandardCharsets.UTF_8));
    }
}
