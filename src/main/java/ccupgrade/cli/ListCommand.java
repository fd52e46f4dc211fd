package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.release.Verdict;
import ccupgrade.upgrade.ListedRelease;
import ccupgrade.upgrade.Overview;
import ccupgrade.upgrade.ReleaseList;
import ccupgrade.words.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade list}. */
public final class ListCommand implements Declared {

    private final Console console;
    private final Session session;

    public ListCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        return command(
                "list",
                "list the installed releases, the newest first",
                "",
                "SCHEMA is the version of the databases now for the current release, and for another one the version that they had when it"
                        + " was left. VERDICT is good after a healthy start, bad when the release failed and was taken back, never started otherwise.");
    }

    @Override
    public ExitCode call() throws Fault, IOException {
        ReleaseList list = new Overview(session.deployment(), session.surroundings()).releases();
        list.problems().forEach(console::warn);
        if (console.isJson()) {
            console.json("releases", list);
            return ExitCode.DONE;
        }
        if (list.releases().isEmpty()) {
            console.say("no release is installed; to install one: ccupgrade install FILE");
            return ExitCode.DONE;
        }
        Table table = new Table()
                .left("RELEASE")
                .left("NAME")
                .left("VERSION")
                .left("INSTALLED")
                .right("SIZE")
                .left("SCHEMA")
                .left("VERDICT")
                .left("");
        for (ListedRelease release : list.releases()) {
            table.row(
                    style(release),
                    Long.toString(release.epoch()),
                    release.title(),
                    release.version() == null ? "-" : release.version(),
                    Words.instant(release.installed(), console.zone()),
                    Words.bytes(release.size()),
                    release.schema() == null ? "-" : release.schema(),
                    release.verdict().text(),
                    notes(release));
        }
        console.print(table);
        return ExitCode.DONE;
    }

    private static Style style(ListedRelease release) {
        if (release.current()) {
            return Style.BOLD;
        }
        return release.verdict() == Verdict.BAD ? Style.FAINT : Style.PLAIN;
    }

    private static String notes(ListedRelease release) {
        List<String> notes = new ArrayList<>();
        if (release.current()) {
            notes.add("current");
        }
        if (release.rollbackTarget()) {
            notes.add("rollback goes here");
        }
        if (release.withdrawn()) {
            notes.add("gone back from");
        }
        if (release.pinned()) {
            notes.add(release.note() == null ? "pinned" : "pinned: " + Words.firstLine(release.note()));
        }
        if (release.reason() != null) {
            notes.add(Words.firstLine(release.reason()));
        }
        return String.join(", ", notes);
    }
}
