package ccupgrade.upgrade;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an operation ended, for a reader.
 *
 * @param operation its number in the history; 0 when none was begun
 * @param kind install, rollback, …
 * @param headline one sentence: what happened
 * @param cause why, when it did not go as asked; null otherwise
 * @param situation how things stand now, a line each
 * @param warnings what must not be overlooked
 * @param next the next command or what to do; null when nothing is
 * @param downtime how long the service was away; null when it was not, or did not run before
 * @param took the whole operation
 * @param rehearsal what it found out; null unless it was a rehearsal that got as far as to the end of the migration
 */
public record Outcome(
        long operation,
        String kind,
        Result result,
        String headline,
        @Nullable String cause,
        List<String> situation,
        List<String> warnings,
        @Nullable String next,
        @Nullable Duration downtime,
        Duration took,
        @Nullable RehearsalReport rehearsal) {

    /** The same outcome, with some more that must not be overlooked. */
    Outcome with(List<String> more) {
        List<String> all = new ArrayList<>(warnings);
        all.addAll(more);
        return new Outcome(
                operation, kind, result, headline, cause, situation, List.copyOf(all), next, downtime, took, rehearsal);
    }

    /** The same outcome, of a command that was to bring about no more than that. */
    Outcome asAskedFor() {
        boolean ended = result == Result.TAKEN_BACK || result == Result.REFUSED || result == Result.FAILED;
        return new Outcome(
                operation,
                kind,
                ended ? Result.DONE : result,
                headline,
                cause,
                situation,
                warnings,
                ended ? null : next,
                downtime,
                took,
                rehearsal);
    }

    Outcome withWarning(String warning) {
        List<String> all = new ArrayList<>(warnings);
        all.add(warning);
        return new Outcome(operation, kind, result, headline, cause, situation, all, next, downtime, took, rehearsal);
    }

    /** The ways in which an operation can end. */
    public enum Result {
        DONE,
        NOTHING_TO_DO,
        /** A gate said no; nothing was changed. */
        REFUSED,
        /** It failed before anything was changed. */
        FAILED,
        /** It failed, and everything is as it was before. */
        TAKEN_BACK,
        NEEDS_OPERATOR
    }
}
