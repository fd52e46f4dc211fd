package ccupgrade.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.sqlite.SQLiteConfig;

/**
 * Makes the sample's database large: two more tables that refer to its jobs, one of samples of 1 to 3 KB and one of small events, with three
 * indices. Half of each sample is random, the rest is text, so that it can be compressed about as well as measured values can. Nobody else has
 * the database open.
 */
final class Filler {

    private static final int SAMPLES_TOGETHER = 4_000;
    private static final int EVENTS_PER_SAMPLE = 2;

    private final Path database;
    private final Random random = new Random(1);

    Filler(Path database) {
        this.database = database;
    }

    private Connection connect() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
        config.setCacheSize(-200_000);
        return config.createConnection("jdbc:sqlite:" + database);
    }

    /** Adds rows until the file has at least so many bytes. */
    void fill(long bytes) throws SQLException, IOException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE IF NOT EXISTS sample (id INTEGER PRIMARY KEY,"
                    + " job INTEGER NOT NULL REFERENCES jobs (id), taken INTEGER NOT NULL, content BLOB NOT NULL)");
            statement.executeUpdate("CREATE INDEX IF NOT EXISTS sample_by_time ON sample (taken)");
            statement.executeUpdate(
                    "CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY,"
                            + " job INTEGER NOT NULL REFERENCES jobs (id), at INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT)");
            statement.executeUpdate("CREATE INDEX IF NOT EXISTS event_by_time ON event (at)");
            statement.executeUpdate("CREATE INDEX IF NOT EXISTS event_by_kind ON event (kind, at)");
            byte[] content = new byte[3_000];
            for (int i = 0; i < content.length; i++) {
                content[i] = (byte) "0123456789.,\n".charAt(i % 13);
            }
            long row = last(statement) + 1;
            connection.setAutoCommit(false);
            while (Files.size(database) < bytes) {
                row = add(connection, row, content);
                connection.commit();
                checkpoint(connection);
            }
        }
    }

    private long add(Connection connection, long first, byte[] content) throws SQLException {
        try (PreparedStatement sample = connection.prepareStatement("INSERT INTO sample VALUES (?, ?, ?, ?)");
                PreparedStatement event = connection.prepareStatement("INSERT INTO event VALUES (?, ?, ?, ?, ?)")) {
            for (long id = first; id < first + SAMPLES_TOGETHER; id++) {
                byte[] its = java.util.Arrays.copyOf(content, 1_000 + random.nextInt(2_000));
                byte[] noise = new byte[its.length / 2];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, its, 0, noise.length);
                sample.setLong(1, id);
                sample.setLong(2, 1 + id % 7);
                sample.setLong(3, 1_760_000_000 + id);
                sample.setBytes(4, its);
                sample.addBatch();
                for (long nth = 0; nth < EVENTS_PER_SAMPLE; nth++) {
                    long number = id * EVENTS_PER_SAMPLE + nth;
                    event.setLong(1, number);
                    event.setLong(2, 1 + number % 7);
                    event.setLong(3, 1_760_000_000 + number);
                    event.setString(4, "kind-" + number % 16);
                    event.setString(5, "event " + number + " of a job that goes on as it should, for now");
                    event.addBatch();
                }
            }
            sample.executeBatch();
            event.executeBatch();
        }
        return first + SAMPLES_TOGETHER;
    }

    private static long last(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery("SELECT coalesce(max(id), 0) FROM sample")) {
            return found.getLong(1);
        }
    }

    private static void checkpoint(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        connection.setAutoCommit(false);
    }

    /** What the migration to schema 4 did is undone, by the size of its own small table. */
    void backToSchema3() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            boolean migrated;
            try (ResultSet found =
                    statement.executeQuery("SELECT count(*) FROM flyway_schema_history WHERE version = '4'")) {
                migrated = found.getLong(1) > 0;
            }
            if (migrated) {
                connection.setAutoCommit(false);
                statement.executeUpdate("DROP INDEX jobs_by_started");
                statement.executeUpdate("ALTER TABLE jobs DROP COLUMN waited");
                statement.executeUpdate("DELETE FROM flyway_schema_history WHERE version = '4'");
                connection.commit();
            }
            checkpoint(connection);
        }
    }
}
