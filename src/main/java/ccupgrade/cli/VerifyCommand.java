package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.Finding;
import ccupgrade.upgrade.Finding.Level;
import ccupgrade.upgrade.Verification;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade verify}. */
public final class VerifyCommand implements Declared {

    private final Console console;
    private final Session session;

    public VerifyCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        return command(
                "verify",
                "check whether all stored releases and snapshots are what they were",
                "",
                "Reads all of them, which takes about a second per GB, and changes nothing. Ends with 3 when something differs, and names it.");
    }

    @Override
    public ExitCode call() throws Fault, IOException, InterruptedException {
        ProgressLine progress = new ProgressLine(console, session.surroundings().nanos());
        List<Finding> findings = new Verification(session.deployment(), session.surroundings(), progress).findings();
        return show(console, findings, "there is no release and no snapshot");
    }

    /** @param nothing what to say where there was nothing to check */
    static ExitCode show(Console console, List<Finding> findings, String nothing) {
        boolean differs = findings.stream().anyMatch(finding -> finding.level() == Level.REFUSED);
        ExitCode code = differs ? ExitCode.REFUSED : ExitCode.DONE;
        if (console.isJson()) {
            console.json("verification", new Document(code.number(), findings));
        } else if (findings.isEmpty()) {
            console.say(nothing);
        } else {
            console.print(OutcomeView.table(findings));
        }
        return code;
    }

    /** The JSON of a verification. */
    record Document(int exitCode, List<Finding> findings) {}
}
