package ccupgrade.state;

import ccupgrade.state.SavedFile.Form;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether all files of a snapshot are there and as long as they were. Reads none of them, and so takes no longer for large ones. */
public final class SnapshotPresence {

    private SnapshotPresence() {}

    /** What is wrong, a line each; none when nothing is. */
    public static List<String> faults(Snapshot snapshot) throws IOException {
        List<String> faults = new ArrayList<>();
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved == null) {
                continue;
            }
            if (!saved.isSound()) {
                faults.add(database.path() + " was damaged already when it was copied");
            }
            if (saved.form() == Form.COMPRESSED) {
                require(snapshot.compressedFileOf(saved), saved.compressedSize(), faults);
            } else if (saved.form() != Form.FOLDING) {
                require(snapshot.fileOf(saved), saved.size(), faults);
            }
            if (saved.form() == Form.WITH_LOG && saved.logSize() > 0) {
                require(snapshot.directory().resolve(saved.file() + "-wal"), saved.logSize(), faults);
            }
        }
        for (KeptFile file : snapshot.files()) {
            if (file.copy() != null) {
                require(
                        snapshot.directory().resolve(file.copy().file()),
                        file.copy().size(),
                        faults);
            }
        }
        return faults;
    }

    private static void require(Path file, long size, List<String> faults) throws IOException {
        if (!Files.exists(file)) {
            faults.add(file.getFileName() + " is missing");
        } else if (Files.size(file) != size) {
            faults.add(Words.format("%s has %d bytes and not %d", file.getFileName(), Files.size(file), size));
        }
    }
}
