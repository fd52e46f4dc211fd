package ccupgrade.cli;

import ccupgrade.fault.Fault;
import ccupgrade.upgrade.MetricList;
import ccupgrade.upgrade.Overview;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ccupgrade metrics}. */
public final class MetricsCommand implements Declared {

    private final Console console;
    private final Session session;

    public MetricsCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public CommandSpec declare() {
        return command(
                "metrics",
                "print figures for Prometheus: the last operations, the releases, the snapshots",
                "",
                "What textfile in [metrics] has written when an operation ends, as it is now. Only looks.");
    }

    @Override
    public ExitCode call() throws Fault {
        MetricList list = new Overview(session.deployment(), session.surroundings()).metrics();
        list.problems().forEach(console::warn);
        if (console.isJson()) {
            console.json("metrics", list);
        } else {
            list.text().lines().forEach(console::print);
        }
        return ExitCode.DONE;
    }
}
