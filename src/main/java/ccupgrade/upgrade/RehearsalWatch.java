package ccupgrade.upgrade;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.state.OpenFile;
import ccupgrade.words.Words;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the disk while a rehearsed release runs, and at what it has open where nothing else keeps it from the live databases. It is
 * killed at the first sight of one, and before the disk is full. A thread, because who waits for a release may wait seconds for an answer
 * of it.
 */
final class RehearsalWatch implements AutoCloseable {

    private static final long MILLIS_BETWEEN_LOOKS = 100;

    private final Site site;
    private final StandIn stage;
    private final MigrationCommand migration;
    private final boolean isolated;
    private final Thread thread = new Thread(this::look, "watch of the rehearsal");
    private final DiskUse use;
    private volatile @Nullable String strayed;

    /** When it was killed for want of it; else negative. */
    private volatile long free = -1;

    /**
     * @param isolated whether it cannot reach them anyway
     * @param use is this thread's until it is closed
     */
    RehearsalWatch(Site site, StandIn stage, MigrationCommand migration, boolean isolated, DiskUse use) {
        this.site = site;
        this.stage = stage;
        this.migration = migration;
        this.isolated = isolated;
        this.use = use;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * To be asked when it is closed.
     *
     * @throws Failed when it opened a live database, or would have filled the disk, and was killed for that
     */
    void refuseKilled() throws Failed {
        if (strayed != null) {
            throw new Failed(
                    "cannot rehearse: the release opened the live " + strayed + ", and was killed at once",
                    "it finds its database by an absolute path; run ccupgrade as root, so that the copy can be put in its place");
        }
        if (free >= 0) {
            throw new Failed(
                    Words.format(
                            "cannot finish the rehearsal: the migration had taken %s, and was killed before it filled %s, where %s are free",
                            Words.bytes(use.together()), stage.directory(), Words.bytes(free)),
                    "free some space there: the migration takes more than that");
        }
    }

    private void look() {
        try {
            while (strayed == null && free < 0) {
                lookOnce();
                Thread.sleep(MILLIS_BETWEEN_LOOKS);
            }
        } catch (InterruptedException e) {
            // The end of what was watched.
            return;
        }
    }

    private void lookOnce() throws InterruptedException {
        try {
            if (!isolated) {
                lookForStrays();
            }
            long left = Volumes.MOUNTED.of(stage.directory()).free();
            if (left < SpaceNeeds.RESERVE) {
                free = left;
                migration.killLeftovers();
            }
            use.lookNowAndThen();
        } catch (Fault | IOException e) {
            // What cannot be seen now is looked for again at the next look.
            return;
        }
    }

    private void lookForStrays() throws Fault, IOException, InterruptedException {
        Set<Long> ours = migration.processes();
        for (OpenFile open : site.openFiles().of(site.databases())) {
            if (ours.contains(open.pid())) {
                strayed = site.nameOf(open.file());
                migration.killLeftovers();
                return;
            }
        }
    }

    @Override
    public void close() throws InterruptedException, IOException {
        thread.interrupt();
        thread.join();
        use.lookLast();
    }
}
