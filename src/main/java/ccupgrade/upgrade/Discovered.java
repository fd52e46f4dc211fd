package ccupgrade.upgrade;

import ccupgrade.config.Found;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found in a directory that is a deployment now.
 *
 * @param file the configuration that was written
 * @param unitFile of the unit that was found; null when none was
 * @param notes what was passed over, or could not be found out; a line each
 */
public record Discovered(
        Path home,
        Path file,
        Found found,
        List<FoundDatabase> databases,
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
}
