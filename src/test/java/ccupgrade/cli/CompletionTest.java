package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class CompletionTest {

    @Command(name = "rollback")
    private static final class Rollback implements Callable<ExitCode> {

        @Parameters(arity = "0..1", paramLabel = "RELEASE")
        private @Nullable String release;

        @Option(names = "--accept-data-loss")
        private boolean acceptDataLoss;

        @Override
        public ExitCode call() {
            return ExitCode.DONE;
        }
    }

    @Command(name = "install")
    private static final class Install implements Callable<ExitCode> {

        @Parameters(paramLabel = "FILE")
        private @Nullable Path file;

        @Override
        public ExitCode call() {
            return ExitCode.DONE;
        }
    }

    @Command(name = "secret", hidden = true)
    private static final class Secret implements Callable<ExitCode> {
        @Override
        public ExitCode call() {
            return ExitCode.DONE;
        }
    }

    @Command(name = "snapshot")
    private static final class Snapshot {}

    @Command(name = "export")
    private static final class Export {
        @Parameters(index = "0", paramLabel = "SNAPSHOT")
        @SuppressWarnings("UnusedVariable")
        private @Nullable String snapshot;

        @Parameters(index = "1", paramLabel = "DIR")
        @SuppressWarnings("UnusedVariable")
        private @Nullable Path directory;
    }

    private static CommandLine snapshot() {
        return new CommandLine(new Snapshot()).addSubcommand(new Export());
    }

    private final List<@Nullable Path> asked = new ArrayList<>();

    private List<String> complete(String... words) {
        Screen screen = new Screen(Screen.NO_TERMINAL);
        return new Completion(
                        Root.commandLine(
                                        screen.console,
                                        screen.options,
                                        new Install(),
                                        new Rollback(),
                                        new Secret(),
                                        snapshot(),
                                        new HelpCommand(screen.console))
                                .getCommandSpec(),
                        home -> {
                            asked.add(home);
                            return List.of("1790000000", "1.2", "1780000000");
                        },
                        home -> List.of("1-before-1790000000", "2-by-hand"))
                .of(List.of(words));
    }

    @Test
    void a_command_becomes_one_that_is_not_hidden() {
        assertThat(complete("")).containsExactly("install", "rollback", "snapshot", "help");
        assertThat(complete("ro")).containsExactly("rollback");
        assertThat(complete("sec")).isEmpty();
    }

    @Test
    void a_command_of_a_command_and_a_snapshot_become_what_there_is() {
        assertThat(complete("snapshot", "")).contains("export");
        assertThat(complete("snapshot", "export", "2")).containsExactly("2-by-hand");
        assertThat(complete("snapshot", "export", "2-by-hand", "")).containsExactly(Completion.FILES);
    }

    @Test
    void a_release_becomes_one_that_is_stored() {
        assertThat(complete("rollback", "17")).containsExactly("1790000000", "1780000000");
        assertThat(complete("rollback", "1790000000", "17")).isEmpty();
    }

    @Test
    void the_releases_are_those_of_the_home_that_is_named() {
        complete("-C", "/srv/jobs", "rollback", "");
        complete("rollback", "");

        assertThat(asked).containsExactly(Path.of("/srv/jobs"), null);
    }

    @Test
    void an_option_becomes_one_of_the_command_or_of_all() {
        assertThat(complete("rollback", "--acc")).containsExactly("--accept-data-loss");
        assertThat(complete("rollback", "--qu")).containsExactly("--quiet");
    }

    @Test
    void the_value_of_an_option_is_no_command() {
        assertThat(complete("-o", "")).containsExactly("table", "json");
    }

    @Test
    void a_file_is_left_to_the_shell() {
        assertThat(complete("install", "jo")).containsExactly(Completion.FILES);
        assertThat(complete("-C", "")).containsExactly(Completion.FILES);
    }

    @Test
    void where_nothing_more_is_wanted_there_are_no_files_either() {
        assertThat(complete("install", "jobs.jar", "")).isEmpty();
    }
}
