package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.fault.Refused;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfirmTest {

    private static Confirm answering(Screen screen, String answer) {
        InputStream in = new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8));
        return new Confirm(screen.console, in, screen.options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"y\n", "Y\n", " yes \n", "y"})
    void yes_goes_ahead(String answer) {
        Screen screen = new Screen(Screen.terminal(80));
        assertThatCode(() -> answering(screen, answer).ask("go back?")).doesNotThrowAnyException();
        assertThat(screen.seen()).isEqualTo("go back? [y/N] ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"n\n", "\n", "", "yess\n"})
    void anything_else_refuses(String answer) {
        Screen screen = new Screen(Screen.terminal(80));
        assertThatThrownBy(() -> answering(screen, answer).ask("go back?")).isInstanceOf(Refused.class);
    }

    @Test
    void a_yes_beforehand_asks_nothing() {
        Screen screen = new Screen(Screen.NO_TERMINAL).given("--yes");
        assertThatCode(() -> answering(screen, "").ask("go back?")).doesNotThrowAnyException();
        assertThat(screen.err()).isEmpty();
    }

    @Test
    void without_a_terminal_it_refuses_and_names_the_option() {
        Screen screen = new Screen(Screen.NO_TERMINAL);
        assertThatThrownBy(() -> answering(screen, "y\n").ask("go back?"))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.remedy()).contains("--yes"));
    }
}
