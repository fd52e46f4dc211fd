package ccupgrade.upgrade;

import org.jspecify.annotations.Nullable;

/**
 * What {@code snapshot create} was asked to do.
 *
 * @param note why, in the words of whoever asked; null for none
 * @param atStop whether the service is stopped for it, so that all is of one moment
 * @param withArchive whether the files of the archive are kept, too
 */
public record SnapshotRequest(@Nullable String note, boolean atStop, boolean withArchive) {}
