package ccupgrade.cli;

import ccupgrade.config.Deployment;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.upgrade.Checkup;
import ccupgrade.upgrade.Discovered;
import ccupgrade.upgrade.Discovered.FoundDatabase;
import ccupgrade.upgrade.Discovery;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ccupgrade init}. */
@Command(
        name = "init",
        description = {
            "write a commented ccupgrade.toml with what can be found out",
            "",
            "Looks for SQLite databases up to two directories deep, for the systemd unit that runs the service, and for a jar to install."
                    + " Asks nothing, and never replaces a ccupgrade.toml."
        })
public final class InitCommand implements Callable<ExitCode> {

    private final Console console;
    private final Session session;
    private final List<Path> unitDirectories;

    @Option(
            names = "--systemd",
            description =
                    "also install what keeps systemd from starting the service in the middle of an upgrade, and what recovers at boot; can be repeated when ccupgrade.toml is there")
    private boolean systemd;

    public InitCommand(Console console, Session session) {
        this(console, session, Discovery.UNIT_DIRECTORIES);
    }

    /** @param unitDirectories where to look for systemd's units */
    InitCommand(Console console, Session session, List<Path> unitDirectories) {
        this.console = console;
        this.session = session;
        this.unitDirectories = unitDirectories;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        // With a configuration there, the units are all that is asked for.
        if (systemd && Files.exists(session.home().resolve(Deployment.CONFIG_FILE))) {
            List<Path> units = installUnits();
            if (console.isJson()) {
                console.json("init-systemd", new Units(units));
            } else {
                show(units);
            }
            return ExitCode.DONE;
        }
        Discovered discovered = new Discovery(session.home(), session.surroundings(), unitDirectories).init();
        List<Path> units = systemd ? installUnits() : List.of();
        String next = next(discovered);
        discovered.notes().forEach(console::warn);
        if (console.isJson()) {
            console.json("init", Document.of(discovered, units, next));
            return ExitCode.DONE;
        }
        Pairs pairs = new Pairs();
        pairs.add(Style.BOLD, "written", discovered.file().toString());
        pairs.add("name", discovered.found().name());
        String unit = discovered.found().unit();
        pairs.add(
                "service",
                unit == null
                        ? "no systemd unit found: ccupgrade starts and stops it by itself"
                        : "by systemd as " + unit + ", found in " + discovered.unitFile());
        if (discovered.databases().isEmpty()) {
            pairs.add("database", "none found yet: var/*.db, as soon as there are some");
        }
        for (FoundDatabase database : discovered.databases()) {
            pairs.add(
                    "database",
                    database.path() + ", " + Words.bytes(database.size()) + ", schema "
                            + (database.schema() == null ? "not known" : database.schema()));
        }
        units.forEach(file -> pairs.add("written", file.toString()));
        pairs.add("next", next);
        pairs.print(console);
        return ExitCode.DONE;
    }

    private List<Path> installUnits() throws Fault, InterruptedException {
        return new Checkup(session.deployment(), session.surroundings(), Progress.NONE).installUnits();
    }

    private void show(List<Path> units) {
        Pairs pairs = new Pairs();
        units.forEach(file -> pairs.add("written", file.toString()));
        pairs.print(console);
    }

    /** The JSON of what was installed for systemd. */
    record Units(List<Path> units) {}

    private static String next(Discovered discovered) {
        String jar = discovered.found().jar();
        return "see that [migration] and [health] say what the service needs, then: ccupgrade install "
                + (jar == null ? "JAR" : jar);
    }

    /** The JSON of what was found. */
    record Document(
            Path home,
            Path file,
            String name,
            String manager,
            @Nullable String unit,
            @Nullable Path unitFile,
            List<FoundDatabase> databases,
            @Nullable String jar,
            List<Path> units,
            List<String> notes,
            String next) {

        static Document of(Discovered discovered, List<Path> units, String next) {
            String unit = discovered.found().unit();
            return new Document(
                    discovered.home(),
                    discovered.file(),
                    discovered.found().name(),
                    unit == null ? "process" : "systemd",
                    unit,
                    discovered.unitFile(),
                    discovered.databases(),
                    discovered.found().jar(),
                    units,
                    discovered.notes(),
                    next);
        }
    }
}
