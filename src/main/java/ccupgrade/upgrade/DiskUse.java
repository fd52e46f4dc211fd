package ccupgrade.upgrade;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What a rehearsed migration takes of the disk, looked at again and again: the most that was seen. */
final class DiskUse {

    /** A walk over many files takes its time: afterwards there is a rest of so many times as long. */
    private static final int REST = 4;

    /** But a peak is not to be missed. */
    private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(500);

    private final StandIn stage;
    private final MigrationCommand migration;
    private final LongSupplier nanos;
    private final long before;
    private long next;
    private long together;
    private long added;
    private long temporary;
    private long log;

    /** @param stage as it is before the migration; all that comes to it is the migration's */
    DiskUse(StandIn stage, MigrationCommand migration, LongSupplier nanos) throws IOException {
        this.stage = stage;
        this.migration = migration;
        this.nanos = nanos;
        this.before = stage.size();
        this.next = nanos.getAsLong();
    }

    /** To be called often; most calls do nothing where a look takes long. */
    void lookNowAndThen() throws IOException {
        long now = nanos.getAsLong();
        if (now - next >= 0) {
            look();
            long end = nanos.getAsLong();
            next = end + Math.min(REST * (end - now), LONGEST_REST);
        }
    }

    private void look() throws IOException {
        long addedNow = stage.size() - before;
        long temporaryNow = migration.temporaryBytes();
        together = Math.max(together, addedNow + temporaryNow);
        added = Math.max(added, addedNow);
        temporary = Math.max(temporary, temporaryNow);
        log = Math.max(log, stage.logSize());
    }

    /**
     * When it has ended. The last thing that SQLite does is to write the log into the database, and to delete it: what is there now and
     * the longest log were there together, and nobody may have looked at that moment.
     */
    void lookLast() throws IOException {
        look();
        long grown = stage.size() - stage.logSize() - before;
        added = Math.max(added, log + Math.max(0, grown));
        together = Math.max(together, added);
    }

    /** Bytes of all that it took at one time. */
    long together() {
        return together;
    }

    /** Bytes of what the databases, their logs and other files had grown by. */
    long added() {
        return added;
    }

    /** Bytes of files without a name. */
    long temporary() {
        return temporary;
    }
}
