package ccupgrade.cli;

import ccupgrade.saga.Listener;
import ccupgrade.words.Words;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An operation's steps, each shown as it happens, on standard error: on a terminal as a line that waits and is then replaced by the result,
 * elsewhere as the result alone. When quiet, only an undo that failed is told: every other failure ends the command and is reported there.
 */
public final class StepLines implements Listener {

    private static final int NAME_COLUMNS = 10;
    private static final int DURATION_COLUMNS = 10;

    private final Console console;

    public StepLines(Console console) {
        this.console = console;
    }

    /** The JSON of a step that began, ended or failed. */
    private record Event(
            Phase phase,
            String step,
            String state,
            @Nullable Duration took,
            @Nullable String note) {}

    @Override
    public void began(Phase phase, String step) {
        console.event("step", new Event(phase, step, "began", null, null));
        if (console.canRewrite()) {
            console.live().base("  " + (console.signs() ? "…" : "...") + " " + doing(phase, step));
        }
    }

    @Override
    public void ended(Phase phase, String step, Duration took, String note) {
        console.event("step", new Event(phase, step, "ended", took, note.isEmpty() ? null : note));
        if (phase == Phase.UNDO) {
            show(Style.WARNING, "↩", "undone", step, took, note);
        } else {
            show(Style.GOOD, "✓", "ok", step, took, note);
        }
    }

    @Override
    public void failed(Phase phase, String step, Duration took, Throwable cause) {
        String note = Problem.of(cause).message();
        console.event("step", new Event(phase, step, "failed", took, note));
        if (phase == Phase.UNDO && console.isQuiet()) {
            console.warn("cannot undo " + step + ": " + note);
        } else {
            show(Style.BAD, "✗", "failed", doing(phase, step), took, note);
        }
    }

    private static String doing(Phase phase, String step) {
        return phase == Phase.UNDO ? "undo " + step : step;
    }

    private void show(Style style, String sign, String word, String step, Duration took, String note) {
        if (console.isQuiet()) {
            return;
        }
        String mark = console.signs() ? sign : word + " ".repeat("undone".length() - word.length());
        String line = "  " + console.onError(style, mark) + " " + padded(step) + aligned(Words.duration(took)) + "  "
                + Words.oneLine(Words.firstLine(note));
        console.live().base("");
        console.errorLine(line.stripTrailing());
    }

    private static String padded(String step) {
        String name = Words.oneLine(step);
        return name + " ".repeat(Math.max(0, NAME_COLUMNS - Words.width(name)));
    }

    private static String aligned(String duration) {
        return " ".repeat(Math.max(1, DURATION_COLUMNS - Words.width(duration))) + duration;
    }
}
