package ccupgrade.cli;

import ccupgrade.config.Deployment;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.upgrade.Adoption;
import ccupgrade.upgrade.Adoption.Adopted;
import ccupgrade.upgrade.Adoption.Candidate;
import ccupgrade.upgrade.Checkup;
import ccupgrade.upgrade.Discovered;
import ccupgrade.upgrade.Discovered.FoundArchive;
import ccupgrade.upgrade.Discovered.FoundDatabase;
import ccupgrade.upgrade.Discovery;
import ccupgrade.words.Words;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade init}. */
public final class InitCommand implements Declared {

    private final Console console;
    private final GlobalOptions options;
    private final Session session;
    private final List<Path> unitDirectories;

    private final Argument<Boolean> systemd = Argument.flag(
            "also install what keeps systemd from starting the service in the middle of an upgrade, and what recovers at boot; can be repeated when ccupgrade.toml is there",
            "--systemd");

    private final Argument<String> profile = Argument.option(
            String.class, "NAME", "the kind of service, which gives the defaults: jar or cc-backend", "--profile");

    private final Argument<Boolean> adopt = Argument.flag(
            "take the executables that lie there under a date or epoch name as releases, and point the link to the stored one; can be repeated when ccupgrade.toml is there",
            "--adopt");

    public InitCommand(Console console, GlobalOptions options, Session session) {
        this(console, options, session, Discovery.UNIT_DIRECTORIES);
    }

    /** @param unitDirectories where to look for systemd's units */
    InitCommand(Console console, GlobalOptions options, Session session, List<Path> unitDirectories) {
        this.console = console;
        this.options = options;
        this.session = session;
        this.unitDirectories = unitDirectories;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "init",
                        "write a commented ccupgrade.toml with what can be found out",
                        "",
                        "Looks for SQLite databases up to two directories deep, for the systemd unit that runs the service, and for a jar to install."
                                + " Asks nothing, and never replaces a ccupgrade.toml.",
                        "",
                        "With --profile cc-backend it reads the service's own configuration, and finds the executables that were installed by hand."),
                systemd,
                profile,
                adopt);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        // With a configuration there, the units and the adoption are all that is asked for.
        if ((systemd.isGiven() || adopt.isGiven())
                && Files.exists(session.home().resolve(Deployment.CONFIG_FILE))) {
            List<Path> units = systemd.isGiven() ? installUnits() : List.of();
            if (adopt.isGiven()) {
                show(units, adoption().adopt());
            } else if (console.isJson()) {
                console.json("init-systemd", new Units(units));
            } else {
                Pairs pairs = new Pairs();
                units.forEach(file -> pairs.add("written", file.toString()));
                pairs.print(console);
            }
            return ExitCode.DONE;
        }
        Discovered discovered =
                new Discovery(session.home(), session.surroundings(), unitDirectories).init(profile.orNull());
        List<Path> units = systemd.isGiven() ? installUnits() : List.of();
        List<Candidate> candidates = profile.orNull() == null && !adopt.isGiven()
                ? List.of()
                : adoption().candidates();
        boolean take = adopt.isGiven() || (profile.orNull() != null && options.yes());
        List<Adopted> adopted = take ? adoption().adopt() : List.of();
        String next = next(discovered, take ? List.of() : candidates);
        discovered.notes().forEach(console::warn);
        if (console.isJson()) {
            console.json("init", Document.of(discovered, units, candidates, adopted, next));
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
            pairs.add(
                    "database",
                    "none found yet: "
                            + (discovered.found().databases().isEmpty()
                                    ? "var/*.db, as soon as there are some"
                                    : String.join(", ", discovered.found().databases())));
        }
        for (FoundDatabase database : discovered.databases()) {
            pairs.add(
                    "database",
                    database.path() + ", " + Words.bytes(database.size()) + ", schema "
                            + (database.schema() == null ? "not known" : database.schema()));
        }
        pairs.addIfKnown("configuration", discovered.configuration());
        FoundArchive archive = discovered.archive();
        if (archive != null) {
            pairs.add(
                    "archive",
                    archive.path() + ", version " + (archive.version() == null ? "not known" : archive.version()));
        }
        pairs.addIfKnown("user", discovered.found().user());
        pairs.addIfKnown("health", discovered.found().http());
        pairs.addIfKnown("link", discovered.found().link());
        if (adopted.isEmpty()) {
            candidates.forEach(candidate -> pairs.add("to adopt", text(candidate)));
        }
        adopted.forEach(each -> pairs.add("adopted", text(each)));
        if (adopted.stream().anyMatch(Adopted::sharesFile)) {
            pairs.add("careful", SHARED);
        }
        units.forEach(file -> pairs.add("written", file.toString()));
        pairs.add("next", next);
        pairs.print(console);
        return ExitCode.DONE;
    }

    private Adoption adoption() throws Fault {
        return new Adoption(session.deployment(), session.surroundings());
    }

    private void show(List<Path> units, List<Adopted> adopted) {
        if (console.isJson()) {
            console.json(
                    "init-adopt",
                    new Adoptions(units, adopted.stream().map(Taken::of).toList()));
            return;
        }
        Pairs pairs = new Pairs();
        units.forEach(file -> pairs.add("written", file.toString()));
        adopted.forEach(each -> pairs.add("adopted", text(each)));
        if (adopted.stream().anyMatch(Adopted::sharesFile)) {
            pairs.add("careful", SHARED);
        }
        if (adopted.isEmpty()) {
            pairs.add("adopted", "nothing: no executable was found that is no release yet");
        }
        pairs.print(console);
    }

    private static String text(Candidate candidate) {
        return candidate.name() + ", " + Words.bytes(candidate.size())
                + (candidate.current() ? ", which the service is started from" : "");
    }

    private static final String SHARED =
            "an adopted file is the release itself, by a second name: do not write into it from now on; delete it, or"
                    + " rename another one over it";

    private static String text(Adopted adopted) {
        return adopted.origin() + " as " + adopted.release().name() + ", "
                + adopted.release().record().verdict().text()
                + (adopted.current() ? "; the link names it" : "");
    }

    private List<Path> installUnits() throws Fault, InterruptedException {
        return new Checkup(session.deployment(), session.surroundings(), Progress.NONE).installUnits();
    }

    /** The JSON of what was installed for systemd. */
    record Units(List<Path> units) {}

    /** The JSON of what was adopted. */
    record Adoptions(List<Path> units, List<Taken> adopted) {}

    /** A release that was adopted, in JSON. */
    record Taken(String origin, long epoch, String verdict, boolean current) {

        static Taken of(Adopted adopted) {
            Release release = adopted.release();
            return new Taken(
                    adopted.origin(),
                    release.epoch(),
                    release.record().verdict().word(),
                    adopted.current());
        }
    }

    private static String next(Discovered discovered, List<Candidate> toAdopt) {
        if (!toAdopt.isEmpty()) {
            return "see that ccupgrade.toml says what the service needs, then take these executables as releases; they stay where they"
                    + " are, and the link will name the stored one: ccupgrade init --adopt";
        }
        if (discovered.configuration() != null) {
            return "see that ccupgrade.toml says what the service needs, and what ccupgrade doctor finds; then: ccupgrade install FILE";
        }
        String jar = discovered.found().jar();
        return "see that [migration] and [health] say what the service needs, then: ccupgrade install "
                + (jar != null ? jar : "FILE");
    }

    /** The JSON of what was found. */
    record Document(
            Path home,
            Path file,
            String name,
            String profile,
            String manager,
            @Nullable String unit,
            @Nullable Path unitFile,
            List<FoundDatabase> databases,
            @Nullable FoundArchive archive,
            @Nullable String user,
            @Nullable URI http,
            @Nullable String link,
            @Nullable String jar,
            List<Candidate> toAdopt,
            List<Taken> adopted,
            List<Path> units,
            List<String> notes,
            String next) {

        static Document of(
                Discovered discovered,
                List<Path> units,
                List<Candidate> candidates,
                List<Adopted> adopted,
                String next) {
            String unit = discovered.found().unit();
            return new Document(
                    discovered.home(),
                    discovered.file(),
                    discovered.found().name(),
                    discovered.found().profile(),
                    unit == null ? "process" : "systemd",
                    unit,
                    discovered.unitFile(),
                    discovered.databases(),
                    discovered.archive(),
                    discovered.found().user(),
                    discovered.found().http(),
                    discovered.found().link(),
                    discovered.found().jar(),
                    adopted.isEmpty() ? candidates : List.of(),
                    adopted.stream().map(Taken::of).toList(),
                    units,
                    discovered.notes(),
                    next);
        }
    }
}
