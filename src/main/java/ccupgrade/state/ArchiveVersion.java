package ccupgrade.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The version of a directory tree: one unsigned integer in a file at its root. */
public final class ArchiveVersion {

    private ArchiveVersion() {}

    /** @return empty when there is no such file, or something else in it */
    public static Optional<Long> read(Path archive, String versionFile) throws IOException {
        try {
            String text = new String(Files.readAllBytes(archive.resolve(versionFile)), StandardCharsets.UTF_8).strip();
            return text.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
