package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.fault.Failed;
import ccupgrade.saga.Listener.Phase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StepLinesTest {

    private static final Duration TOOK = Duration.ofMillis(2100);

    @Test
    void a_step_waits_in_a_line_that_its_result_replaces() {
        Screen screen = new Screen(Screen.withoutColour(80));
        StepLines steps = new StepLines(screen.console);
        steps.began(Phase.DO, "migrate");
        assertThat(screen.seen()).isEqualTo("  … migrate");
        steps.ended(Phase.DO, "migrate", TOOK, "3 migrations");
        assertThat(screen.seen()).isEqualTo("  ✓ migrate        2.1 s  3 migrations\n");
    }

    @Test
    void failure_and_undo_have_marks_of_their_own() {
        Screen screen = new Screen(Screen.withoutColour(80));
        StepLines steps = new StepLines(screen.console);
        steps.began(Phase.DO, "health");
        steps.failed(Phase.DO, "health", Duration.ofSeconds(61), new Failed("cannot reach it\nat all", null));
        steps.began(Phase.UNDO, "activate");
        assertThat(screen.seen()).endsWith("\n  … undo activate");
        steps.ended(Phase.UNDO, "activate", Duration.ofMillis(3), "");
        steps.failed(Phase.UNDO, "snapshot", TOOK, new Failed("disk full", null));
        steps.ended(Phase.FINISH, "commit", TOOK, "");
        assertThat(screen.seen()).isEqualTo("""
                          ✗ health     1 min 01 s  cannot reach it
                          ↩ activate        3 ms
                          ✗ undo snapshot     2.1 s  disk full
                          ✓ commit         2.1 s
                        """);
    }

    @Test
    void colours_only_the_mark() {
        Screen screen = new Screen(Screen.terminal(80));
        new StepLines(screen.console).ended(Phase.DO, "stage", TOOK, "");
        assertThat(screen.seen()).isEqualTo("  \u001b[32m✓\u001b[0m stage          2.1 s\n");
    }

    @Test
    void a_file_gets_words_of_plain_ascii_and_results_only() {
        Screen screen = new Screen(Screen.NO_TERMINAL);
        StepLines steps = new StepLines(screen.console);
        steps.began(Phase.DO, "stage");
        steps.ended(Phase.DO, "stage", TOOK, "17.jar");
        steps.failed(Phase.DO, "inspect", TOOK, new Failed("no jar", null));
        steps.ended(Phase.UNDO, "stage", TOOK, "");
        assertThat(screen.err()).isEqualTo("""
                          ok     stage          2.1 s  17.jar
                          failed inspect        2.1 s  no jar
                          undone stage          2.1 s
                        """);
    }

    @Test
    void quiet_still_tells_of_an_undo_that_failed() {
        Screen screen = new Screen(Screen.NO_TERMINAL).given("-q");
        StepLines steps = new StepLines(screen.console);
        steps.ended(Phase.DO, "stage", TOOK, "");
        steps.failed(Phase.DO, "inspect", TOOK, new Failed("no jar", null));
        steps.failed(Phase.UNDO, "stage", TOOK, new Failed("disk full", null));
        assertThat(screen.err()).isEqualTo("warning: cannot undo stage: disk full\n");
    }

    @Test
    void a_program_gets_a_line_an_event_and_the_outcome_last() {
        Screen screen = new Screen(Screen.NO_TERMINAL).given("-o", "json", "-q");
        screen.console.stream();
        StepLines steps = new StepLines(screen.console);
        AtomicLong nanos = new AtomicLong();
        ProgressLine progress = new ProgressLine(screen.console, nanos::get);
        steps.began(Phase.DO, "stage");
        progress.begin("copying", 200);
        progress.at(10);
        nanos.set(1_000_000_000L);
        progress.at(100);
        progress.at(101);
        progress.end();
        steps.failed(Phase.DO, "stage", TOOK, new Failed("no\njar", null));
        screen.console.json("outcome", Map.of("exitCode", 1));
        assertThat(screen.out()).isEqualTo("""
                        {"format":1,"kind":"step","phase":"do","step":"stage","state":"began","tookMs":null,"note":null}
                        {"format":1,"kind":"progress","what":"copying","done":100,"total":200,"elapsedMs":1000,"leftMs":1000}
                        {"format":1,"kind":"step","phase":"do","step":"stage","state":"failed","tookMs":2100,"note":"no\\njar"}
                        {"format":1,"kind":"outcome","exitCode":1}
                        """);
        assertThat(screen.err()).isEmpty();
    }

    @Test
    void a_reader_gets_no_events() {
        Screen screen = new Screen(Screen.NO_TERMINAL).given();
        screen.console.stream();
        new StepLines(screen.console).began(Phase.DO, "stage");
        assertThat(screen.out()).isEmpty();
    }
}
