package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.Verification;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade snapshot verify}. */
public final class SnapshotVerifyCommand implements Declared {

    private final Console console;
    private final Session session;

    private final Argument<String> snapshots = Argument.words("SNAPSHOT", "its name in the list; default: all of them");

    public SnapshotVerifyCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        return Declared.with(
                command(
                        "verify",
                        "check whether snapshots are what they were",
                        "",
                        "Reads all of them, decompressed, which takes about a second per GB, and changes nothing. Ends with 3 when something differs,"
                                + " and names it. Of an archive it is seen that it is there."),
                snapshots);
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        ProgressLine progress = new ProgressLine(console, session.surroundings().nanos());
        Verification verification = new Verification(session.deployment(), session.surroundings(), progress);
        return VerifyCommand.show(console, verification.snapshots(snapshots.all()), "there is no snapshot");
    }
}
