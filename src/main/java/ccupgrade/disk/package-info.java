/**
 * The durable verbs. Nobody else in ccupgrade moves, writes, deletes or syncs a file; a check in the build says so.
 *
 * <p>Each verb of {@link ccupgrade.disk.Disk} is durable when it returns: the file's bytes and the directory entry that names it are
 * on stable storage. A crash in the middle leaves the old or the new, never half, except where a verb's documentation says that the
 * target is a temporary name of the caller's.
 *
 * <p>This package is the bottom: it knows no other package of ours.
 */
@NullMarked
package ccupgrade.disk;

import org.jspecify.annotations.NullMarked;
