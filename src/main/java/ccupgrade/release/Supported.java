package ccupgrade.release;

import org.jspecify.annotations.Nullable;

/**
 * The versions of the state that a release works on, as it says itself. Each is null where it says nothing.
 *
 * @param database of the schema of its databases
 * @param archive of its directory tree
 */
public record Supported(@Nullable String database, @Nullable String archive) {

    public static final Supported UNKNOWN = new Supported(null, null);
}
