package ccupgrade.saga;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/**
 * A request to stop, from a signal, brought to the thread that works. Only an act is interrupted; the journal's own writes and the way
 * back never are, because an interrupt closes the file that is being written.
 */
public final class Cancellation {

    private boolean requested;
    private boolean shielded;
    private @Nullable Thread acting;

    /** While it is open, the process must not just end. */
    public interface Shield extends AutoCloseable {
        @Override
        void close();
    }

    /** Called before an operation begins; closed when it has ended, whichever way. */
    public synchronized Shield shield() {
        shielded = true;
        return this::unshield;
    }

    private synchronized void unshield() {
        shielded = false;
    }

    /**
     * Asks the act under way, or else the next one, to stop. Called by any thread; returns at once.
     *
     * @return false when no operation is under way, so that the process may simply end
     */
    public synchronized boolean request() {
        requested = true;
        if (acting != null) {
            acting.interrupt();
        }
        return shielded;
    }

    public synchronized boolean isRequested() {
        return requested;
    }

    /** Does the act, so that a request to stop interrupts it. It ends with an {@link InterruptedException} then, whatever it failed with. */
    public String during(Step.Act act, Facts facts) throws Fault, IOException, InterruptedException {
        enter();
        try {
            return act.run(facts);
        } catch (Fault | IOException | RuntimeException e) {
            if (isRequested() && isInterruption(e)) {
                InterruptedException stopped = new InterruptedException();
                stopped.addSuppressed(e);
                throw stopped;
            }
            throw e;
        } finally {
            leave();
        }
    }

    /**
     * Interrupting a thread in the middle of a file operation closes the file and looks like a failure of the disk; an act may have
     * wrapped it in words of its own. A release is not to be blamed for it.
     */
    private static boolean isInterruption(Throwable failure) {
        if (failure instanceof IOException) {
            return true;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException || cause instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return false;
    }

    private synchronized void enter() throws InterruptedException {
        if (requested) {
            throw new InterruptedException();
        }
        acting = Thread.currentThread();
    }

    private synchronized void leave() {
        acting = null;
        // The flag must not outlive the act: the journal is written next.
        Thread.interrupted();
    }
}
