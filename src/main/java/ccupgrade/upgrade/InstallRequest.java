package ccupgrade.upgrade;

import ccupgrade.release.Proofs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code install} was asked to do.
 *
 * @param source the file to install; it is copied and never changed
 * @param proofs what shows where it comes from
 * @param name what to call the release; null: what it calls itself
 * @param rehearse whether to rehearse it first, and to go on only when that went well
 * @param withoutRehearsal whether to go on although a rehearsal is due, or has failed
 * @param maxDowntime how long the forecast may be; null: as long as it takes
 * @param replacements configuration files to be replaced, {@code FILE=NEW} each
 * @param acceptRowLoss whether the migration may empty tables that had rows
 * @param acceptLowSpace whether to go on although the space may not suffice
 */
public record InstallRequest(
        Path source,
        Proofs proofs,
        @Nullable String name,
        boolean rehearse,
        boolean withoutRehearsal,
        @Nullable Duration maxDowntime,
        List<String> replacements,
        boolean acceptRowLoss,
        boolean acceptLowSpace) {}
