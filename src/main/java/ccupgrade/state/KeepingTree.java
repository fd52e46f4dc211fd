package ccupgrade.state;

import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.disk.TreeMirror;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.state.SavedTree.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an archive: a second tree is made while the service works, and made equal when it has ended. What of it takes time is done before;
 * a whole copy is never made after the end.
 */
final class KeepingTree {

    private static final Set<String> CLONING = Set.of("btrfs", "xfs", "bcachefs");

    private final Scope.Archive archive;
    private final Path directory;
    private final String label;
    private final Disk disk;
    private final Clock clock;
    private @Nullable TreeMirror mirror;
    private Way way = Way.ABSENT;

    /** @param directory the snapshot's, under its temporary name */
    KeepingTree(Scope.Archive archive, Path directory, String label, Disk disk, Clock clock) {
        this.archive = archive;
        this.directory = directory;
        this.label = label;
        this.disk = disk;
        this.clock = clock;
    }

    /**
     * How a tree would be kept. Where the file system may have clones, and not each XFS has, one is tried and deleted again.
     *
     * @param ours a directory for it; where that is not on the tree's file system it is made beside the tree
     */
    static Way foreseen(Path live, boolean rewritesFiles, Path ours, Disk disk)
            throws IOException, InterruptedException {
        if (!ArchiveTrees.exists(live)) {
            return Way.ABSENT;
        }
        Path beside = live.toAbsolutePath().resolveSibling("");
        Path place = Files.isDirectory(ours) && Mounts.read().areOne(ours, beside) ? ours : beside;
        boolean clones = CLONING.contains(Files.getFileStore(live).type())
                && Files.isWritable(place)
                && TreeMirror.canClone(live, probe(place.resolve(live.getFileName())), disk);
        return clones ? Way.CLONE : rewritesFiles ? Way.LINK : Way.COPY;
    }

    private static Path probe(Path place) {
        return place.resolveSibling("." + place.getFileName() + ".probe" + Disk.TEMPORARY_SUFFIX);
    }

    void begin(long rate, Progress progress) throws Fault, IOException, InterruptedException {
        Path live = ArchiveTrees.real(archive.path());
        if (archive.keeping() == Scope.Keeping.VERSION || !ArchiveTrees.exists(live)) {
            return;
        }
        if (!Files.isDirectory(live, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refused(
                    "cannot keep the archive " + archive.path() + ": it is not a directory",
                    "correct archive in [state]");
        }
        ArchiveTrees.refuseUnmovable(live);
        Path place = new ArchiveTrees(directory, disk).reserve(live, directory, label);
        if (archive.keeping() == Scope.Keeping.BY_MOVING) {
            way = Way.MOVE;
            return;
        }
        way = TreeMirror.canClone(live, probe(place), disk) ? Way.CLONE : archive.rewritesFiles() ? Way.LINK : Way.COPY;
        mirror = new TreeMirror(live, place, TreeMirror.Way.valueOf(way.name()), disk, clock);
        try {
            mirror.pass(false, rate, progress);
            // Whatever the first pass took, the second is short, and the last one is as the second.
            mirror.pass(false, rate, progress);
        } catch (IOException e) {
            throw cannot(e);
        }
    }

    /** @param path as the manifest is to name it */
    SavedArchive finish(String path, Progress progress) throws Fault, IOException, InterruptedException {
        Path live = ArchiveTrees.real(archive.path());
        Long version = ArchiveVersion.read(live, archive.versionFile()).orElse(null);
        if (archive.keeping() == Scope.Keeping.VERSION) {
            return new SavedArchive(path, version, null);
        }
        if (mirror == null) {
            if (way == Way.ABSENT && ArchiveTrees.exists(live)) {
                throw new Failed(
                        "cannot keep the archive " + archive.path() + ": it was made while the service was stopped",
                        "try again");
            }
            return new SavedArchive(path, version, new SavedTree(way, null, null));
        }
        try {
            TreeMirror.Tally tally = mirror.pass(true, 0, progress);
            return new SavedArchive(path, version, new SavedTree(way, tally.files(), tally.bytes()));
        } catch (IOException e) {
            throw cannot(e);
        }
    }

    private Failed cannot(IOException cause) {
        return new Failed("cannot keep the archive " + archive.path(), null, cause);
    }
}
