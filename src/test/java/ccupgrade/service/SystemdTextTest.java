package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SystemdTextTest {

    /** As systemd 252 printed it. */
    @Test
    void words_that_are_not_plain_stand_in_quotes() {
        assertThat(SystemdText.words(
                        "A=1 \"B=x y\" \"C=a\\\"b\" \"D=dollar\\$x back\\\\slash\" \"E=t\\ttab\" \"F=ü'q\" G="))
                .containsExactly("A=1", "B=x y", "C=a\"b", "D=dollar$x back\\slash", "E=t\ttab", "F=ü'q", "G=");
    }

    @Test
    void nothing_is_no_word() {
        assertThat(SystemdText.words("")).isEmpty();
    }

    @Test
    void a_span_is_the_sum_of_its_parts() {
        assertThat(SystemdText.span("1min 30s")).contains(Duration.ofSeconds(90));
        assertThat(SystemdText.span("1h 1.500s")).contains(Duration.ofMillis(3_601_500));
        assertThat(SystemdText.span("250ms")).contains(Duration.ofMillis(250));
        assertThat(SystemdText.span("1month")).contains(Duration.ofSeconds(2_629_800));
    }

    @Test
    void infinity_has_no_end_and_neither_has_what_is_not_understood() {
        assertThat(SystemdText.span("infinity")).isEmpty();
        assertThat(SystemdText.span("")).isEmpty();
        assertThat(SystemdText.span("90")).isEmpty();
        assertThat(SystemdText.span("3 moons")).isEmpty();
    }
}
