package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.fault.Misuse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlaceholdersTest {

    @Test
    void values_are_put_in_as_they_are() throws Exception {
        assertThat(Placeholders.expand(
                        "x", List.of("run", "--db={database}:{home}"), Map.of("database", "a$1\\b", "home", "{home}")))
                .containsExactly("run", "--db=a$1\\b:{home}");
    }

    @Test
    void other_braces_are_left_alone() throws Exception {
        assertThat(Placeholders.expand("x", List.of("{\"a\": {}}", "${HOME}"), Map.of()))
                .containsExactly("{\"a\": {}}", "${HOME}");
    }

    @Test
    void an_unknown_one_is_named_with_those_that_exist() {
        assertThatThrownBy(() -> Placeholders.expand(
                        "command in [migration]", List.of("{relase}"), Map.of("release", "r", "home", "h")))
                .isInstanceOfSatisfying(Misuse.class, e -> {
                    assertThat(e).hasMessageContaining("{relase}").hasMessageContaining("command in [migration]");
                    assertThat(e.remedy()).contains("{home}, {release}");
                });
    }
}
