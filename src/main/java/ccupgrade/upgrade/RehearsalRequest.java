package ccupgrade.upgrade;

import java.nio.file.Path;

/**
 * What {@code rehearse} was asked to do.
 *
 * @param source the release; it is copied and never changed
 * @param acceptRowLoss whether the migration may empty tables that had rows
 * @param acceptLowSpace whether to go on although the space may not suffice
 */
public record RehearsalRequest(Path source, boolean acceptRowLoss, boolean acceptLowSpace) {}
