package ccupgrade.upgrade;

import ccupgrade.ledger.RehearsalEntry;

/**
 * What a migration takes on its way, beside the databases as they are, in bytes.
 *
 * @param together all of it at one time
 * @param databases of that, what the databases and their logs take
 * @param temporary of that, what temporary files take; the two need not be at their most at the same time
 */
record Growth(long together, long databases, long temporary, boolean rehearsed) {

    /** Where nothing is migrated. */
    static final Growth NONE = new Growth(0, 0, 0, true);

    /**
     * Where nobody knows better. The real migrations of one service took a database of 344 MB to 1,086 MB, with a log of up to 1,093 MB,
     * and temporary files of up to 767 MB on the way.
     */
    static final int ASSUMED_FACTOR = 5;

    /** The rows may be others by now; and who looks now and then may miss the peak. */
    private static final double MARGIN = 1.25;

    /** What can be said beforehand, by bytes of the databases' files and of their logs as they are now. */
    @FunctionalInterface
    interface Expected {
        Growth of(long files, long logs);
    }

    boolean isNone() {
        return together == 0 && databases == 0 && temporary == 0;
    }

    static Growth assumed(long files, long logs) {
        long state = files + logs;
        return new Growth(ASSUMED_FACTOR * state, ASSUMED_FACTOR * state, ASSUMED_FACTOR * state / 2, false);
    }

    /** @param rehearsal of this very release; one that failed may have seen a part of the migration only, and does not count */
    static Growth rehearsed(RehearsalEntry rehearsal, long files, long logs) {
        if (!rehearsal.passed() || rehearsal.stateBytes() == 0) {
            return assumed(files, logs);
        }
        // Rehearsed without logs, because they hold the same pages again and again. That is also why a file may be
        // smaller
        // now.
        double factor = MARGIN * Math.max(1, (double) files / rehearsal.stateBytes());
        return new Growth(
                Math.round(factor * Math.max(0, rehearsal.peakBytes() - rehearsal.stateBytes())),
                Math.round(factor * rehearsal.addedBytes()),
                Math.round(factor * rehearsal.temporaryBytes()),
                true);
    }
}
