package ccupgrade.state;

import org.jspecify.annotations.Nullable;

/**
 * A database as a snapshot has it.
 *
 * @param path relative to the deployment's home where it is below it, else absolute
 * @param saved null when there was no such database: going back means that there is none again
 */
public record SavedDatabase(String path, @Nullable SavedFile saved) {}
