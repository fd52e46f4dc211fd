package ccupgrade.state;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a snapshot's files in the place of the live ones.
 *
 * <p>Per database: what lies beside the live file goes first, durably, because a leftover {@code -wal} or {@code -journal} would be
 * applied to the restored file. Then the copy is renamed over the live file, which needs no space and no time. A copy that is no longer
 * in the snapshot was therefore put in place by an earlier attempt, and what lies beside it now is its own.
 */
final class Restoration {

    private final Path home;
    private final Disk disk;
    private final DatabaseReader reader;
    private final boolean consuming;

    /** @param consuming whether the snapshot's files are used up, which needs no space; otherwise copies of them take the place */
    Restoration(Path home, Disk disk, DatabaseReader reader, boolean consuming) {
        this.home = home;
        this.disk = disk;
        this.reader = reader;
        this.consuming = consuming;
    }

    void verify(Snapshot snapshot, Progress progress) throws Fault, IOException {
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved != null) {
                verify(snapshot, saved, progress);
            }
        }
    }

    private static void verify(Snapshot snapshot, SavedFile saved, Progress progress) throws Failed, IOException {
        Path file = snapshot.fileOf(saved);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw unusable(snapshot, file + " is missing");
        }
        requireContent(snapshot, file, saved, progress);
        FileOwner owner = DatabaseFiles.ownerOf(file);
        if (!owner.equals(saved.owner())) {
            throw unusable(snapshot, file + " has " + owner + " instead of " + saved.owner());
        }
    }

    private static void requireContent(Snapshot snapshot, Path file, SavedFile saved, Progress progress)
            throws Failed, IOException {
        if (Files.size(file) != saved.size()) {
            throw unusable(snapshot, file + " has " + Files.size(file) + " bytes instead of " + saved.size());
        }
        String sha256 = Checksum.sha256(file, progress);
        if (!sha256.equals(saved.sha256())) {
            throw unusable(snapshot, file + " has the SHA-256 " + sha256 + " instead of " + saved.sha256());
        }
    }

    private static Failed unusable(Snapshot snapshot, String what) {
        return new Failed(
                "cannot use snapshot " + snapshot.id() + ": " + what,
                "choose another snapshot, or put right what is wrong with this one and try again");
    }

    void restore(Snapshot snapshot, List<Path> databasesNow, Progress progress) throws Fault, IOException {
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved == null) {
                continue;
            }
            if (Files.exists(snapshot.fileOf(saved), LinkOption.NOFOLLOW_LINKS)) {
                verify(snapshot, saved, progress);
            } else {
                requireRestored(snapshot, database, saved, progress);
            }
        }
        Set<Path> known = new HashSet<>();
        for (SavedDatabase database : snapshot.databases()) {
            DatabaseFiles live = liveOf(database);
            known.add(live.identity());
            SavedFile saved = database.saved();
            if (saved == null) {
                remove(live);
            } else if (Files.exists(snapshot.fileOf(saved), LinkOption.NOFOLLOW_LINKS)) {
                replace(live, snapshot, saved, progress);
            }
        }
        for (Path name : databasesNow) {
            DatabaseFiles live = DatabaseFiles.of(name);
            if (!known.contains(live.identity())) {
                remove(live);
            }
        }
    }

    /** The same bytes, or at least, should somebody have written since, the same schema; else the copy went another way. */
    private void requireRestored(Snapshot snapshot, SavedDatabase database, SavedFile saved, Progress progress)
            throws Fault, IOException {
        Path main = liveOf(database).main();
        if (Files.exists(main)
                && Files.size(main) == saved.size()
                && Checksum.sha256(main, progress).equals(saved.sha256())) {
            return;
        }
        if (!saved.schema().identity().equals(identityOf(main))) {
            throw unusable(
                    snapshot, snapshot.fileOf(saved) + " is missing, and " + database.path() + " is not what it held");
        }
    }

    /** Null when it has none that can be read. */
    private @Nullable String identityOf(Path database) throws Fault, IOException {
        try {
            return reader.schema(database).map(SchemaVersion::identity).orElse(null);
        } catch (Refused e) {
            return null;
        }
    }

    private DatabaseFiles liveOf(SavedDatabase database) throws IOException {
        return DatabaseFiles.of(home.resolve(database.path()));
    }

    private void remove(DatabaseFiles live) throws IOException {
        removeSides(live);
        disk.delete(live.main());
    }

    private void removeSides(DatabaseFiles live) throws IOException {
        // Durably each: were the rename on the disk before the removal, a power failure would bring the leftover back.
        for (Path side : live.sides()) {
            disk.delete(side);
        }
    }

    private void replace(DatabaseFiles live, Snapshot snapshot, SavedFile saved, Progress progress)
            throws Fault, IOException {
        disk.createDirectories(live.directory());
        removeSides(live);
        if (!consuming) {
            replaceByCopy(live, snapshot, saved, progress);
            return;
        }
        try {
            disk.move(snapshot.fileOf(saved), live.main());
        } catch (AtomicMoveNotSupportedException e) {
            replaceByCopy(live, snapshot, saved, progress);
        }
    }

    private void replaceByCopy(DatabaseFiles live, Snapshot snapshot, SavedFile saved, Progress progress)
            throws Fault, IOException {
        Path temporary =
                live.main().resolveSibling("." + live.main().getFileName() + ".restored" + Disk.TEMPORARY_SUFFIX);
        disk.delete(temporary);
        disk.copy(snapshot.fileOf(saved), temporary, progress);
        requireContent(snapshot, temporary, saved, progress);
        FileOwner owner = DatabaseFiles.ownerOf(temporary);
        if (!owner.equals(saved.owner())) {
            throw new Failed(
                    "cannot restore " + live.main() + " with its owner: it would have " + owner + " instead of "
                            + saved.owner(),
                    "run ccupgrade as root");
        }
        disk.move(temporary, live.main());
    }
}
