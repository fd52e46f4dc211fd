package jobs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;

/**
 * Rows numbered from 1 without a gap, each with the hash of the one before it in its own. A row that is missing, changed, repeated or out of
 * order breaks it. That rows are missing from its end only shows in the {@linkplain Acknowledged number last promised}.
 *
 * <p>Owns its connection. Safe for many threads, one at a time.
 */
final class Chain implements AutoCloseable {

    /** What the first row names as the one before it. */
    private static final String BEFORE_THE_FIRST = "0".repeat(64);

    private final Connection connection;

    Chain(Connection connection) {
        this.connection = connection;
    }

    record Proof(long rows, String head, boolean unbroken) {}

    /** A committed row. No other row, of any process, has the same hash. */
    record Row(long id, String hash) {}

    /** Commits one row. */
    synchronized Row append(String writtenBy) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement select = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO chain(id, previous, hash, written_by) VALUES (?, ?, ?, ?)")) {
            long id = 1;
            String previous = BEFORE_THE_FIRST;
            try (ResultSet last = select.executeQuery("SELECT id, hash FROM chain ORDER BY id DESC LIMIT 1")) {
                if (last.next()) {
                    id = last.getLong(1) + 1;
                    previous = last.getString(2);
                }
            }
            insert.setLong(1, id);
            insert.setString(2, previous);
            String hash = hash(previous, id, writtenBy);
            insert.setString(3, hash);
            insert.setString(4, writtenBy);
            insert.executeUpdate();
            connection.commit();
            return new Row(id, hash);
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    synchronized boolean contains(Row row) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT hash FROM chain WHERE id = ?")) {
            select.setLong(1, row.id());
            try (ResultSet found = select.executeQuery()) {
                return found.next() && found.getString(1).equals(row.hash());
            }
        }
    }

    synchronized Proof verify() throws SQLException {
        long rows = 0;
        String head = BEFORE_THE_FIRST;
        boolean unbroken = true;
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT id, previous, hash, written_by FROM chain ORDER BY id")) {
            while (row.next()) {
                rows++;
                unbroken &= row.getLong(1) == rows
                        && row.getString(2).equals(head)
                        && row.getString(3).equals(hash(head, rows, row.getString(4)));
                head = row.getString(3);
            }
        }
        return new Proof(rows, head, unbroken);
    }

    private static String hash(String previous, long id, String writtenBy) {
        try {
            byte[] bytes = (previous + '|' + id + '|' + writtenBy).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** The last connection to close takes the WAL into the database and removes it. */
    @Override
    public synchronized void close() throws SQLException {
        connection.close();
    }
}
