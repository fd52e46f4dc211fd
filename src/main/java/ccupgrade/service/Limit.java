package ccupgrade.service;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** So much time from now, whatever the wall clock does meanwhile. */
final class Limit {

    private final long begin = System.nanoTime();
    private final long nanos;

    Limit(Duration duration) {
        this.nanos = saturated(duration);
    }

    boolean isOver() {
        return System.nanoTime() - begin >= nanos;
    }

    Duration passed() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanos - (System.nanoTime() - begin)));
    }

    /** Sleeps, but not beyond the limit. */
    void sleep(long milliseconds) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.min(TimeUnit.MILLISECONDS.toNanos(milliseconds), left().toNanos()));
    }

    private static long saturated(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }
}
