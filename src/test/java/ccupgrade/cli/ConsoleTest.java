package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {

    private static final Problem PROBLEM = new Problem(
            ExitCode.TAKEN_BACK,
            "cannot start 2.0\nexit 1",
            List.of("port 80 is taken"),
            "1.0 runs with its data as before",
            "ccupgrade history 7",
            new IOException("thrown"));

    @Test
    void an_error_says_what_why_how_things_stand_and_what_next() {
        Screen screen = new Screen(Screen.NO_TERMINAL);
        assertThat(screen.console.report(PROBLEM)).isEqualTo(ExitCode.TAKEN_BACK);
        assertThat(screen.err()).isEqualTo("""
                        error: cannot start 2.0
                               exit 1
                               port 80 is taken
                        now:   1.0 runs with its data as before
                        next:  ccupgrade history 7
                        """);
        assertThat(screen.out()).isEmpty();
    }

    @Test
    void what_is_not_known_is_not_labelled() {
        Screen screen = new Screen(Screen.NO_TERMINAL);
        screen.console.report(Problem.of(new Refused("too old", null)));
        assertThat(screen.err()).isEqualTo("error: too old\n");
    }

    @Test
    void a_program_gets_the_error_on_standard_output_too() {
        Screen screen = new Screen(Screen.NO_TERMINAL).given("-o", "json");
        screen.console.report(PROBLEM);
        assertThat(screen.err()).startsWith("error: cannot start 2.0");
        assertThat(screen.out()).isEqualTo("""
                        {
                          "format": 1,
                          "kind": "error",
                          "exitCode": 4,
                          "outcome": "taken-back",
                          "message": "cannot start 2.0\\nexit 1",
                          "because": [
                            "port 80 is taken"
                          ],
                          "standing": "1.0 runs with its data as before",
                          "next": "ccupgrade history 7"
                        }
                        """);
    }

    @Test
    void a_program_gets_one_document_and_no_second() {
        Screen screen = new Screen(Screen.NO_TERMINAL).given("-o", "json");
        screen.console.json("operation", Map.of("outcome", "taken back"));
        String document = screen.out();
        screen.console.report(PROBLEM);
        assertThat(screen.out()).isEqualTo(document);
        assertThat(screen.err()).startsWith("error: ");
    }

    @Test
    void a_stack_trace_comes_only_when_asked_for() {
        Terminal debug = new Terminal(false, false, false, false, false, true, true, () -> 80, () -> Screen.ZONE);
        Screen screen = new Screen(debug);
        screen.console.report(PROBLEM);
        assertThat(screen.err()).contains("java.io.IOException: thrown", "\tat ");
    }

    @Test
    void colour_needs_a_terminal_that_wants_it() {
        assertThat(printed(Screen.terminal(80))).isEqualTo("\u001b[31mbad\u001b[0m\n");
        assertThat(printed(Screen.withoutColour(80))).isEqualTo("bad\n");
        assertThat(printed(Screen.NO_TERMINAL)).isEqualTo("bad\n");
        assertThat(printed(new Terminal(true, true, true, true, false, true, false, () -> 80, () -> Screen.ZONE)))
                .isEqualTo("bad\n");
        assertThat(printed(Screen.terminal(80), "--no-color")).isEqualTo("bad\n");
    }

    private static String printed(Terminal terminal, String... arguments) {
        Screen screen = new Screen(terminal).given(arguments);
        screen.console.print(Style.BAD, "bad");
        return screen.out();
    }

    @Test
    void quiet_keeps_results_warnings_and_errors() {
        Screen screen = new Screen(Screen.NO_TERMINAL).given("-q");
        screen.console.say("said");
        screen.console.print("printed");
        screen.console.warn("warned");
        assertThat(screen.out()).isEqualTo("printed\n");
        assertThat(screen.err()).isEqualTo("warning: warned\n");
    }

    @Test
    void foreign_text_is_made_harmless_everywhere() {
        Screen screen = new Screen(Screen.terminal(80)).given("--no-color");
        screen.console.print("\u001b[2J");
        screen.console.say("\u001b[2J");
        screen.console.warn("\u001b[2J");
        screen.console.report(Problem.of(ExitCode.FAILED, "\u001b[2J", "\u001b[2J"));
        assertThat(screen.out() + screen.err()).doesNotContain("\u001b");
    }

    @Test
    void a_table_is_cut_on_a_terminal_only() {
        Table table = new Table().left("A").row("0123456789abcdef");
        Screen wide = new Screen(Screen.NO_TERMINAL);
        wide.console.print(table);
        Screen narrow = new Screen(Screen.withoutColour(12));
        narrow.console.print(table);
        assertThat(wide.out()).isEqualTo("A\n0123456789abcdef\n");
        assertThat(narrow.out()).isEqualTo("A\n0123456789a…\n");
    }

    @Test
    void what_is_printed_pushes_the_live_line_down() {
        Screen screen = new Screen(Screen.terminal(80));
        screen.console.live().base("  … migrate");
        screen.console.say("a line");
        assertThat(screen.seen()).isEqualTo("a line\n  … migrate");
        screen.console.report(Problem.of(ExitCode.FAILED, "x", null));
        assertThat(screen.seen()).endsWith("\n\u001b[31merror:\u001b[0m x\n");
    }
}
