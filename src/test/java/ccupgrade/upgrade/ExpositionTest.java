package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpositionTest {

    private static Metric.Sample sample(String label, String labelValue, String number) {
        return new Metric.Sample(Map.of(label, labelValue), new BigDecimal(number));
    }

    @Test
    void help_and_type_stand_once_before_all_samples_of_a_metric() {
        Metric two = new Metric("jobs_done", "How many.", List.of(sample("of", "a", "1"), sample("of", "b", "2")));
        Metric none = new Metric("jobs_lost", "None.", List.of());
        assertThat(Exposition.of(List.of(two, none))).isEqualTo("""
                # HELP jobs_done How many.
                # TYPE jobs_done gauge
                jobs_done{of="a"} 1
                jobs_done{of="b"} 2
                # HELP jobs_lost None.
                # TYPE jobs_lost gauge
                """);
    }

    @Test
    void a_backslash_a_quote_and_a_line_feed_in_a_label_are_escaped() {
        Metric metric = new Metric("jobs", "", List.of(sample("home", "/srv/a\\n\"b\"\nc", "1")));
        assertThat(Exposition.of(List.of(metric)).lines().skip(2)).containsExactly("""
                jobs{home="/srv/a\\\\n\\"b\\"\\nc"} 1""");
    }

    @Test
    void a_help_text_stays_on_its_line() {
        Metric metric = new Metric("jobs", "a\\b\nc \"d\"", List.of());
        assertThat(Exposition.of(List.of(metric)).lines()).first().isEqualTo("# HELP jobs a\\\\b\\nc \"d\"");
    }

    @Test
    void numbers_are_written_out() {
        Metric metric = new Metric(
                "jobs", "", List.of(new Metric.Sample(Map.of(), new BigDecimal("1795430936000").stripTrailingZeros())));
        assertThat(Exposition.of(List.of(metric))).endsWith("\njobs 1795430936000\n");
    }
}
