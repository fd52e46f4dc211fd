package jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The database file, opened the way a server usually opens it: WAL, {@code synchronous=NORMAL}, foreign keys on. */
record Database(Path file) {

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(5_000);
        return config;
    }

    private String url() {
        return "jdbc:sqlite:" + file;
    }

    /** Creates the file at its first connection. */
    SQLiteDataSource creating() throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        SQLiteDataSource source = new SQLiteDataSource(config());
        source.setUrl(url());
        return source;
    }

    /** Never creates a file, which is what SQLite does by itself. */
    Connection openExisting() throws IOException, SQLException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException("no database " + file + ": run -migrate-db first");
        }
        SQLiteConfig config = config();
        // The end of the chain must not be read before the lock to write after it is had.
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        return config.createConnection(url());
    }

    /** Refuses any schema but exactly this one, older or newer or left half-way by a migration that failed. */
    static void requireSchema(Connection connection, int schema) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (!one(statement, "SELECT count(*) FROM sqlite_master WHERE name = 'flyway_schema_history'")
                    .equals("1")) {
                throw new SQLException("the database has no schema: run -migrate-db first");
            }
            String failed = one(statement, "SELECT max(version) FROM flyway_schema_history WHERE success = 0");
            if (failed != null) {
                throw new SQLException("migration " + failed + " failed half-way");
            }
            String found = one(statement, "SELECT max(CAST(version AS INTEGER)) FROM flyway_schema_history");
            if (!Integer.toString(schema).equals(found)) {
                throw new SQLException("unsupported database version " + found + ", need " + schema);
            }
        }
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            return rows.getString(1);
        }
    }
}
