package ccupgrade.config;

import ccupgrade.config.Config.Monitoring;
import java.util.List;

/** What others are told of the operations, and where: {@code [metrics]} and {@code [log]}. */
final class MonitoringReader {

    /** The collector reads no other file. */
    private static final String SUFFIX = ".prom";

    private final Section metrics;
    private final Section log;

    MonitoringReader(Section root) {
        this.metrics = root.section("metrics");
        this.log = root.section("log");
    }

    List<Section> sections() {
        return List.of(metrics, log);
    }

    Monitoring read(Monitoring defaults) {
        String textfile = metrics.string("textfile");
        if (textfile != null && !textfile.endsWith(SUFFIX)) {
            metrics.problem(
                    "textfile",
                    "is \"" + textfile + "\"; it must end in " + SUFFIX + ": node_exporter reads no other file");
        }
        return new Monitoring(
                textfile == null ? defaults.textfile() : textfile, log.flag("journal", defaults.journal()));
    }
}
