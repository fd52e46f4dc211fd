package ccupgrade.words;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "99, 99 ms",
        "100, 0.1 s",
        "400, 0.4 s",
        "12340, 12.3 s",
        "59949, 59.9 s",
        "59950, 1 min 00 s",
        "60000, 1 min 00 s",
        "200000, 3 min 20 s",
        "3599960, 1 h 00 min",
        "7500000, 2 h 05 min",
        "172799000, 47 h 59 min",
        "273600000, 3 d 04 h",
        "-400, -0.4 s",
    })
    void durations_are_as_exact_as_a_reader_can_use(long millis, String words) {
        assertThat(Words.duration(Duration.ofMillis(millis))).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "444000000, 444 MB",
        "1300000000, 1.3 GB",
        "99949999, 99.9 MB",
        "99950000, 100 MB",
        "999499999, 999 MB",
        "999500000, 1.0 GB",
        "9223372036854775807, 9.2 EB",
    })
    void bytes_are_decimal_with_about_three_digits(long bytes, String words) {
        assertThat(Words.bytes(bytes)).isEqualTo(words);
    }

    @Test
    void a_rate_is_bytes_a_second_and_nothing_for_no_time() {
        assertThat(Words.rate(820_000_000, Duration.ofSeconds(2))).isEqualTo("410 MB/s");
        assertThat(Words.rate(820_000_000, Duration.ZERO)).isEmpty();
    }

    @Test
    void only_what_is_complete_is_a_hundred_percent() {
        assertThat(Words.percent(999, 1000)).isEqualTo("99 %");
        assertThat(Words.percent(1000, 1000)).isEqualTo("100 %");
        assertThat(Words.percent(0, 0)).isEqualTo("100 %");
    }

    @Test
    void instants_are_in_the_readers_time_zone() {
        assertThat(Words.instant(Instant.parse("2026-11-22T18:40:59Z"), ZoneId.of("Europe/Berlin")))
                .isEqualTo("2026-11-22 19:40");
    }

    @Test
    void a_moment_says_its_time_zone() {
        assertThat(Words.moment(Instant.parse("2026-11-22T18:40:05.123456789Z")))
                .isEqualTo("2026-11-22 18:40:05 UTC");
    }

    @Test
    void a_wrapped_text_is_broken_at_spaces_and_a_long_word_anywhere() {
        assertThat(Words.wrap("one two three", 7)).containsExactly("one two", "three");
        assertThat(Words.wrap("/a/long/path is it", 5)).containsExactly("/a/lo", "ng/pa", "th is", "it");
        assertThat(Words.wrap("", 5)).containsExactly("");
    }

    @Test
    void counts_have_separators_and_a_plural() {
        assertThat(Words.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Words.count(1, "row")).isEqualTo("1 row");
        assertThat(Words.count(0, "row")).isEqualTo("0 rows");
    }

    @Test
    void the_machines_locale_changes_nothing() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(Words.bytes(1_300_000_000)).isEqualTo("1.3 GB");
            assertThat(Words.duration(Duration.ofMillis(400))).isEqualTo("0.4 s");
            assertThat(Words.count(1_234)).isEqualTo("1,234");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void foreign_text_cannot_steer_the_terminal() {
        assertThat(Words.printable("1.0\u001b[2J\r\u009b1m\tx\ny")).isEqualTo("1.0?[2J??1m\tx\ny");
        assertThat(Words.oneLine(" a \r\n\t b\u0007 ")).isEqualTo("a b?");
    }

    @Test
    void a_cut_text_fits_and_shows_that_it_was_cut() {
        assertThat(Words.cut("migration", 9, true)).isEqualTo("migration");
        assertThat(Words.cut("migration", 6, true)).isEqualTo("migra…");
        assertThat(Words.cut("migration", 6, false)).isEqualTo("mig...");
    }
}
