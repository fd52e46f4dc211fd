package ccupgrade.state;

import ccupgrade.disk.ChildCopy;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A copy of a database as it is at some moment while the service works on: to try something on, not to go back to.
 *
 * <p>In WAL mode nobody waits for it. In the other modes the service can't write meanwhile: a lock is held, because there is nothing
 * else that would tell which pages belong together.
 */
public final class LiveCopy {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Disk disk;
    private final DatabaseReader reader;

    public LiveCopy(Disk disk, DatabaseReader reader) {
        this.disk = disk;
        this.reader = reader;
    }

    /**
     * Copies, with owner and mode. Nothing stands beside the copy when it returns.
     *
     * @param target a free name in a directory of ours; what fails or is interrupted leaves it incomplete
     * @param rate bytes a second at most; 0 for as fast as it goes
     */
    public void copy(Path database, Path target, long rate, Progress progress)
            throws Fault, IOException, InterruptedException {
        DatabaseFiles live = DatabaseFiles.of(database);
        CopiedDatabase copy = new CopiedDatabase(new DatabaseFiles(target), disk, reader);
        ChildCopy children = new ChildCopy(disk);
        try (Connection connection = Connections.open(live.main(), "mode=ro", PATIENCE)) {
            connection.setAutoCommit(false);
            // The first read takes the mark in the log, or the lock on the file.
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*) FROM sqlite_master")) {
                row.next();
            }
            children.copy(live.main(), target, rate, progress);
            if (DatabaseFiles.hasContent(live.wal())) {
                // What is being written at its end is not committed yet in the copy, and left out of it.
                disk.copy(live.wal(), copy.files().wal(), progress);
            }
        } catch (SQLException e) {
            throw reader.faults().of(database, e);
        } catch (ChildCopy.Unavailable e) {
            throw new Failed("cannot copy " + reader.faults().nameOf(database), "install GNU coreutils", e);
        }
        copy.fold();
        if (!Files.exists(target)) {
            throw new Failed("cannot copy " + reader.faults().nameOf(database) + ": the copy is gone", null);
        }
    }
}
