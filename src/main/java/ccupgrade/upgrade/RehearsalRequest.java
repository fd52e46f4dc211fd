package ccupgrade.upgrade;

import ccupgrade.release.Proofs;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code rehearse} was asked to do.
 *
 * @param source the release; it is copied and never changed
 * @param proofs what is to show where it comes from
 * @param replacements configuration files to be replaced in the copy, {@code FILE=NEW} each
 * @param acceptRowLoss whether the migration may empty tables that had rows
 * @param acceptLowSpace whether to go on although the space may not suffice
 */
public record RehearsalRequest(
        Path source, Proofs proofs, List<String> replacements, boolean acceptRowLoss, boolean acceptLowSpace) {}
