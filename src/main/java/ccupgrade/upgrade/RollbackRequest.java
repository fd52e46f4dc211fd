package ccupgrade.upgrade;

import org.jspecify.annotations.Nullable;

/**
 * What {@code rollback} was asked to do.
 *
 * @param release what the user calls the release to go to; null: the last good one before the current
 * @param acceptDataLoss whether rows may be lost that were written since that release was left
 */
public record RollbackRequest(@Nullable String release, boolean acceptDataLoss) {}
