package ccupgrade.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Bytes of files that come and go. */
public final class Sizes {

    private Sizes() {}

    /** 0 when it is not there, also when it goes at this moment: SQLite may delete a journal with each commit. */
    public static long ifThere(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
