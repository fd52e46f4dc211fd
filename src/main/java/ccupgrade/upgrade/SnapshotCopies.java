package ccupgrade.upgrade;

import ccupgrade.config.Deployment;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.saga.Cancellation;
import ccupgrade.saga.Facts;
import ccupgrade.state.Snapshot;
import java.io.IOException;
import java.nio.file.Path;

/** Copies snapshots out of a deployment. It reads what is published, and takes no lock. */
public final class SnapshotCopies {

    private final Site site;
    private final Progress progress;
    private final Cancellation cancellation;

    public SnapshotCopies(
            Deployment deployment, Surroundings surroundings, Progress progress, Cancellation cancellation) {
        this.site = Site.toLookAt(deployment, surroundings);
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /**
     * Makes a plain, verified copy of a snapshot, of which nothing is left unless it is whole.
     *
     * @param destination a free name in a directory that is there
     */
    public void export(String id, Path destination, boolean withArchive)
            throws Fault, IOException, InterruptedException {
        Snapshot snapshot = new StoredSnapshots(site).named(id);
        try (Cancellation.Shield shield = cancellation.shield()) {
            assert shield != null;
            cancellation.during(
                    facts -> {
                        site.snapshots().export().copy(snapshot, destination, withArchive, progress);
                        return "";
                    },
                    new Facts());
        }
    }
}
