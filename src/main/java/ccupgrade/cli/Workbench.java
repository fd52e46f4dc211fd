package ccupgrade.cli;

import ccupgrade.fault.Misuse;
import ccupgrade.saga.Cancellation;
import ccupgrade.upgrade.SnapshotCopies;
import ccupgrade.upgrade.Upgrades;

/** Where the commands that change something get their {@link Upgrades} from: with steps and progress shown as they happen. */
public final class Workbench {

    private final Console console;
    private final GlobalOptions options;
    private final Session session;
    private final Cancellation cancellation;

    /** @param cancellation requested by {@code Main} when a signal asks the command to stop */
    public Workbench(Console console, GlobalOptions options, Session session, Cancellation cancellation) {
        this.console = console;
        this.options = options;
        this.session = session;
        this.cancellation = cancellation;
    }

    Upgrades upgrades() throws Misuse {
        console.stream();
        return new Upgrades(
                session.deployment(),
                session.surroundings(),
                new StepLines(console),
                new ProgressLine(console, session.surroundings().nanos()),
                cancellation,
                options.lockWait());
    }

    SnapshotCopies copies() throws Misuse {
        return new SnapshotCopies(
                session.deployment(),
                session.surroundings(),
                new ProgressLine(console, session.surroundings().nanos()),
                cancellation);
    }
}
