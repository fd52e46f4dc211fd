package ccupgrade.state;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.state.SavedFile.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes of a snapshot taken in haste one to be kept. Each step is repeatable and is recorded in the manifest when it is durable; what a
 * step replaces goes only then.
 */
final class Settlement {

    private final Disk disk;
    private final DatabaseReader reader;

    Settlement(Disk disk, DatabaseReader reader) {
        this.disk = disk;
        this.reader = reader;
    }

    /**
     * Folds all logs in. From the moment at which one is folded in it is not needed any more, and is deleted; so it is on record before
     * that a missing one is no loss.
     */
    Snapshot folded(Snapshot snapshot) throws Fault, IOException {
        List<SavedDatabase> folding = new ArrayList<>();
        boolean any = false;
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved != null && saved.form() == Form.WITH_LOG) {
                requireWhole(snapshot, saved);
                folding.add(new SavedDatabase(database.path(), saved.as(Form.FOLDING, saved.size())));
            } else {
                folding.add(database);
            }
            any |= saved != null && (saved.form() == Form.WITH_LOG || saved.form() == Form.FOLDING);
        }
        if (!any) {
            return snapshot;
        }
        Snapshot result = record(snapshot.with(folding));
        for (int i = 0; i < folding.size(); i++) {
            SavedFile saved = folding.get(i).saved();
            if (saved != null && saved.form() == Form.FOLDING) {
                CopiedDatabase copy = copyOf(result, saved);
                copy.fold();
                SchemaVersion schema = copy.schema();
                if (!schema.identity().equals(saved.schema().identity())) {
                    throw Restoration.unusable(
                            snapshot,
                            copy.files().main() + " has schema " + schema.text() + " instead of "
                                    + saved.schema().text());
                }
                result = result.with(
                        i, saved.as(Form.ALONE, Files.size(copy.files().main())));
            }
        }
        return record(result);
    }

    /** By what is there and how long it is, without writing anything. */
    void requireWhole(Snapshot snapshot) throws Failed, IOException {
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved != null) {
                switch (saved.form()) {
                    case WITH_LOG -> requireWhole(snapshot, saved);
                    case FOLDING -> requireThere(snapshot, snapshot.fileOf(saved), -1);
                    case ALONE -> requireThere(snapshot, snapshot.fileOf(saved), saved.size());
                    case COMPRESSED -> requireThere(snapshot, snapshot.compressedFileOf(saved), saved.compressedSize());
                }
            }
        }
    }

    /** @param size negative when it is not known */
    private static void requireThere(Snapshot snapshot, Path file, long size) throws Failed, IOException {
        if (!Files.exists(file) || size >= 0 && Files.size(file) != size) {
            throw Restoration.unusable(snapshot, file + " is missing or is not as long as it was");
        }
    }

    private void requireWhole(Snapshot snapshot, SavedFile saved) throws Failed, IOException {
        CopiedDatabase copy = copyOf(snapshot, saved);
        requireThere(snapshot, copy.files().main(), saved.size());
        if (copy.logSize() != saved.logSize()) {
            throw Restoration.unusable(
                    snapshot, copy.files().wal() + " has " + copy.logSize() + " bytes instead of " + saved.logSize());
        }
    }

    private CopiedDatabase copyOf(Snapshot snapshot, SavedFile saved) {
        return new CopiedDatabase(new DatabaseFiles(snapshot.fileOf(saved)), disk, reader);
    }

    Snapshot settle(Snapshot snapshot, boolean compress, Progress progress) throws Fault, IOException {
        Snapshot result = folded(snapshot);
        for (int i = 0; i < result.databases().size(); i++) {
            SavedFile saved = result.databases().get(i).saved();
            if (saved == null) {
                continue;
            }
            if (saved.form() == Form.ALONE && saved.sha256() == null) {
                saved = checked(result.fileOf(saved), saved, progress);
                result = record(result.with(i, saved));
            }
            if (saved.form() == Form.ALONE && compress) {
                result = record(result.with(i, compressed(result, saved, progress)));
            }
            saved = result.databases().get(i).saved();
            if (saved != null && saved.form() == Form.COMPRESSED) {
                disk.delete(result.fileOf(saved));
            }
        }
        return result;
    }

    private SavedFile checked(Path file, SavedFile saved, Progress progress) throws Fault, IOException {
        List<String> findings = reader.integrityCheck(file, progress);
        Map<String, Long> rows = saved.rows() == null ? reader.rowCounts(file, progress) : saved.rows();
        return saved.settled(Checksum.sha256(file, progress), rows, findings);
    }

    private SavedFile compressed(Snapshot snapshot, SavedFile saved, Progress progress) throws Failed, IOException {
        Path target = snapshot.compressedFileOf(saved);
        disk.delete(target);
        Compression.compress(snapshot.fileOf(saved), target, disk, progress);
        String read = Compression.sha256(target, saved.size(), progress);
        if (!read.equals(saved.sha256())) {
            throw new Failed(
                    "cannot compress " + snapshot.fileOf(saved) + ": what can be read back has the SHA-256 " + read
                            + " instead of " + saved.sha256(),
                    "check the disk and the memory of this machine");
        }
        return saved.compressedTo(Files.size(target));
    }

    private Snapshot record(Snapshot snapshot) throws IOException {
        disk.write(snapshot.directory().resolve(Manifest.FILE), Manifest.bytes(snapshot));
        return snapshot;
    }
}
