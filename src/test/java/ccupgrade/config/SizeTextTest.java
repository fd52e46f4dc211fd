package ccupgrade.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeTextTest {

    @ParameterizedTest
    @CsvSource({
        "0B, 0",
        "4096B, 4096",
        "1kB, 1000",
        "1KiB, 1024",
        "512MiB, 536870912",
        "10GB, 10000000000",
        "1.5 TB, 1500000000000",
    })
    void a_size_is_a_number_with_a_unit_of_thousands_or_of_1024(String text, long bytes) {
        assertThat(SizeText.parse(text)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "GB", "-1GB", "1,5GB", "1e9B", "10 G", "10gb", "1 000kB", "9999999999B"})
    void anything_else_is_none(String text) {
        assertThat(SizeText.parse(text)).isEmpty();
    }
}
