package ccupgrade.state;

import ccupgrade.fault.Failed;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** The file that describes a snapshot in its directory, readable with {@code cat}. A directory without one is no snapshot. */
final class Manifest {

    static final String FILE = "manifest.json";

    private static final int FORMAT = 3;

    private Manifest() {}

    static byte[] bytes(Snapshot snapshot) {
        Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
        return (gson.toJson(ManifestJson.of(snapshot, FORMAT)) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static Snapshot read(Path directory) throws Failed, IOException {
        Path file = directory.resolve(FILE);
        // Bytes that are no text make signs of their own, which are told as what they break.
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        try {
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            int format = json.get("format").getAsInt();
            if (format > FORMAT) {
                throw new Failed(
                        "cannot read " + file + ": it has format " + format + ", and this ccupgrade knows up to "
                                + FORMAT,
                        "use the newer ccupgrade that wrote it");
            }
            Snapshot snapshot = ManifestJson.snapshot(json, directory);
            requireWhole(snapshot);
            return snapshot;
        } catch (RuntimeException e) {
            // Gson and the records' constructors have a type each for every way in which a file can be wrong, and words
            // of their own.
            throw new Failed(
                    "cannot understand " + file + ": it is damaged", "delete the snapshot if it is not needed");
        }
    }

    /** What the rest of the program relies on: nothing is missing, and no file is meant outside of the directory. */
    private static void requireWhole(Snapshot snapshot) {
        if (!snapshot.id().equals(String.valueOf(snapshot.directory().getFileName()))) {
            throw new IllegalArgumentException("its id is " + snapshot.id());
        }
        Objects.requireNonNull(snapshot.reason());
        for (SavedDatabase database : snapshot.databases()) {
            Objects.requireNonNull(database.path());
            SavedFile saved = database.saved();
            if (saved == null) {
                continue;
            }
            requireName(saved.file());
            if (saved.form() == SavedFile.Form.COMPRESSED) {
                Objects.requireNonNull(saved.sha256());
            }
            Objects.requireNonNull(saved.owner());
            Objects.requireNonNull(saved.schema().kind());
            Objects.requireNonNull(saved.schema().fingerprint());
            Map<String, Long> rows = saved.rows();
            if (rows != null) {
                rows.values().forEach(Objects::requireNonNull);
            }
        }
        for (KeptFile file : snapshot.files()) {
            Objects.requireNonNull(file.path());
            KeptFile.Copy copy = file.copy();
            if (copy != null) {
                requireName(copy.file());
                Objects.requireNonNull(copy.sha256());
                Objects.requireNonNull(copy.owner());
            }
        }
        SavedArchive archive = snapshot.archive();
        if (archive != null) {
            Objects.requireNonNull(archive.path());
            if (archive.tree() != null) {
                Objects.requireNonNull(archive.tree().way());
            }
        }
    }

    private static void requireName(String file) {
        if (file.isEmpty() || file.contains("/") || file.startsWith("..")) {
            throw new IllegalArgumentException("a file of it is " + file);
        }
    }
}
