package ccupgrade.state;

import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Copies a database that nobody has open, and makes one file of the copy.
 *
 * <p>Another way of copying, one that begins while the service works, has to end as this one does: the copy alone holds everything that
 * was committed, belongs to whom the database belongs to, and is durable.
 */
final class ColdCopy {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Disk disk;
    private final DatabaseReader reader;

    ColdCopy(Disk disk, DatabaseReader reader) {
        this.disk = disk;
        this.reader = reader;
    }

    /** @param target a free name in a directory that is itself temporary */
    void copy(DatabaseFiles live, Path target, Progress progress) throws Fault, IOException {
        DatabaseFiles copy = new DatabaseFiles(target);
        FileOwner owner = DatabaseFiles.ownerOf(live.main());
        disk.copy(live.main(), copy.main(), progress);
        requireOwner(live.main(), copy.main(), owner);
        boolean withLog = DatabaseFiles.hasContent(live.wal());
        boolean withJournal = DatabaseFiles.hasContent(live.journal());
        if (withLog) {
            disk.copy(live.wal(), copy.wal(), progress);
        }
        if (withJournal) {
            disk.copy(live.journal(), copy.journal(), progress);
        }
        if (withLog || withJournal) {
            fold(copy);
            requireOwner(live.main(), copy.main(), owner);
        }
    }

    /** Brings into the file what stands beside it: the log's commits, or the pages that a killed writer had changed. */
    private void fold(DatabaseFiles copy) throws Fault, IOException {
        try (Connection connection = Connections.open(copy.main(), "mode=rw", PATIENCE);
                Statement statement = connection.createStatement()) {
            // The first read is what rolls a journal back.
            statement.execute("SELECT count(*) FROM sqlite_master");
            try (ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                if (result.next() && result.getInt(1) != 0) {
                    throw new Failed("cannot fold the log into " + copy.main() + ": somebody else has it open", null);
                }
            }
        } catch (SQLException e) {
            throw reader.explained(copy.main(), e);
        }
        for (Path side : copy.sides()) {
            disk.delete(side);
        }
        disk.sync(copy.main());
    }

    private void requireOwner(Path live, Path copy, FileOwner owner) throws Failed, IOException {
        FileOwner got = DatabaseFiles.ownerOf(copy);
        if (!got.equals(owner)) {
            throw new Failed(
                    "cannot keep the owner of " + reader.nameOf(live) + ": the copy has " + got + " instead of "
                            + owner,
                    "run ccupgrade as root or as the user that owns the database");
        }
    }
}
