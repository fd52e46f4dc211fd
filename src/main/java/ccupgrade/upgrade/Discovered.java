package ccupgrade.upgrade;

import ccupgrade.config.Found;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found in a directory that is a deployment now.
 *
 * @param file the configuration that was written
 * @param configuration of the service itself, for a reader; null when it was not looked at
 * @param archive the tree with a version of its own; null when there is none
 * @param unitFile of the unit that was found; null when none was
 * @param notes what was passed over, or could not be found out; a line each
 */
public record Discovered(
        Path home,
        Path file,
        Found found,
        @Nullable String configuration,
        List<FoundDatabase> databases,
        @Nullable FoundArchive archive,
        @Nullable Path unitFile,
        List<String> notes) {

    public Discovered {
        databases = List.copyOf(databases);
        notes = List.copyOf(notes);
    }

    /**
     * A database below the home.
     *
     * @param path relative to the home
     * @param size bytes of its main file
     * @param schema for a reader; null when it could not be read
     */
    public record FoundDatabase(
            String path, long size, @Nullable String schema) {}

    /**
     * @param path relative to the home, where it lies in it
     * @param version null when it tells none
     */
    public record FoundArchive(String path, @Nullable Long version) {}
}
