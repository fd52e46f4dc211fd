package ccupgrade.state;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.state.SavedFile.Form;
import com.github.luben.zstd.ZstdIOException;
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
 * applied to the restored file. Then a file is renamed over the live one, which needs no space and no time: the snapshot's own, when it
 * is to be consumed, so that one that is no longer there was put in place by an earlier attempt, and what lies beside it now is its own;
 * otherwise a spare, which has its name only when it is verified and durable.
 */
final class Restoration {

    private final Path home;
    private final Disk disk;
    private final DatabaseReader reader;
    private final boolean consuming;
    private final PlainFiles files;
    private final ArchiveTrees trees;

    /** @param consuming whether the snapshot's files are used up, which needs no space; otherwise spares are */
    Restoration(Path home, Disk disk, DatabaseReader reader, boolean consuming) {
        this.home = home;
        this.disk = disk;
        this.reader = reader;
        this.consuming = consuming;
        this.files = new PlainFiles(home, disk);
        this.trees = new ArchiveTrees(home, disk);
    }

    /** @param snapshot without a log */
    void verify(Snapshot snapshot, Progress progress) throws Fault, IOException {
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved != null) {
                verify(snapshot, saved, progress);
            }
        }
        verifyBesides(snapshot);
    }

    /** The files, and that the archive is where it should be. */
    private void verifyBesides(Snapshot snapshot) throws Failed, IOException {
        verifyFiles(snapshot);
        if (consuming) {
            trees.verify(snapshot);
        }
    }

    void verifyFiles(Snapshot snapshot) throws Failed, IOException {
        for (KeptFile file : snapshot.files()) {
            files.verify(snapshot, file, consuming);
        }
    }

    private void verify(Snapshot snapshot, SavedFile saved, Progress progress) throws Fault, IOException {
        if (saved.form() == Form.COMPRESSED) {
            Path compressed = snapshot.compressedFileOf(saved);
            requireFile(snapshot, compressed);
            try {
                requireSame(snapshot, compressed, Compression.sha256(compressed, saved.size(), progress), saved);
            } catch (ZstdIOException e) {
                throw unusable(snapshot, compressed + " is damaged: " + e.getMessage());
            }
            return;
        }
        Path file = snapshot.fileOf(saved);
        requireFile(snapshot, file);
        requireContent(snapshot, file, saved, progress);
        FileOwner owner = DatabaseFiles.ownerOf(file);
        if (!owner.equals(saved.owner())) {
            throw unusable(snapshot, file + " has " + owner + " instead of " + saved.owner());
        }
    }

    private static void requireFile(Snapshot snapshot, Path file) throws Failed {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw unusable(snapshot, file + " is missing");
        }
    }

    /** Before a snapshot is settled nobody has read all of it; that it opens with its schema has to do then. */
    private void requireContent(Snapshot snapshot, Path file, SavedFile saved, Progress progress)
            throws Fault, IOException {
        if (Files.size(file) != saved.size()) {
            throw unusable(snapshot, file + " has " + Files.size(file) + " bytes instead of " + saved.size());
        }
        if (saved.sha256() != null) {
            requireSame(snapshot, file, Checksum.sha256(file, progress), saved);
        } else if (!saved.schema().identity().equals(identityOf(file))) {
            throw unusable(
                    snapshot,
                    file + " does not have the schema " + saved.schema().text() + " any more");
        }
    }

    private static void requireSame(Snapshot snapshot, Path file, String sha256, SavedFile saved) throws Failed {
        if (!sha256.equals(saved.sha256())) {
            throw unusable(snapshot, file + " has the SHA-256 " + sha256 + " instead of " + saved.sha256());
        }
    }

    static Failed unusable(Snapshot snapshot, String what) {
        return new Failed(
                "cannot use snapshot " + snapshot.id() + ": " + what,
                "choose another snapshot, or put right what is wrong with this one and try again");
    }

    /** Makes the spares that are not there: of each database, or only of those of which there is no file to be consumed. */
    void materialise(Snapshot snapshot, Progress progress) throws Fault, IOException {
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved != null
                    && !sourceOf(snapshot, saved).equals(snapshot.fileOf(saved))
                    && Files.notExists(snapshot.spareOf(saved))) {
                Path temporary = snapshot.unfinishedSpareOf(saved);
                copyOut(snapshot, saved, temporary, progress);
                disk.move(temporary, snapshot.spareOf(saved));
            }
        }
    }

    /** A verified, uncompressed copy that belongs to whom the database belonged to. */
    private void copyOut(Snapshot snapshot, SavedFile saved, Path target, Progress progress) throws Fault, IOException {
        disk.delete(target);
        if (saved.form() == Form.COMPRESSED) {
            Path compressed = snapshot.compressedFileOf(saved);
            requireFile(snapshot, compressed);
            try {
                Compression.decompress(compressed, target, saved.size(), disk, progress);
            } catch (ZstdIOException e) {
                throw unusable(snapshot, compressed + " is damaged: " + e.getMessage());
            }
            FileOwner owner = saved.owner();
            disk.setOwner(target, owner.user(), owner.group(), owner.mode());
        } else {
            requireFile(snapshot, snapshot.fileOf(saved));
            disk.copy(snapshot.fileOf(saved), target, progress);
        }
        requireContent(snapshot, target, saved, progress);
        requireOwner(target, saved);
    }

    private static void requireOwner(Path file, SavedFile saved) throws Failed, IOException {
        FileOwner owner = DatabaseFiles.ownerOf(file);
        if (!owner.equals(saved.owner())) {
            throw new Failed(
                    "cannot restore " + file + " with its owner: it would have " + owner + " instead of "
                            + saved.owner(),
                    "run ccupgrade as root");
        }
    }

    /** What is to be renamed. */
    private Path sourceOf(Snapshot snapshot, SavedFile saved) {
        return consuming && saved.form() == Form.ALONE ? snapshot.fileOf(saved) : snapshot.spareOf(saved);
    }

    void restore(Snapshot snapshot, List<Path> databasesNow, Progress progress) throws Fault, IOException {
        materialise(snapshot, progress);
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved == null) {
                continue;
            }
            Path source = sourceOf(snapshot, saved);
            if (source.equals(snapshot.spareOf(saved))) {
                requireOwner(source, saved);
            } else if (Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
                verify(snapshot, saved, progress);
            } else {
                requireRestored(snapshot, database, saved, progress);
            }
        }
        verifyBesides(snapshot);
        Set<Path> known = new HashSet<>();
        for (SavedDatabase database : snapshot.databases()) {
            DatabaseFiles live = liveOf(database);
            known.add(live.identity());
            SavedFile saved = database.saved();
            if (saved == null) {
                remove(live);
            } else if (Files.exists(sourceOf(snapshot, saved), LinkOption.NOFOLLOW_LINKS)) {
                replace(live, snapshot, saved, progress);
            }
        }
        for (Path name : databasesNow) {
            DatabaseFiles live = DatabaseFiles.of(name);
            if (!known.contains(live.identity())) {
                remove(live);
            }
        }
        restoreFiles(snapshot);
        if (consuming) {
            trees.restore(snapshot);
        }
    }

    /** Those alone; they are verified. */
    void restoreFiles(Snapshot snapshot) throws Failed, IOException {
        for (KeptFile file : snapshot.files()) {
            files.restore(snapshot, file, consuming);
        }
    }

    /** The same bytes, or at least, should somebody have written since, the same schema; else the copy went another way. */
    private void requireRestored(Snapshot snapshot, SavedDatabase database, SavedFile saved, Progress progress)
            throws Fault, IOException {
        Path main = liveOf(database).main();
        if (saved.sha256() != null
                && Files.exists(main)
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
        Path temporary =
                live.main().resolveSibling("." + live.main().getFileName() + ".restored" + Disk.TEMPORARY_SUFFIX);
        if (Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
            // Of a rollback that was killed while it copied: as large as the database, and nobody would look for it.
            disk.delete(temporary);
        }
        Path source = sourceOf(snapshot, saved);
        try {
            disk.move(source, live.main());
        } catch (AtomicMoveNotSupportedException e) {
            disk.copy(source, temporary, progress);
            requireContent(snapshot, temporary, saved, progress);
            requireOwner(temporary, saved);
            disk.move(temporary, live.main());
            if (!consuming) {
                disk.delete(source);
            }
        }
    }
}
