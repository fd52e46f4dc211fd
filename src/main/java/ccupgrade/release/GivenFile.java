package ccupgrade.release;

import ccupgrade.fault.Failed;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A file that a user named on the command line: it may be anything, or nothing. */
final class GivenFile {

    private GivenFile() {}

    /** Passes when this is a regular file (or a link to one) that this process may read. */
    static void check(Path file) throws Failed {
        if (Files.isDirectory(file)) {
            throw new Failed("cannot read " + file + ": it is a directory", "name the file itself");
        }
        if (!Files.exists(file)) {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new Failed("cannot read " + file + ": it is a link to a file that does not exist", null);
            }
            throw new Failed("cannot read " + file + ": there is no such file", "check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new Failed("cannot read " + file + ": it is not a regular file", "name the file itself");
        }
        if (!Files.isReadable(file)) {
            throw new Failed(
                    "cannot read " + file + ": permission denied",
                    "give this user the right to read it, or run ccupgrade as one who has it");
        }
    }
}
