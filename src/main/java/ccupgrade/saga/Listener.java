package ccupgrade.saga;

import java.time.Duration;

/** Hears of each step as it happens. Called by the thread that runs the steps; must not throw. */
public interface Listener {

    /** In which direction a step is being run. */
    enum Phase {
        DO,
        UNDO,
        /** After the point of no return. */
        FINISH
    }

    void began(Phase phase, String step);

    /** @param note one line for a reader, or empty */
    void ended(Phase phase, String step, Duration took, String note);

    void failed(Phase phase, String step, Duration took, Throwable cause);
}
