package ccupgrade.state;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of each table as they are now, counted later: in WAL mode a read transaction holds the present state while the service
 * already changes it, so that the downtime need not wait for the counting. In the other modes it would keep the service from writing;
 * there they are counted at once.
 *
 * <p>While one is open, nothing else in this process may open or close a file of the database, or another one of it. Opening it on a
 * database that nobody has open makes {@code -wal} and {@code -shm}, and leaves them, empty, to the service that is about to start.
 */
public final class RowCounts implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path database;
    private final DatabaseReader reader;
    private final @Nullable Connection connection;
    private final Map<String, Long> counted;

    private RowCounts(
            Path database, DatabaseReader reader, @Nullable Connection connection, Map<String, Long> counted) {
        this.database = database;
        this.reader = reader;
        this.connection = connection;
        this.counted = counted;
    }

    /** @param progress shows the counting, where it is done at once */
    public static RowCounts hold(Path database, DatabaseReader reader, Progress progress) throws Fault, IOException {
        DatabaseFiles files = DatabaseFiles.of(database);
        if (!files.exists() || reader.isReadByCopyOnly(database) || !DatabaseFiles.usesWal(files.header())) {
            return new RowCounts(database, reader, null, reader.rowCounts(database, progress));
        }
        Connection connection = null;
        try {
            connection = Connections.open(files.main(), "mode=ro", PATIENCE);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*) FROM sqlite_master")) {
                row.next();
            }
            return new RowCounts(database, reader, connection, Map.of());
        } catch (SQLException e) {
            close(connection);
            throw reader.explained(database, e);
        }
    }

    /** By any one thread; once. */
    public Map<String, Long> count(Progress progress) throws Fault, IOException {
        if (connection == null) {
            return counted;
        }
        try {
            return DatabaseReader.rowCounts(connection, database, progress);
        } catch (SQLException e) {
            throw reader.explained(database, e);
        }
    }

    /** Lets the log go on; waits for a counting under way. */
    @Override
    public void close() {
        close(connection);
    }

    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // It read, and nothing of it is left to be kept.
        }
    }
}
