package ccupgrade.release;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A release before it has a name.
 *
 * @param place the file or the directory, under a temporary name
 * @param executable what is run of a directory, relative to it; null for a file
 * @param unpacked whether it came out of an archive
 */
public record Staged(Kind kind, Path place, @Nullable String executable, boolean unpacked) {

    /** For what is a directory, that one; else the directory that the file lies in. */
    public Path directory() {
        return kind == Kind.DIRECTORY
                ? place
                : Objects.requireNonNull(place.toAbsolutePath().getParent());
    }

    /** What is run. */
    public Path file() {
        return executable == null ? place : place.resolve(executable);
    }
}
