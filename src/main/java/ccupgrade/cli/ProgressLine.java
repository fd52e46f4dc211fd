package ccupgrade.cli;

import ccupgrade.disk.Progress;
import ccupgrade.words.Words;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Long work, on standard error: a line that is rewritten on a terminal, a plain line now and then elsewhere, nothing for work that is
 * over soon. It draws only when it is told something: who works gives signs of life.
 */
public final class ProgressLine implements Progress {

    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration BETWEEN_DRAWINGS = Duration.ofMillis(100);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final Duration BETWEEN_EVENTS = Duration.ofSeconds(1);

    private final Console console;
    private final LongSupplier nanoTime;

    private String what = "";
    private long total;
    private long began;
    /** When something was shown last, counted from the beginning. */
    private Duration shown = Duration.ZERO;
    /** When a program was told last, likewise. */
    private Duration told = Duration.ZERO;

    /**
     * The JSON of how far long work is; {@code done} and {@code total} in bytes, null where only the time is known.
     */
    private record Event(
            String what,
            @Nullable Long done,
            @Nullable Long total,
            Duration elapsed,
            @Nullable Duration left) {}

    /** @param nanoTime as {@code System.nanoTime()}, which no clock's correction moves */
    public ProgressLine(Console console, LongSupplier nanoTime) {
        this.console = console;
        this.nanoTime = nanoTime;
    }

    @Override
    public void begin(String what, long total) {
        this.what = Words.oneLine(what);
        this.total = total;
        this.began = nanoTime.getAsLong();
        this.shown = Duration.ZERO;
        this.told = Duration.ZERO;
    }

    @Override
    public void at(long done) {
        Duration elapsed = Duration.ofNanos(nanoTime.getAsLong() - began);
        if (elapsed.compareTo(told.plus(BETWEEN_EVENTS)) >= 0) {
            told = elapsed;
            console.event("progress", event(done, elapsed));
        }
        if (console.isQuiet()) {
            return;
        }
        if (console.canRewrite()) {
            // The first line after a second, then by the interval.
            Duration due = shown.isZero() ? SHORT : shown.plus(BETWEEN_DRAWINGS);
            if (elapsed.compareTo(due) >= 0) {
                shown = elapsed;
                console.live().over(line(done, elapsed));
            }
        } else if (elapsed.compareTo(shown.plus(BETWEEN_LINES)) >= 0) {
            shown = elapsed;
            console.errorLine(line(done, elapsed));
        }
    }

    @Override
    public void end() {
        if (console.canRewrite()) {
            console.live().over("");
        }
    }

    private Event event(long done, Duration elapsed) {
        if (total < 0) {
            return new Event(what, null, null, elapsed, null);
        }
        long all = Math.max(total, done);
        return new Event(what, done, all, elapsed, done <= 0 ? null : left(done, all, elapsed));
    }

    private String line(long done, Duration elapsed) {
        if (total < 0) {
            return "  " + what + "  " + Words.wholeSeconds(elapsed);
        }
        // A file may grow while it is copied.
        long all = Math.max(total, done);
        String line = "  " + what + "  " + Words.bytes(done) + " of " + Words.bytes(all) + "  "
                + Words.percent(done, all) + "  " + Words.rate(done, elapsed);
        return done <= 0 ? line : line + "  " + Words.wholeSeconds(left(done, all, elapsed)) + " left";
    }

    /** At the rate so far; rounded up, so that it says nothing is left only when nothing is. */
    private static Duration left(long done, long all, Duration elapsed) {
        double seconds = elapsed.toNanos() / 1e9 * (all - done) / done;
        return Duration.ofSeconds((long) Math.ceil(seconds));
    }
}
