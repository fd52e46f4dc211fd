package ccupgrade.state;

import ccupgrade.fault.Failed;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file that describes a snapshot in its directory, readable with {@code cat}. A directory without one is no snapshot. */
final class Manifest {

    static final String FILE = "manifest.json";

    private static final int FORMAT = 1;

    private Manifest() {}

    private record Content(
            int format,
            String id,
            @Nullable Long release,
            long operation,
            String taken,
            String reason,
            List<SavedDatabase> databases) {}

    static byte[] bytes(Snapshot snapshot) {
        Content content = new Content(
                FORMAT,
                snapshot.id(),
                snapshot.release(),
                snapshot.operation(),
                snapshot.taken().toString(),
                snapshot.reason(),
                snapshot.databases());
        return (gson().toJson(content) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static Snapshot read(Path directory) throws Failed, IOException {
        Path file = directory.resolve(FILE);
        String text = Files.readString(file, StandardCharsets.UTF_8);
        Content content;
        Snapshot snapshot;
        try {
            content = gson().fromJson(text, Content.class);
            snapshot = new Snapshot(
                    content.id(),
                    directory,
                    content.release(),
                    content.operation(),
                    Instant.parse(content.taken()),
                    content.reason(),
                    content.databases());
        } catch (RuntimeException e) {
            // Gson and the records' constructors have a type each for every way in which a file can be wrong.
            throw new Failed("cannot understand " + file, "delete the snapshot if it is not needed", e);
        }
        if (content.format() > FORMAT) {
            throw new Failed(
                    "cannot read " + file + ": it has format " + content.format() + ", and this ccupgrade knows up to "
                            + FORMAT,
                    "use the newer ccupgrade that wrote it");
        }
        return snapshot;
    }

    private static Gson gson() {
        return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    }
}
