package ccupgrade.cli;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.upgrade.MetricList;
import ccupgrade.upgrade.Overview;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code ccupgrade metrics}. */
@Command(
        name = "metrics",
        description = {
            "print figures for Prometheus: the last operations, the releases, the snapshots",
            "",
            "What textfile in [metrics] has written when an operation ends, as it is now. Only looks."
        })
public final class MetricsCommand implements Callable<ExitCode> {

    private final Console console;
    private final Session session;

    public MetricsCommand(Console console, Session session) {
        this.console = console;
        this.session = session;
    }

    @Override
    public ExitCode call() throws Fault {
        MetricList list = new Overview(session.deployment(), session.surroundings(), Progress.NONE).metrics();
        list.problems().forEach(console::warn);
        if (console.isJson()) {
            console.json("metrics", list);
        } else {
            list.text().lines().forEach(console::print);
        }
        return ExitCode.DONE;
    }
}
