package ccupgrade.state;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Progress;
import com.github.luben.zstd.ZstdIOException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a look at a snapshot finds, which changes nothing: not even a log is folded in. A database is compared with the SHA-256 of the bytes
 * that SQLite's own thorough check was made of. Of an archive the files are counted, and their sizes, not read.
 *
 * @param differences what is not as it was recorded, so that the snapshot is of no use; a line each
 * @param archive what a count of the archive's files shows, which would be put back all the same; null when it is as it was, or not known
 * @param unchecked databases whose copies nobody has read yet, so that there is nothing to compare with
 * @param damaged databases that SQLite found damaged when their copies were settled, and what it said; a line each
 */
public record Examination(
        List<String> differences, @Nullable String archive, List<String> unchecked, List<String> damaged) {

    static Examination of(Snapshot snapshot, Progress progress) throws IOException {
        List<String> differences = new ArrayList<>();
        List<String> unchecked = new ArrayList<>();
        String archive = null;
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved == null) {
                continue;
            }
            boolean compressed = saved.form() == SavedFile.Form.COMPRESSED;
            Path file = compressed ? snapshot.compressedFileOf(saved) : snapshot.fileOf(saved);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                differences.add(file.getFileName() + " is missing");
            } else if (saved.sha256() == null) {
                unchecked.add(database.path());
            } else if (!saved.sha256().equals(sha256(file, saved, compressed, progress))) {
                differences.add(file.getFileName() + " was altered");
            }
        }
        for (KeptFile file : snapshot.files()) {
            KeptFile.Copy copy = file.copy();
            if (copy != null) {
                Path kept = snapshot.directory().resolve(copy.file());
                if (!Files.isRegularFile(kept, LinkOption.NOFOLLOW_LINKS)) {
                    differences.add(copy.file() + " is missing");
                } else if (!Checksum.sha256(kept, progress).equals(copy.sha256())) {
                    differences.add(copy.file() + " was altered");
                }
            }
        }
        if (ArchiveTrees.isMissing(snapshot)) {
            differences.add("the archive is missing");
        } else {
            archive = ArchiveTrees.difference(snapshot, progress).orElse(null);
        }
        return new Examination(differences, archive, unchecked, damaged(snapshot));
    }

    private static List<String> damaged(Snapshot snapshot) {
        List<String> damaged = new ArrayList<>();
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved != null && !saved.isSound()) {
                damaged.add(database.path() + ": " + String.join("; ", saved.integrity()));
            }
        }
        return damaged;
    }

    /** Empty for what cannot be decompressed. */
    private static String sha256(Path file, SavedFile saved, boolean compressed, Progress progress) throws IOException {
        if (!compressed) {
            return Checksum.sha256(file, progress);
        }
        try {
            return Compression.sha256(file, saved.size(), progress);
        } catch (ZstdIOException e) {
            return "";
        }
    }
}
