package ccupgrade.service;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A service, as seen through whoever runs it. {@link Services} makes the one that the configuration asks for. */
public interface Service {

    Status status() throws Fault, IOException, InterruptedException;

    /**
     * Starts the service, and returns when its manager says that it runs: whether it is well is for {@link Health} to say. A no-op when
     * it runs already, whichever release that is.
     *
     * @param release the stored file itself and not the link to it, so that it is known later what was started
     * @throws ccupgrade.fault.Failed when it ended at once or did not start in time; the message ends with its last output
     */
    void start(Path release) throws Fault, IOException, InterruptedException;

    /**
     * Stops the service and returns when nothing of it is left. A no-op when nothing is there. Safe to repeat, also after a crash.
     *
     * @throws ccupgrade.fault.Failed when something of it is still there, whatever was tried
     */
    void stop() throws Fault, IOException, InterruptedException;

    /** What messages call it. */
    default String called() {
        return "the service";
    }

    /**
     * How long the manager itself lets a start take before it ends the service, where the start is over only when the service says so;
     * empty where the manager has no such limit, or does not wait for that.
     */
    default Optional<Duration> longestStart() throws Fault, IOException, InterruptedException {
        return Optional.empty();
    }

    /** The file with the service's output; empty where it is kept elsewhere or not at all. */
    Optional<Path> log();

    /** The same for a reader, as a file or as the command that shows it; empty where it is not kept. */
    default Optional<String> whereItsOutputIs() {
        return log().map(Path::toString);
    }

    /** The end of what the service said since its last start, as far as it is known; empty rather than a failure of its own. */
    String recentOutput(int lines) throws InterruptedException;
}
