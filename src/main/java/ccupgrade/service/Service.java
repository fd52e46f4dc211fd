package ccupgrade.service;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Path;
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

    /** The account that the manager runs the service as; empty where that is whoever asks, or is not known. */
    default Optional<String> account() throws Fault, IOException, InterruptedException {
        return Optional.empty();
    }

    /** The file with the service's output; empty where it is kept elsewhere or not at all. */
    Optional<Path> log();

    /** The end of what the service said since its last start, as far as it is known; empty rather than a failure of its own. */
    String recentOutput(int lines) throws InterruptedException;
}
