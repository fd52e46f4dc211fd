package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationOptionTest {

    private final DurationOption option = new DurationOption();

    @Test
    void parts_add_up() {
        assertThat(option.convert("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(option.convert("0s")).isEqualTo(Duration.ZERO);
        assertThat(option.convert("2d1h30m")).isEqualTo(Duration.ofMinutes(49 * 60 + 30));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "90", "s", "1 m", "1.5h", "-1s", "90sec", "x1s", "1sx", "99999999999s"})
    void anything_else_is_no_duration(String text) {
        assertThatThrownBy(() -> option.convert(text)).isInstanceOf(TypeConversionException.class);
    }
}
