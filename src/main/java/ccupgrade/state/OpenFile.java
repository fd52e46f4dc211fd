package ccupgrade.state;

import java.nio.file.Path;

/**
 * A process that has a file open.
 *
 * @param pid 0 when it belongs to another container, whose numbers mean nothing here
 * @param command its short name; "unknown" where the kernel does not tell us
 * @param file the database, the file beside it, or the file of a tree that it has open
 */
public record OpenFile(long pid, String command, Path file) {}
