package ccupgrade.state;

import ccupgrade.disk.ChildCopy;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import java.io.IOException;

/** Copies a database that nobody has open, with all that lies beside it: by a clone where the file system can, else byte by byte. */
final class ColdCopy {

    private final Disk disk;
    private final ChildCopy children;

    ColdCopy(Disk disk, ChildCopy children) {
        this.disk = disk;
        this.children = children;
    }

    /**
     * @param copy free names in a directory that is itself temporary; afterwards the file alone, or the file and its log
     * @param cloning whether a clone is known to be possible
     */
    void copy(DatabaseFiles live, CopiedDatabase copy, boolean cloning, Progress progress)
            throws Fault, IOException, InterruptedException {
        if (!cloning || !children.tryClone(live.main(), copy.files().main())) {
            disk.copy(live.main(), copy.files().main(), progress);
        }
        if (DatabaseFiles.hasContent(live.wal())) {
            disk.copy(live.wal(), copy.files().wal(), progress);
        }
        copyJournal(live, copy, disk, progress);
    }

    /** Rolled back at once: unlike a log it is never large, and the copy is nothing without it. */
    static void copyJournal(DatabaseFiles live, CopiedDatabase copy, Disk disk, Progress progress)
            throws Fault, IOException {
        if (live.journalHasContent()) {
            disk.copy(live.journal(), copy.files().journal(), progress);
            copy.fold();
        }
    }
}
