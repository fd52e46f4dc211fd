package ccupgrade.state;

import ccupgrade.fault.Failed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** The version that a directory tree says it has, in a file at its root: one unsigned integer, and blanks around it. */
public final class ArchiveVersion {

    private static final int LONGEST = 64;

    /** Up to 18 digits fit into a {@code long}, whichever they are. */
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private ArchiveVersion() {}

    /**
     * Leaves no trace.
     *
     * @return empty when there is no such directory, or no version file in it
     * @throws Failed when the file holds something else
     */
    public static Optional<Long> read(Path archive, String versionFile) throws Failed, IOException {
        if (!Files.isDirectory(archive)) {
            return Optional.empty();
        }
        Path file = archive.resolve(versionFile);
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            text = new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1).strip();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new Failed("cannot read the archive's version", null, e);
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new Failed(
                    "cannot read the archive's version: " + file + " does not hold an unsigned integer",
                    "write its version into the file, or correct archive-version-file in [state]");
        }
        return Optional.of(Long.valueOf(text));
    }
}
