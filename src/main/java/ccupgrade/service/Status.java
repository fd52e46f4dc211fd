package ccupgrade.service;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a service stands with its manager. */
public sealed interface Status {

    /**
     * It runs, or is about to: state may be open.
     *
     * @param pid the main process; null where the manager doesn't tell
     * @param executable the release that it was started from; null where the manager doesn't tell
     * @param restarts how often its manager started it again by itself
     * @param ready false while its manager waits for it to say that it is up
     */
    record Running(
            @Nullable Long pid,
            @Nullable Instant since,
            @Nullable Path executable,
            int restarts,
            boolean ready) implements Status {

        /** Of one whose manager waits for nothing. */
        public Running(@Nullable Long pid, @Nullable Instant since, @Nullable Path executable, int restarts) {
            this(pid, since, executable, restarts, true);
        }
    }

    /** @param how its end, for a reader ({@code exit 143, a clean stop}); null where nothing is known of it */
    record Stopped(@Nullable String how) implements Status {}

    /**
     * The main process is gone, but processes that it started are not, and may have the state open. {@link Service#stop} ends them.
     *
     * @param pids never empty
     */
    record Leftover(List<Long> pids) implements Status {}

    /** The manager could not say. Nothing may be concluded from it, least of all that the service is stopped. */
    record Unknown(String why) implements Status {}
}
