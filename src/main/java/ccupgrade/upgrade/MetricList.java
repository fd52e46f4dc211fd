package ccupgrade.upgrade;

import java.util.List;

/**
 * A deployment in figures.
 *
 * @param problems what could not be found out, and why; a line each
 */
public record MetricList(List<Metric> metrics, List<String> problems) {

    public MetricList {
        metrics = List.copyOf(metrics);
        problems = List.copyOf(problems);
    }

    /** In the text format of Prometheus; ends with a line feed. */
    public String text() {
        return Exposition.of(metrics);
    }
}
