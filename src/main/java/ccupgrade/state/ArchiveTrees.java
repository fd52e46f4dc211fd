package ccupgrade.state;

import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where whole directory trees lie that are not live, and how they get there and back: by a rename each, durable before the next, so that
 * it takes no time and no space however large they are, and each of them is always at exactly one place.
 *
 * <p>A directory of ours that is on another file system than the live tree holds a link in place of the tree; the tree itself is hidden
 * beside the live one. The link is made before the tree is.
 */
final class ArchiveTrees {

    /** The tree, or the link to it, in a directory of ours. */
    private static final String NAME = "archive";

    private static final String HIDDEN = ".ccupgrade";

    private final Path home;
    private final Disk disk;

    ArchiveTrees(Path home, Disk disk) {
        this.home = home;
        this.disk = disk;
    }

    /** What the name means, which need not exist: a link to an archive is followed, and stays. */
    static Path real(Path name) throws IOException {
        return DatabaseFiles.of(name).main().normalize();
    }

    Path liveOf(SavedArchive archive) throws IOException {
        return real(home.resolve(archive.path()));
    }

    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Where the tree of a directory of ours lies, if it has one. */
    static Path placeIn(Path directory) throws IOException {
        return behind(directory.resolve(NAME));
    }

    private static Path behind(Path place) throws IOException {
        return Files.isSymbolicLink(place) ? Files.readSymbolicLink(place) : place;
    }

    /** @throws Refused when the live tree could not be moved away, so that there would be no way back */
    static void refuseUnmovable(Path live) throws Refused, IOException {
        if (exists(live) && Mounts.read().isPoint(live)) {
            throw new Refused(
                    "cannot keep the archive " + live
                            + ": a file system is mounted there, so that it cannot be renamed",
                    "move what is in it into a directory in it, and name that as archive in [state]");
        }
    }

    /**
     * Decides where the tree of a directory of ours lies.
     *
     * @param directory there, with the name it has now or another one: it may be renamed
     * @param label tells the hidden neighbours of the live tree apart
     */
    Path reserve(Path live, Path directory, String label) throws IOException {
        return reserve(live, directory.resolve(NAME), directory, label);
    }

    private Path reserve(Path live, Path place, Path directory, String label) throws IOException {
        Path parent = DatabaseFiles.of(live).directory();
        disk.createDirectories(parent);
        if (Mounts.read().areOne(directory, parent)) {
            return place;
        }
        Path beside = live.resolveSibling("." + live.getFileName() + "." + label + HIDDEN);
        disk.replaceLink(place, beside);
        return beside;
    }

    /** Deletes the tree of a directory of ours that does not lie in it; a no-op where there is none. */
    void discardBeside(Path directory) throws IOException {
        discard(directory.resolve(NAME));
    }

    /** Deletes what lies at a place, or what a link there leads to. */
    void discard(Path place) throws IOException {
        if (Files.isSymbolicLink(place)) {
            Path beside = Files.readSymbolicLink(place);
            String name = String.valueOf(beside.getFileName());
            // Somebody may have put a link of his own there.
            if (name.startsWith(".") && name.endsWith(HIDDEN)) {
                disk.deleteTree(beside);
            }
        }
    }

    /**
     * @param snapshot whose tree is to be live
     * @throws Failed when it is not where it should be, unless it is live already
     */
    void verify(Snapshot snapshot) throws Failed, IOException {
        SavedArchive archive = snapshot.archive();
        if (archive == null || archive.tree() == null || archive.tree().way() == SavedTree.Way.ABSENT) {
            return;
        }
        Path place = placeIn(snapshot.directory());
        Path live = liveOf(archive);
        if (!exists(place)) {
            if (!exists(live)) {
                throw Restoration.unusable(snapshot, place + " is missing");
            }
            return;
        }
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            throw Restoration.unusable(snapshot, place + " is not a directory");
        }
    }

    /** Whether a snapshot's own tree, which is not the live one, is not where it should be. */
    static boolean isMissing(Snapshot snapshot) throws IOException {
        SavedTree.Way way = snapshot.way();
        return way != null
                && way != SavedTree.Way.ABSENT
                && !Files.isDirectory(placeIn(snapshot.directory()), LinkOption.NOFOLLOW_LINKS);
    }

    /** What a count of the files of a snapshot's tree, and of their sizes, shows; empty where it was kept uncounted. */
    static Optional<String> difference(Snapshot snapshot, Progress progress) throws IOException {
        SavedArchive archive = snapshot.archive();
        SavedTree tree = archive == null ? null : archive.tree();
        if (tree == null || tree.files() == null || tree.bytes() == null) {
            return Optional.empty();
        }
        TreeCount count = TreeCount.of(placeIn(snapshot.directory()), progress);
        if (count.files() == tree.files() && count.bytes() == tree.bytes()) {
            return Optional.empty();
        }
        return Optional.of(Words.format(
                "the archive was altered: it has %,d files with %,d bytes, and had %,d with %,d",
                count.files(), count.bytes(), tree.files(), tree.bytes()));
    }

    /** Moves the live tree away where another one, or none, is about to take its place. Once that has happened it does nothing. */
    void park(Snapshot snapshot, Path evidence) throws IOException {
        SavedArchive archive = snapshot.archive();
        if (archive == null || archive.tree() == null) {
            return;
        }
        Path live = liveOf(archive);
        boolean isReplaced = archive.tree().way() == SavedTree.Way.ABSENT || exists(placeIn(snapshot.directory()));
        if (!isReplaced || !exists(live)) {
            return;
        }
        disk.createDirectories(evidence);
        String name = String.valueOf(live.getFileName());
        for (int number = 1; ; number++) {
            Path place = evidence.resolve(number == 1 ? name : name + "." + number);
            // A link that leads nowhere is that of an attempt that was interrupted.
            if (!exists(behind(place))) {
                disk.move(live, reserve(live, place, evidence, snapshot.id() + ".evidence" + number));
                return;
            }
        }
    }

    /** Puts the snapshot's tree in its place, which is free: what was there is {@link #park parked}. A no-op when it is there already. */
    void restore(Snapshot snapshot) throws Failed, IOException {
        SavedArchive archive = snapshot.archive();
        if (archive == null || archive.tree() == null) {
            return;
        }
        Path place = placeIn(snapshot.directory());
        if (exists(place)) {
            moveTo(place, liveOf(archive));
        }
    }

    private void moveTo(Path tree, Path free) throws Failed, IOException {
        if (exists(free)) {
            throw new Failed(
                    "cannot move " + tree + " to " + free + ": something is there",
                    "find out who made it, move it away, and try again");
        }
        disk.move(tree, free);
    }

    /** Moves the live tree into the place that was reserved for it in one snapshot, and makes that of another one live. */
    void swap(Snapshot from, Snapshot into) throws Failed, IOException {
        SavedArchive archive = archiveOf(from);
        Path live = liveOf(archive);
        verify(from);
        if (exists(live)) {
            moveTo(live, placeIn(into.directory()));
        }
        moveTo(placeIn(from.directory()), live);
    }

    /** Puts a tree that was {@link #swap swapped} in back where it came from, as it is now. A no-op when nothing of that has happened. */
    void unswap(Optional<Snapshot> from, Snapshot into) throws Failed, IOException {
        if (from.isEmpty() || !exists(placeIn(into.directory()))) {
            return;
        }
        Path live = liveOf(archiveOf(from.get()));
        Path place = placeIn(from.get().directory());
        if (exists(live) && !exists(place)) {
            disk.move(live, place);
        }
    }

    private static SavedArchive archiveOf(Snapshot snapshot) throws Failed {
        if (snapshot.archive() == null || snapshot.archive().tree() == null) {
            throw Restoration.unusable(snapshot, "it holds no archive");
        }
        return snapshot.archive();
    }
}
