package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

    private static final List<String> COMMANDS = List.of("install", "rollback", "list", "status", "pin", "unpin");

    @ParameterizedTest
    @CsvSource({
        "instal, install",
        "isntall, install",
        "lsit, list",
        "lst, list",
        "rolback, rollback",
        "stats, status",
        "unpn, unpin"
    })
    void a_slip_of_the_finger_is_understood(String typed, String meant) {
        assertThat(Spelling.nearest(typed, COMMANDS)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"upgrade", "ls", "x", "installation"})
    void another_word_is_not_guessed_at(String typed) {
        assertThat(Spelling.nearest(typed, COMMANDS)).isEmpty();
    }

    @Test
    void nothing_is_near_to_nothing() {
        assertThat(Spelling.nearest("", List.of())).isEmpty();
    }
}
