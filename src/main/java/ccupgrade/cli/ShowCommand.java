package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.release.Supported;
import ccupgrade.upgrade.ListedRelease;
import ccupgrade.upgrade.Overview;
import ccupgrade.upgrade.ReleaseDetail;
import ccupgrade.upgrade.ReleaseDetail.Migration;
import ccupgrade.upgrade.ReleaseDetail.Program;
import ccupgrade.upgrade.ReleaseDetail.SnapshotLine;
import ccupgrade.upgrade.ReleaseDetail.State;
import ccupgrade.words.Words;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade show}. */
public final class ShowCommand implements Declared {

    private final Console console;
    private final Session session;

    private final Argument<String> release =
            Argument.parameter(0, String.class, "RELEASE", "its number, its version, or the beginning of its number");

    public ShowCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "show",
                        "tell all that is known of a release: its program, its migrations against the database, its snapshots"),
                release);
    }

    @Override
    public ExitCode call() throws Fault, IOException {
        Overview overview = new Overview(session.deployment(), session.surroundings());
        ReleaseDetail detail = overview.release(release.get());
        detail.problems().forEach(console::warn);
        if (console.isJson()) {
            console.json("release", detail);
        } else {
            show(detail);
        }
        return ExitCode.DONE;
    }

    private void show(ReleaseDetail detail) {
        ListedRelease its = detail.release();
        Pairs facts = new Pairs();
        facts.add(Style.BOLD, "release", its.label() + marks(its));
        facts.add("verdict", its.verdict().text() + (its.reason() == null ? "" : ": " + its.reason()));
        facts.add("installed", Words.instant(its.installed(), console.zone()) + " from " + its.origin());
        facts.add("kind", its.type().word());
        facts.add("file", its.file() + ", " + Words.bytes(its.size()));
        facts.add("sha256", its.sha256() == null ? "not recorded" : its.sha256());
        facts.add("schema", its.schema() == null ? "not known" : its.schema());
        String worksOn = worksOn(its.supports());
        if (!worksOn.isEmpty()) {
            facts.add("works on", worksOn);
        }
        Program program = detail.program();
        if (program != null) {
            facts.add("program", program.mainClass() + ", needs Java " + program.javaVersion());
        }
        facts.print(console);
        migrations(detail);
        snapshots(detail);
    }

    private static String worksOn(Supported supports) {
        return Stream.of(
                        supports.database() == null ? "" : "database " + supports.database(),
                        supports.archive() == null ? "" : "archive " + supports.archive())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String marks(ListedRelease release) {
        return (release.current() ? ", current" : "")
                + (release.rollbackTarget() ? ", rollback goes here" : "")
                + (release.pinned() ? ", pinned" : "");
    }

    private void migrations(ReleaseDetail detail) {
        console.print("");
        if (detail.migrations().isEmpty()) {
            console.print("no migrations that could be compared with the database");
            return;
        }
        Table table = new Table().left("MIGRATION").left("HERE").left("SCRIPT");
        for (Migration migration : detail.migrations()) {
            table.row(styleOf(migration.state()), migration.label(), word(migration.state()), migration.script());
        }
        for (String label : detail.notInRelease()) {
            table.row(Style.BAD, label, "applied", "not in this release");
        }
        console.print(table);
        if (detail.notCompared() != null) {
            console.print("not compared with the database: " + detail.notCompared());
        }
    }

    private static String word(State state) {
        return switch (state) {
            case APPLIED -> "applied";
            case PENDING -> "pending";
            case DIFFERING -> "applied, but another text";
            case FAILED -> "failed";
            case SKIPPED -> "passed over";
            case NOT_NEEDED -> "not needed";
            case UNKNOWN -> "not known";
        };
    }

    private static Style styleOf(State state) {
        return switch (state) {
            case APPLIED, NOT_NEEDED, UNKNOWN -> Style.PLAIN;
            case PENDING, SKIPPED -> Style.WARNING;
            case DIFFERING, FAILED -> Style.BAD;
        };
    }

    private void snapshots(ReleaseDetail detail) {
        console.print("");
        if (detail.snapshots().isEmpty()) {
            console.print("no snapshots of its state");
            return;
        }
        Table table = new Table()
                .left("SNAPSHOT")
                .left("TAKEN")
                .right("SIZE")
                .left("SCHEMA")
                .left("WHY");
        for (SnapshotLine snapshot : detail.snapshots()) {
            table.row(
                    snapshot.id(),
                    Words.instant(snapshot.taken(), console.zone()),
                    Words.bytes(snapshot.size()),
                    snapshot.schema() + (snapshot.archive() == null ? "" : ", with its files"),
                    snapshot.reason());
        }
        console.print(table);
    }
}
