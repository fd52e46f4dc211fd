package ccupgrade.upgrade;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Figures in the text format that Prometheus reads.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">its definition</a>
 */
final class Exposition {

    private Exposition() {}

    /** Ends with a line feed, as the format demands. */
    static String of(List<Metric> metrics) {
        StringBuilder text = new StringBuilder();
        for (Metric metric : metrics) {
            text.append("# HELP ")
                    .append(metric.name())
                    .append(' ')
                    .append(metric.help().replace("\\", "\\\\").replace("\n", "\\n"))
                    .append('\n');
            text.append("# TYPE ").append(metric.name()).append(" gauge\n");
            for (Metric.Sample sample : metric.samples()) {
                text.append(metric.name())
                        .append(labels(sample.labels()))
                        .append(' ')
                        .append(sample.value().toPlainString())
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String labels(Map<String, String> labels) {
        return labels.isEmpty()
                ? ""
                : labels.entrySet().stream()
                        .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + "\"")
                        .collect(Collectors.joining(",", "{", "}"));
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
