package ccupgrade.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "90s,PT90S",
        "2m,PT2M",
        "6h,PT6H",
        "1h30m,PT1H30M",
        "500ms,PT0.5S",
        "2d,PT48H",
        "0s,PT0S",
        "1d2h3m4s5ms,PT26H3M4.005S"
    })
    void reads(String text, Duration duration) {
        assertThat(DurationText.parse(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "90", "s", "1.5s", "-1s", "1s1m", "1s ", "1S", "1w", "1000000000s", "٣s"})
    void refuses(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }

    @Test
    void reads_back_what_it_writes() {
        for (long millis :
                new long[] {0, 1, 999, 1000, 1500, 90_000, 119_000, 120_000, 7_200_000, 5_400_000, 86_400_001}) {
            Duration duration = Duration.ofMillis(millis);
            assertThat(DurationText.parse(DurationText.format(duration))).contains(duration);
        }
        assertThat(DurationText.format(Duration.ofSeconds(90))).isEqualTo("90s");
        assertThat(DurationText.format(Duration.ofMinutes(2))).isEqualTo("2m");
        assertThat(DurationText.format(Duration.ofHours(6))).isEqualTo("6h");
    }
}
