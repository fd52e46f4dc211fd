package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.ListedSnapshot;
import ccupgrade.upgrade.Overview;
import ccupgrade.upgrade.SnapshotList;
import ccupgrade.words.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade snapshot list}. */
public final class SnapshotListCommand implements Declared {

    private final Console console;
    private final Session session;

    public SnapshotListCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        return command(
                "list",
                "list the snapshots, the newest first",
                "",
                "SIZE is what a snapshot takes, ORIGINAL what it holds.");
    }

    @Override
    public ExitCode call() throws Fault, IOException {
        SnapshotList list = new Overview(session.deployment(), session.surroundings()).snapshots();
        list.problems().forEach(console::warn);
        if (console.isJson()) {
            console.json("snapshots", list);
            return ExitCode.DONE;
        }
        if (list.snapshots().isEmpty()) {
            console.say("there is no snapshot; to take one: ccupgrade snapshot create");
            return ExitCode.DONE;
        }
        Table table = new Table()
                .left("SNAPSHOT")
                .left("TAKEN")
                .left("STATE OF")
                .left("SCHEMA")
                .right("SIZE")
                .right("ORIGINAL")
                .left("WHY")
                .left("");
        for (ListedSnapshot snapshot : list.snapshots()) {
            table.row(
                    snapshot.id(),
                    Words.instant(snapshot.taken(), console.zone()),
                    release(snapshot),
                    snapshot.schema() == null ? "-" : snapshot.schema(),
                    Words.bytes(snapshot.size()),
                    Words.bytes(snapshot.originalSize()),
                    snapshot.reason(),
                    notes(snapshot));
        }
        console.print(table);
        return ExitCode.DONE;
    }

    private static String release(ListedSnapshot snapshot) {
        if (snapshot.release() == null) {
            return "-";
        }
        return snapshot.version() == null ? Long.toString(snapshot.release()) : snapshot.version();
    }

    private static String notes(ListedSnapshot snapshot) {
        List<String> notes = new ArrayList<>();
        if (snapshot.wayBack()) {
            notes.add("the way back to " + release(snapshot));
        }
        if (snapshot.pinned()) {
            notes.add("pinned with its release");
        } else if (snapshot.needed()) {
            notes.add("stays");
        }
        if (!snapshot.settled()) {
            notes.add("not checked yet");
        }
        if (snapshot.archive() != null) {
            notes.add("with the archive");
        }
        return String.join(", ", notes);
    }
}
