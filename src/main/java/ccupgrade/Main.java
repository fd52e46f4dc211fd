package ccupgrade;

import ccupgrade.cli.Commands;
import ccupgrade.cli.CompleteCommand;
import ccupgrade.cli.Confirm;
import ccupgrade.cli.Console;
import ccupgrade.cli.DoctorCommand;
import ccupgrade.cli.GlobalOptions;
import ccupgrade.cli.HelpCommand;
import ccupgrade.cli.HistoryCommand;
import ccupgrade.cli.InitCommand;
import ccupgrade.cli.InstallCommand;
import ccupgrade.cli.ListCommand;
import ccupgrade.cli.MetricsCommand;
import ccupgrade.cli.PinCommand;
import ccupgrade.cli.PruneCommand;
import ccupgrade.cli.RecoverCommand;
import ccupgrade.cli.RehearseCommand;
import ccupgrade.cli.RollbackCommand;
import ccupgrade.cli.Root;
import ccupgrade.cli.Session;
import ccupgrade.cli.ShowCommand;
import ccupgrade.cli.SnapshotCommand;
import ccupgrade.cli.SnapshotCreateCommand;
import ccupgrade.cli.SnapshotExportCommand;
import ccupgrade.cli.SnapshotListCommand;
import ccupgrade.cli.SnapshotRestoreCommand;
import ccupgrade.cli.SnapshotVerifyCommand;
import ccupgrade.cli.StartCommand;
import ccupgrade.cli.StatusCommand;
import ccupgrade.cli.StopCommand;
import ccupgrade.cli.Terminal;
import ccupgrade.cli.UnpinCommand;
import ccupgrade.cli.VerifyCommand;
import ccupgrade.cli.Workbench;
import ccupgrade.disk.DurableDisk;
import ccupgrade.saga.Cancellation;
import ccupgrade.service.LinuxProcesses;
import ccupgrade.upgrade.Surroundings;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import picocli.CommandLine;
import sun.misc.Signal;

/** Wires everything and ends the process with the exit code. */
public final class Main {

    /** A hang-up is a dropped ssh session: what was begun is taken back, or ends, without anybody watching. */
    private static final List<String> REQUESTS_TO_STOP = List.of("INT", "TERM", "HUP");

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /**
     * The command line as these arguments need it, at work on this machine. Also for who describes it: with {@code --help} it is whole.
     * Takes the signals of the process.
     */
    public static CommandLine commandLine(String... arguments) {
        Map<String, String> environment = System.getenv();
        if (environment.getOrDefault("CCUPGRADE_DEBUG", "").isEmpty()) {
            SilentLibraries.silence();
        }
        Console console = new Console(
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                Terminal.detect(environment, ZoneId::systemDefault));
        GlobalOptions options = new GlobalOptions();
        Session session =
                new Session(options, surroundings(environment), Path.of("").toAbsolutePath());
        Cancellation cancellation = new Cancellation();
        for (String signal : REQUESTS_TO_STOP) {
            Signal.handle(new Signal(signal), received -> {
                if (!cancellation.request()) {
                    System.exit(128 + received.getNumber());
                }
            });
        }
        Workbench workbench = new Workbench(console, options, session, cancellation);
        Commands commands = new Commands()
                .with("install", () -> new InstallCommand(console, workbench))
                .with("rehearse", () -> new RehearseCommand(console, workbench))
                .with(
                        "rollback",
                        () -> new RollbackCommand(console, workbench, new Confirm(console, System.in, options)))
                .with("list", () -> new ListCommand(console, session))
                .with("status", () -> new StatusCommand(console, session))
                .with("history", () -> new HistoryCommand(console, session))
                .with("show", () -> new ShowCommand(console, session))
                .with("recover", () -> new RecoverCommand(console, workbench))
                .with("start", () -> new StartCommand(console, workbench))
                .with("stop", () -> new StopCommand(console, workbench))
                .with("init", () -> new InitCommand(console, options, session))
                .with("doctor", () -> new DoctorCommand(console, session))
                .with("verify", () -> new VerifyCommand(console, session))
                .with("metrics", () -> new MetricsCommand(console, session))
                .with("prune", () -> new PruneCommand(console, workbench, session))
                .with("pin", () -> new PinCommand(console, workbench))
                .with("unpin", () -> new UnpinCommand(console, workbench))
                .with("snapshot", () -> snapshot(console, options, session, workbench))
                .with("complete", () -> new CompleteCommand(console, session))
                .with("help", () -> new HelpCommand(console));
        HeadStart.of(commands.named(arguments));
        return Root.commandLine(console, options, commands.wanted(arguments));
    }

    private static CommandLine snapshot(Console console, GlobalOptions options, Session session, Workbench workbench) {
        return new CommandLine(new SnapshotCommand().declare())
                .addSubcommand(new SnapshotListCommand(console, session).declare())
                .addSubcommand(new SnapshotCreateCommand(console, workbench).declare())
                .addSubcommand(new SnapshotVerifyCommand(console, session).declare())
                .addSubcommand(new SnapshotRestoreCommand(console, workbench, new Confirm(console, System.in, options))
                        .declare())
                .addSubcommand(new SnapshotExportCommand(console, workbench).declare());
    }

    /** What calls ccupgrade again at boot: whatever launched it, if it says so; otherwise this very Java and jar. */
    private static List<String> command() {
        String launcher = System.getProperty("ccupgrade.launcher");
        if (launcher != null) {
            return List.of(launcher);
        }
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        for (String property : List.of("org.sqlite.lib.path", "org.sqlite.lib.name")) {
            String value = System.getProperty(property);
            if (value != null) {
                command.add("-D" + property + "=" + value);
            }
        }
        command.add("-jar");
        command.add(Path.of(System.getProperty("java.class.path", "ccupgrade.jar"))
                .toAbsolutePath()
                .toString());
        return command;
    }

    private static Surroundings surroundings(Map<String, String> environment) {
        String user = System.getProperty("user.name", "?");
        String behind = environment.get("SUDO_USER");
        return new Surroundings(
                new DurableDisk(new Random()),
                Clock.systemUTC(),
                System::nanoTime,
                new LinuxProcesses(),
                environment,
                Path.of("/"),
                command(),
                user,
                behind == null ? user : behind + " as " + user);
    }
}
