package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandsTest {

    private final Commands commands =
            new Commands().with("install", () -> "i").with("list", () -> "l").with("status", () -> "s");

    @Test
    void only_what_is_named_is_made() {
        assertThat(commands.wanted("-o", "json", "list")).containsExactly("l");
    }

    @Test
    void a_value_that_looks_like_a_command_does_not_hide_the_command() {
        assertThat(commands.wanted("-C", "list", "status")).containsExactly("l", "s");
    }

    @Test
    void who_names_none_or_asks_for_help_gets_all() {
        assertThat(commands.wanted()).containsExactly("i", "l", "s");
        assertThat(commands.wanted("lsit")).containsExactly("i", "l", "s");
        assertThat(commands.wanted("--help", "list")).containsExactly("i", "l", "s");
        assertThat(commands.wanted("help", "list")).containsExactly("i", "l", "s");
    }
}
