package ccupgrade.upgrade;

import ccupgrade.release.Proofs;
import java.nio.file.Path;

/**
 * What {@code rehearse} was asked to do.
 *
 * @param source the release; it is copied and never changed
 * @param proofs what shows where it comes from
 * @param acceptRowLoss whether the migration may empty tables that had rows
 * @param acceptLowSpace whether to go on although the space may not suffice
 */
public record RehearsalRequest(Path source, Proofs proofs, boolean acceptRowLoss, boolean acceptLowSpace) {}
