package ccupgrade.upgrade;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.state.OpenFile;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the disk while a rehearsed release runs, and at what it has open where nothing else keeps it from the live databases: then it
 * is killed at the first sight of one. A thread, because who waits for a release may wait seconds for an answer of it.
 */
final class RehearsalWatch implements AutoCloseable {

    private static final long MILLIS_BETWEEN_LOOKS = 100;

    /** A walk over many files takes its time. */
    private static final int LOOKS_BETWEEN_WALKS = 5;

    private final Site site;
    private final StandIn stage;
    private final MigrationCommand migration;
    private final boolean isolated;
    private final Thread thread = new Thread(this::look, "watch of the rehearsal");
    private volatile long peak;
    private volatile @Nullable String strayed;

    /** @param isolated whether it cannot reach them anyway */
    RehearsalWatch(Site site, StandIn stage, MigrationCommand migration, boolean isolated) {
        this.site = site;
        this.stage = stage;
        this.migration = migration;
        this.isolated = isolated;
        thread.setDaemon(true);
        thread.start();
    }

    /** Bytes; the most that was seen. */
    long peak() {
        return peak;
    }

    /** @throws Failed when it opened a live database */
    void refuseStray() throws Failed {
        if (strayed != null) {
            throw new Failed(
                    "cannot rehearse: the release opened the live " + strayed + ", and was killed at once",
                    "it finds its database by an absolute path; run ccupgrade as root, so that the copy can be put in its place");
        }
    }

    private void look() {
        try {
            for (int looks = 0; strayed == null; looks++) {
                if (looks % LOOKS_BETWEEN_WALKS == 0) {
                    measure();
                }
                if (!isolated) {
                    lookForStrays();
                }
                Thread.sleep(MILLIS_BETWEEN_LOOKS);
            }
        } catch (InterruptedException e) {
            // The end of what was watched.
            measure();
        }
    }

    private void measure() {
        try {
            peak = Math.max(peak, stage.size() + migration.temporaryBytes());
        } catch (IOException e) {
            // The next look may succeed.
            return;
        }
    }

    private void lookForStrays() throws InterruptedException {
        try {
            Set<Long> ours = migration.processes();
            for (OpenFile open : site.openFiles().of(site.databases())) {
                if (ours.contains(open.pid())) {
                    strayed = site.nameOf(open.file());
                    migration.killLeftovers();
                    return;
                }
            }
        } catch (Fault | IOException e) {
            // What cannot be seen now is looked for again at the next look.
            return;
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
