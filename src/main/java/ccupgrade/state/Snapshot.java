package ccupgrade.state;

import ccupgrade.disk.Disk;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A published, complete copy of the state, or of some files of it.
 *
 * @param directory where it lies
 * @param release the epoch of the release whose state it is; null when there was none
 * @param operation the number of the operation that took it
 * @param reason for a reader: {@code before the install of 1790000000}
 * @param files configuration files
 * @param archive null where there is none
 * @param filesOnly whether the rest of the state is not in it because it stayed as it was: nothing else can be put back from it
 */
public record Snapshot(
        String id,
        Path directory,
        @Nullable Long release,
        long operation,
        Instant taken,
        String reason,
        List<SavedDatabase> databases,
        List<KeptFile> files,
        @Nullable SavedArchive archive,
        boolean filesOnly) {

    public Snapshot {
        databases = List.copyOf(databases);
        // Manifests before format 3 know of none.
        files = List.copyOf(Objects.requireNonNullElse(files, List.of()));
    }

    /** Bytes that all copies take. */
    public long size() {
        long size = 0;
        for (SavedDatabase database : databases) {
            SavedFile saved = database.saved();
            size += saved == null ? 0 : saved.sizeOnDisk();
        }
        for (KeptFile file : files) {
            size += file.copy() == null ? 0 : file.copy().size();
        }
        return archive == null || archive.tree() == null
                ? size
                : size + archive.tree().sizeOnDisk();
    }

    /** Bytes of what it holds, uncompressed; of an archive only where they were counted. */
    public long originalSize() {
        long size = 0;
        for (SavedDatabase database : databases) {
            size += database.saved() == null
                    ? 0
                    : database.saved().size() + database.saved().logSize();
        }
        for (KeptFile file : files) {
            size += file.copy() == null ? 0 : file.copy().size();
        }
        SavedTree tree = archive == null ? null : archive.tree();
        return tree == null || tree.bytes() == null ? size : size + tree.bytes();
    }

    /** Whether all databases are checked and hashed. */
    public boolean isSettled() {
        return databases.stream().map(SavedDatabase::saved).allMatch(saved -> saved == null || saved.sha256() != null);
    }

    /** Whether all databases are compressed. */
    public boolean isCompressed() {
        return databases.stream()
                .map(SavedDatabase::saved)
                .allMatch(saved -> saved == null || saved.form() == SavedFile.Form.COMPRESSED);
    }

    /** The version of the archive; null where there is none, or none was to be read. */
    public @Nullable Long archiveVersion() {
        return archive == null ? null : archive.version();
    }

    /** How the files of the archive are kept; null where they are not. */
    public SavedTree.@Nullable Way way() {
        return archive == null || archive.tree() == null ? null : archive.tree().way();
    }

    /** Whether it holds, or held, the files of the archive, too. */
    public boolean hasTree() {
        return archive != null && archive.tree() != null;
    }

    /** Whether the files of the archive were counted when they were kept. */
    public boolean isTreeCounted() {
        SavedTree tree = archive == null ? null : archive.tree();
        return tree != null && tree.files() != null && tree.bytes() != null;
    }

    Path fileOf(SavedFile saved) {
        return directory.resolve(saved.file());
    }

    Path compressedFileOf(SavedFile saved) {
        return directory.resolve(saved.file() + ".zst");
    }

    /** A copy of the copy, uncompressed, that a restore uses up while the snapshot stays. */
    Path spareOf(SavedFile saved) {
        return directory.resolve(saved.file() + ".spare");
    }

    /** What becomes the spare when it is whole. */
    Path unfinishedSpareOf(SavedFile saved) {
        return directory.resolve("." + saved.file() + Disk.TEMPORARY_SUFFIX);
    }

    Snapshot completed(
            Instant now, List<SavedDatabase> saved, List<KeptFile> keptFiles, @Nullable SavedArchive savedArchive) {
        Instant shown = now.truncatedTo(ChronoUnit.MILLIS);
        return new Snapshot(
                id, directory, release, operation, shown, reason, saved, keptFiles, savedArchive, filesOnly);
    }

    Snapshot with(List<SavedDatabase> changed) {
        return new Snapshot(id, directory, release, operation, taken, reason, changed, files, archive, filesOnly);
    }

    Snapshot with(int index, SavedFile saved) {
        List<SavedDatabase> changed = new ArrayList<>(databases);
        changed.set(index, new SavedDatabase(databases.get(index).path(), saved));
        return with(changed);
    }

    /** The same, as far as these files are concerned. */
    public Snapshot ofFiles(List<String> paths) {
        List<KeptFile> some =
                files.stream().filter(file -> paths.contains(file.path())).toList();
        return new Snapshot(id, directory, release, operation, taken, reason, List.of(), some, null, true);
    }

    /** The files of the archive may be others than were counted. */
    Snapshot withUncountedTree() {
        SavedTree tree = archive == null ? null : archive.tree();
        if (archive == null || tree == null) {
            return this;
        }
        SavedArchive uncounted =
                new SavedArchive(archive.path(), archive.version(), new SavedTree(tree.way(), null, null));
        return new Snapshot(id, directory, release, operation, taken, reason, databases, files, uncounted, filesOnly);
    }

    Snapshot withoutTree() {
        SavedArchive version = archive == null ? null : new SavedArchive(archive.path(), archive.version(), null);
        return new Snapshot(id, directory, release, operation, taken, reason, databases, files, version, filesOnly);
    }
}
