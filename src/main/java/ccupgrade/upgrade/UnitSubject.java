package ccupgrade.upgrade;

import ccupgrade.config.Config.Manager;
import ccupgrade.fault.Fault;
import ccupgrade.service.Services;
import ccupgrade.service.UnitSettings;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Whether systemd starts what an install puts in place, where it looks for it, and how often. */
final class UnitSubject implements Subject {

    private static final String ABOUT = "unit";

    /** A longer file is no script that somebody wrote to start a service. */
    private static final long LONGEST_SCRIPT = 100_000;

    private static final Pattern EXEC_START = Pattern.compile("(?m)^\\s*ExecStart\\s*=");

    private final Site site;

    UnitSubject(Site site) {
        this.site = site;
    }

    @Override
    public List<Finding> findings() throws Fault, IOException, InterruptedException {
        if (site.config().service().manager() != Manager.SYSTEMD) {
            return List.of();
        }
        UnitSettings unit =
                Services.unitSettings(site.deployment(), site.surroundings().environment());
        List<Finding> findings = new ArrayList<>();
        if (unit.stale()) {
            findings.add(Finding.warning(
                    ABOUT,
                    unit.unit() + " or a drop-in of it was changed, and systemd has not read it since",
                    "systemctl daemon-reload"));
        }
        findings.add(program(unit));
        directory(unit).ifPresent(findings::add);
        findings.add(limits(unit));
        return findings;
    }

    /** A unit that names a release itself goes on starting that one, on whatever a migration has made of the state. */
    private Finding program(UnitSettings unit) throws IOException {
        String link = site.nameOf(site.deployment().link());
        for (UnitSettings.Command command : unit.commands()) {
            if (namesLink(command.line()) || namesLink(script(command.program()))) {
                return Finding.ok(ABOUT, unit.unit() + " starts what " + link + " names");
            }
        }
        if (unit.commands().isEmpty()) {
            return Finding.warning(
                    ABOUT, unit.unit() + " starts nothing", "ExecStart= of the unit is to go through " + link);
        }
        String what = unit.commands().get(0).line();
        return Finding.warning(
                ABOUT,
                Words.format(
                        "%s starts \"%s\", as %s says, and not what %s names: an install would change nothing for it",
                        unit.unit(), Words.cut(Words.printable(what), 120, false), source(unit), link),
                Words.format(
                        "let ExecStart= in %s go through %s, then systemctl daemon-reload",
                        source(unit), site.deployment().link()));
    }

    /** The last file that says it is the one that counts. */
    private static String source(UnitSettings unit) throws IOException {
        String source = unit.unit();
        for (Path file : unit.files()) {
            if (Files.isReadable(file) && EXEC_START.matcher(text(file)).find()) {
                source = file.toString();
            }
        }
        return source;
    }

    private static String script(Path program) throws IOException {
        return Files.isRegularFile(program) && Files.isReadable(program) && Files.size(program) <= LONGEST_SCRIPT
                ? text(program)
                : "";
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** By its own name or that of its real directory, or as a path from the home. */
    private boolean namesLink(String text) throws IOException {
        Path link = site.deployment().link();
        Set<String> names = new TreeSet<>(Set.of(link.toString(), site.nameOf(link)));
        Path directory = link.getParent();
        if (directory != null && Files.isDirectory(directory)) {
            names.add(directory.toRealPath().resolve(link.getFileName()).toString());
        }
        for (String name : names) {
            if (Pattern.compile("(?<![\\w.-])" + Pattern.quote(name) + "(?![\\w.-])")
                    .matcher(text)
                    .find()) {
                return true;
            }
        }
        return false;
    }

    private Optional<Finding> directory(UnitSettings unit) throws IOException {
        String shown = unit.directory().startsWith("!") ? unit.directory().substring(1) : unit.directory();
        if (shown.isEmpty() || shown.equals("~")) {
            return Optional.empty();
        }
        Path directory = Path.of(shown);
        if (Files.isDirectory(directory)
                && !directory.toRealPath().equals(site.deployment().home().toRealPath())) {
            return Optional.of(Finding.note(
                    ABOUT,
                    Words.format(
                            "the service runs in %s, and relative paths in [state] are meant from %s",
                            directory, site.deployment().home()),
                    "see that [state] names the files that the service works on"));
        }
        return Optional.empty();
    }

    /** Starts of ours do not count towards systemd's limit: it is set to nothing before each of them. */
    private static Finding limits(UnitSettings unit) {
        String restart = unit.restart().equals("no")
                ? "systemd does not start it again by itself"
                : Words.format(
                        "systemd starts it again (%s)%s",
                        unit.restart(),
                        unit.restartAfter() == null ? "" : " after " + Words.duration(unit.restartAfter()));
        Duration within = unit.startsWithin();
        return Finding.ok(
                "limits",
                unit.starts() == 0 || within == null
                        ? restart + ", any number of times"
                        : restart
                                + Words.format(
                                        "; no more than %s in %s",
                                        Words.count(unit.starts(), "start"), Words.duration(within)));
    }
}
