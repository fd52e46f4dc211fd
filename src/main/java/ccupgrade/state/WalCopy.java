package ccupgrade.state;

import ccupgrade.disk.ChildCopy;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
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
 * The hot copy of a database in WAL mode. A read transaction of ours marks a place in the log: until it ends, the log cannot begin anew,
 * and the service's last close cannot fold it in. So whatever a checkpoint writes into the file while it is being copied stands in the
 * log as well, and copy and log together, the log copied after the service's end, are the state at that end.
 *
 * <p>All rests on the locks of one connection. Closing any descriptor of the database or its {@code -shm} in this process drops them
 * without a word, and a clean end of the service then folds the log away; after a kill nothing would show. So the copying is a child's,
 * and the kernel is asked before and after the log is copied whether the locks are what they were. ({@code -wal} carries none.)
 */
final class WalCopy implements HotCopy {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Disk disk;
    private final DatabaseFiles live;
    private final CopiedDatabase copy;
    private final Connection connection;
    private final OwnLocks onMain;
    private final OwnLocks onIndex;
    private final Object logInode;

    private WalCopy(Disk disk, DatabaseFiles live, CopiedDatabase copy) throws SQLException, IOException {
        this.disk = disk;
        this.live = live;
        this.copy = copy;
        this.connection = Connections.open(live.main(), "mode=ro", PATIENCE);
        try {
            connection.setAutoCommit(false);
            // The first read takes the mark, not the beginning of the transaction.
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*) FROM sqlite_master")) {
                row.next();
            }
            onMain = OwnLocks.on(live.main(), locks -> locks.touch(OwnLocks.SHARED));
            onIndex = OwnLocks.on(live.shm(), locks -> locks.touch(OwnLocks.READ_MARKS));
            logInode = Files.getAttribute(live.wal(), "unix:ino");
        } catch (SQLException | IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** @param live known to be in WAL mode, with its log and index there; no connection of ours has it open */
    static WalCopy begin(
            DatabaseFiles live, CopiedDatabase copy, Disk disk, ChildCopy children, long rate, Progress progress)
            throws SQLException, IOException, InterruptedException {
        WalCopy result = new WalCopy(disk, live, copy);
        try {
            children.copy(live.main(), copy.files().main(), rate, progress);
            return result;
        } catch (IOException | InterruptedException | RuntimeException e) {
            result.close();
            throw e;
        }
    }

    @Override
    public SchemaVersion complete(Progress progress) throws Useless, Fault, IOException {
        try {
            requireMark();
            Path log = copy.files().wal();
            if (DatabaseFiles.hasContent(live.wal())) {
                disk.copy(live.wal(), log, progress);
            }
            requireMark();
            connection.rollback();
            SchemaVersion schema = new SchemaReading(connection).read();
            close();
            // Only now, because reading it closes a descriptor of it.
            WalIndex index = WalIndex.read(live.shm());
            SchemaVersion copied = copy.schema();
            if (!schema.identity().equals(copied.identity())) {
                throw new Useless("the copy's schema is " + copied.text() + ", the database's " + schema.text());
            }
            // SQLite has just checked, frame by frame, what it would apply.
            if (index.frames() > 0 && !WalIndex.read(copy.files().shm()).holdsAllOf(index)) {
                throw new Useless("the log's copy is not whole");
            }
            return copied;
        } catch (SQLException e) {
            throw new Useless("SQLite said: " + e.getMessage());
        } finally {
            close();
        }
    }

    private void requireMark() throws Useless, IOException {
        boolean held = onMain.touch(OwnLocks.SHARED)
                && onIndex.touch(OwnLocks.READ_MARKS)
                && OwnLocks.on(live.main(), locks -> locks.cover(onMain)).cover(onMain)
                && OwnLocks.on(live.shm(), locks -> locks.cover(onIndex)).cover(onIndex)
                && Files.exists(live.wal())
                && logInode.equals(Files.getAttribute(live.wal(), "unix:ino"));
        if (!held) {
            throw new Useless("the mark in the database's log was lost");
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // It read, and nothing of it is left to be kept.
        }
    }
}
