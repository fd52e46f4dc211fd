package backend;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteConfig;

/**
 * The database, with its version kept as golang-migrate does: the version about to be reached is written with the mark dirty first, each
 * migration runs in a transaction of its own, and then the mark is taken away. So merely opening a database makes the table of versions.
 */
final class Schema implements AutoCloseable {

    private static final int FIRST = 7;

    private final Release release;
    private final Connection connection;

    private Schema(Release release, Connection connection) {
        this.release = release;
        this.connection = connection;
    }

    /** Makes the file when there is none. */
    static Schema open(Release release, Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(5_000);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        Schema schema = new Schema(release, config.createConnection("jdbc:sqlite:" + file));
        schema.execute("CREATE TABLE IF NOT EXISTS schema_migrations (version uint64,dirty bool)");
        schema.execute("CREATE UNIQUE INDEX IF NOT EXISTS version_unique ON schema_migrations (version)");
        return schema;
    }

    Connection connection() {
        return connection;
    }

    /** Refuses any version but exactly the release's. */
    void require() throws SQLException, Failure {
        int version = version();
        if (version != release.database()) {
            throw new Failure("unsupported database version " + version + ", need " + release.database());
        }
        requireClean();
    }

    private void requireClean() throws SQLException, Failure {
        if (number("SELECT max(dirty) FROM schema_migrations") == 1) {
            throw new Failure("last migration to version " + version() + " has failed: mend the database by hand");
        }
    }

    private int version() throws SQLException {
        return number("SELECT max(version) FROM schema_migrations");
    }

    private int number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    void migrate() throws SQLException, Failure {
        requireClean();
        int version = version();
        if (version > release.database()) {
            throw new Failure("no migration found for version " + version);
        }
        for (int next = Math.max(version + 1, FIRST); next <= release.database(); next++) {
            set(next, true);
            connection.setAutoCommit(false);
            try {
                for (String statement : migration(next)) {
                    execute(statement);
                }
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
            set(next, false);
        }
    }

    private List<String> migration(int version) {
        return switch (version) {
            case 7 ->
                List.of("CREATE TABLE job (id INTEGER PRIMARY KEY, cluster TEXT NOT NULL, num_nodes INT NOT NULL,"
                        + " start_time BIGINT NOT NULL, exclusive INT NOT NULL)");
            case 8 -> List.of("ALTER TABLE job ADD COLUMN smt INT NOT NULL DEFAULT 1");
            case 9 ->
                List.of(
                        "CREATE TABLE job_new (id INTEGER PRIMARY KEY, cluster TEXT NOT NULL,"
                                + " num_nodes INT NOT NULL CHECK (num_nodes BETWEEN 1 AND "
                                + (release.badDatabase() ? 3 : 64)
                                + "), start_time BIGINT NOT NULL, shared TEXT NOT NULL, smt INT NOT NULL)",
                        "INSERT INTO job_new SELECT id, cluster, num_nodes, start_time,"
                                + " CASE exclusive WHEN 1 THEN 'none' ELSE 'multi_user' END, smt FROM job",
                        "DROP TABLE job",
                        "ALTER TABLE job_new RENAME TO job");
            case 10 -> List.of("CREATE TABLE node (id INTEGER PRIMARY KEY, hostname TEXT NOT NULL)");
            case 11 -> List.of("CREATE INDEX job_by_cluster_and_start ON job (cluster, start_time)");
            default -> throw new IllegalArgumentException("no migration to " + version);
        };
    }

    private void set(int version, boolean dirty) throws SQLException {
        connection.setAutoCommit(false);
        execute("DELETE FROM schema_migrations");
        execute("INSERT INTO schema_migrations VALUES (" + version + ", " + dirty + ")");
        connection.commit();
        connection.setAutoCommit(true);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
