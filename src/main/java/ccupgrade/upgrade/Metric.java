package ccupgrade.upgrade;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A figure for a monitoring system, a gauge.
 *
 * @param name as Prometheus wants it: with its base unit at the end
 * @param help one line
 */
public record Metric(String name, String help, List<Sample> samples) {

    /**
     * @param labels names of labels that need no escaping, with any values
     * @param value in the base unit: seconds, bytes, seconds since 1970
     */
    public record Sample(Map<String, String> labels, BigDecimal value) {}

    public Metric {
        samples = List.copyOf(samples);
    }

    static BigDecimal seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros();
    }

    static BigDecimal seconds(Instant instant) {
        return BigDecimal.valueOf(instant.toEpochMilli(), 3).stripTrailingZeros();
    }

    /** The same figure with this label before its own, everywhere. */
    Metric labelled(String label, String labelValue) {
        List<Sample> labelled = new ArrayList<>();
        for (Sample sample : samples) {
            Map<String, String> labels = new LinkedHashMap<>();
            labels.put(label, labelValue);
            labels.putAll(sample.labels());
            labelled.add(new Sample(labels, sample.value()));
        }
        return new Metric(name, help, labelled);
    }
}
