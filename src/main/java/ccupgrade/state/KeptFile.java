package ccupgrade.state;

import org.jspecify.annotations.Nullable;

/**
 * A configuration file as a snapshot has it.
 *
 * @param path relative to the deployment's home where it is below it, else absolute
 * @param replaced whether the operation that took the snapshot was about to replace it
 * @param copy null when there was no such file: going back means that there is none again
 */
public record KeptFile(
        String path, boolean replaced, @Nullable Copy copy) {

    /**
     * The copy.
     *
     * @param file its name in the snapshot's directory
     * @param size bytes
     * @param owner of the file, and of the copy
     */
    public record Copy(String file, long size, String sha256, FileOwner owner) {}
}
