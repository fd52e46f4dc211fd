package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.Verification;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ccupgrade snapshot verify}. */
@Command(
        name = "verify",
        description = {
            "check whether snapshots are what they were",
            "",
            "Reads all of them, decompressed, which takes about a second per GB, and changes nothing. Ends with 3 when something differs,"
                    + " and names it. Of an archive it is seen that it is there."
        })
public final class SnapshotVerifyCommand implements Callable<ExitCode> {

    private final Console console;
    private final Session session;

    @Parameters(arity = "0..*", paramLabel = "SNAPSHOT", description = "its name in the list; default: all of them")
    private List<String> snapshots = new ArrayList<>();

    public SnapshotVerifyCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        ProgressLine progress = new ProgressLine(console, session.surroundings().nanos());
        Verification verification = new Verification(session.deployment(), session.surroundings(), progress);
        return VerifyCommand.show(console, verification.snapshots(snapshots), "there is no snapshot");
    }
}
