package ccupgrade.state;

import org.jspecify.annotations.Nullable;

/**
 * An archive as a snapshot has it.
 *
 * @param path relative to the deployment's home where it is below it, else absolute
 * @param version null when there was none to be read
 * @param tree null when only the version was kept, because nothing was going to touch the archive
 */
public record SavedArchive(
        String path, @Nullable Long version, @Nullable SavedTree tree) {}
