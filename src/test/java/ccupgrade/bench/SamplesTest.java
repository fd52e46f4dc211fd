package ccupgrade.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplesTest {

    @Test
    void the_median_is_the_one_in_the_middle_whatever_the_order() {
        assertThat(Samples.of(9, 1, 2).median()).isEqualTo(2);
        assertThat(Samples.of(9, 1, 2, 3).median()).isEqualTo(2.5);
        assertThat(Samples.of(7).median()).isEqualTo(7);
    }

    @Test
    void a_percentile_is_a_value_that_was_measured() {
        double[] hundred = IntStream.rangeClosed(1, 100).asDoubleStream().toArray();
        assertThat(Samples.of(hundred).percentile(50)).isEqualTo(50);
        assertThat(Samples.of(hundred).percentile(99)).isEqualTo(99);
        assertThat(Samples.of(hundred).percentile(100)).isEqualTo(100);
        assertThat(Samples.of(3, 1, 2).percentile(99)).isEqualTo(3);
        assertThat(Samples.of(3, 1, 2).percentile(1)).isEqualTo(1);
    }

    @Test
    void is_told_as_median_and_range() {
        assertThat(Samples.of(0.4, 0.28, 0.311).text(2)).isEqualTo("0.31 (0.28–0.40)");
        assertThat(Samples.of(1234.5).text(1)).isEqualTo("1,234.5");
    }

    @Test
    void nothing_measured_is_no_zero() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Samples(List.of()));
    }
}
