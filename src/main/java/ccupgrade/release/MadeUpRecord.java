package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can be said of a release that has no record, or a damaged one: what it looks like, and that nobody tried it. */
final class MadeUpRecord {

    private MadeUpRecord() {}

    /** @param configured what {@code executable} in {@code [releases]} names; null when it names nothing */
    static ReleaseRecord of(long epoch, Path stored, @Nullable String configured) throws IOException {
        String name = String.valueOf(stored.getFileName());
        boolean isDirectory = Files.isDirectory(stored, LinkOption.NOFOLLOW_LINKS);
        Kind kind = isDirectory ? Kind.DIRECTORY : kindOf(stored);
        JarTitle title = kind == Kind.JAR ? JarTitle.ofAdopted(stored) : new JarTitle(name, null);
        String executable = null;
        String reason = null;
        if (isDirectory) {
            try {
                executable = new Executables(stored, name).choose(configured);
            } catch (Refused e) {
                reason = e.getMessage();
            }
        }
        return new ReleaseRecord(
                title.title(),
                title.version(),
                null,
                isDirectory ? ReleaseInspector.sizeOf(stored) : Files.size(stored),
                name,
                Instant.ofEpochSecond(epoch),
                Verdict.UNTRIED,
                reason,
                false,
                false,
                null,
                kind,
                executable,
                Supported.UNKNOWN,
                null);
    }

    private static Kind kindOf(Path file) throws IOException {
        if (file.toString().endsWith(".jar")) {
            return Kind.JAR;
        }
        try {
            return Looks.of(file) == Looks.SCRIPT ? Kind.SCRIPT : Kind.EXECUTABLE;
        } catch (IOException e) {
            // Whoever only looks need not be allowed to read it.
            return Kind.EXECUTABLE;
        }
    }
}
