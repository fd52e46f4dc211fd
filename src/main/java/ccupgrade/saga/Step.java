package ccupgrade.saga;

import ccupgrade.fault.Fault;
import java.io.IOException;

/**
 * One step and its undo.
 *
 * @param name one word; the journal knows the step by it, so it never changes
 * @param intend says in the facts what the undo will need; touches nothing
 * @param act does it
 * @param undo takes it back; copes with none, half or all of it having happened, and with having been interrupted itself
 */
public record Step(String name, Intend intend, Act act, Undo undo) {

    private static final Undo NOTHING = facts -> "";

    /** A step that only looks. */
    public static Step looking(String name, Act act) {
        return new Step(name, facts -> {}, act, NOTHING);
    }

    /** A step after the point of no return: it is done again after a crash, so it copes with having been done. */
    public static Step finishing(String name, Act act) {
        return looking(name, act);
    }

    /** False for a step that leaves nothing behind that would have to be taken back. */
    boolean hasUndo() {
        return undo != NOTHING;
    }

    /** Before the act. */
    @FunctionalInterface
    public interface Intend {
        void run(Facts facts) throws Fault, IOException, InterruptedException;
    }

    /** The act itself. */
    @FunctionalInterface
    public interface Act {
        /** @return one line for a reader, or empty */
        String run(Facts facts) throws Fault, IOException, InterruptedException;
    }

    /** The way back. It is not interrupted by a request to stop: it is what answers the request. */
    @FunctionalInterface
    public interface Undo {
        /** @return one line for a reader, or empty */
        String run(Facts facts) throws Fault, IOException, InterruptedException;
    }
}
