package ccupgrade.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.cli.Confirm;
import ccupgrade.cli.Console;
import ccupgrade.cli.ExitCode;
import ccupgrade.cli.GlobalOptions;
import ccupgrade.cli.HelpCommand;
import ccupgrade.cli.HistoryCommand;
import ccupgrade.cli.InitCommand;
import ccupgrade.cli.InstallCommand;
import ccupgrade.cli.ListCommand;
import ccupgrade.cli.RecoverCommand;
import ccupgrade.cli.RollbackCommand;
import ccupgrade.cli.Root;
import ccupgrade.cli.Session;
import ccupgrade.cli.ShowCommand;
import ccupgrade.cli.StartCommand;
import ccupgrade.cli.StatusCommand;
import ccupgrade.cli.StopCommand;
import ccupgrade.cli.Terminal;
import ccupgrade.cli.Workbench;
import ccupgrade.saga.Cancellation;
import ccupgrade.upgrade.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.stream.Stream;

/** The whole command line, within this process: thousands of runs a minute. */
final class CommandLineTool {

    private CommandLineTool() {}

    /** What a command said and ended with. */
    record Result(int exit, String out, String err) {
        String all() {
            return "exit " + exit + "\n" + out + err;
        }
    }

    static Result run(Surroundings surroundings, Path workingDirectory, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal none = new Terminal(false, false, false, false, true, true, false, () -> 80, () -> ZoneOffset.UTC);
        Console console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                none);
        GlobalOptions options = new GlobalOptions();
        Session session = new Session(options, surroundings, workingDirectory);
        Workbench workbench = new Workbench(console, options, session, new Cancellation());
        int exit = Root.commandLine(
                        console,
                        options,
                        new InstallCommand(console, workbench),
                        new RollbackCommand(
                                console,
                                workbench,
                                new Confirm(console, new ByteArrayInputStream(new byte[0]), options)),
                        new ListCommand(console, session),
                        new StatusCommand(console, session),
                        new HistoryCommand(console, session),
                        new ShowCommand(console, session),
                        new RecoverCommand(console, workbench),
                        new StartCommand(console, workbench),
                        new StopCommand(console, workbench),
                        new InitCommand(console, options, session),
                        new HelpCommand(console))
                .execute(arguments);
        Result result = new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        String what = String.join(" ", Arrays.asList(arguments)) + "\n" + result.all();
        assertThat(Stream.of(ExitCode.values()).mapToInt(ExitCode::number))
                .as(what)
                .contains(exit);
        assertThat(result.all())
                .as(what)
                .doesNotContain("internal error")
                .doesNotContain("\tat ")
                .doesNotContainPattern(
                        "NullPointer|Illegal|ClassCast|IndexOutOf|NumberFormat|InvalidPath|StackOverflow|OutOfMemory");
        // A failure always says something.
        assertThat(exit == 0 || result.out().length() + result.err().length() > 10)
                .as(what)
                .isTrue();
        return result;
    }
}
