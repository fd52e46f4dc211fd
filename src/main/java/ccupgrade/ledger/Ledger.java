package ccupgrade.ledger;

import ccupgrade.fault.Failed;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The history file. What {@link #record} was given is durable when it returns. Not for several threads; several processes may have the
 * same file open, and wait for each other for some seconds.
 */
public final class Ledger implements AutoCloseable {

    /** The way out of everything that is wrong inside the file; its name follows. */
    static final String DELETE = "no safety hangs on it, it is made anew from the journals of the operations: rm ";

    private static final int BUSY_MILLIS = 5000;

    private final Path file;
    private final Connection connection;

    private Ledger(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /**
     * Opens the ledger, brings its schema up to date, and makes it when there is none; its directory must exist.
     *
     * @throws Failed also when the file is damaged, is no ledger, or was written by a newer ccupgrade; it is left as it is then
     */
    public static Ledger open(Path file) throws Failed {
        SQLiteConfig settings = new SQLiteConfig();
        settings.setJournalMode(SQLiteConfig.JournalMode.DELETE);
        settings.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        settings.setBusyTimeout(BUSY_MILLIS);
        settings.enforceForeignKeys(true);
        SQLiteDataSource source = new SQLiteDataSource(settings);
        source.setUrl("jdbc:sqlite:" + asUri(file));
        try {
            Connection connection = source.getConnection();
            try {
                LedgerSchema.bringUpToDate(file, connection, source);
                return new Ledger(file, connection);
            } catch (SQLException | Failed | RuntimeException e) {
                close(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw failed("open", file, e);
        }
    }

    /** The driver takes a question mark in a plain name for the beginning of parameters. */
    private static String asUri(Path file) {
        String name = file.toAbsolutePath().toString();
        return "file:" + name.replace("%", "%25").replace("?", "%3f").replace("#", "%23");
    }

    private static void close(Connection connection, Exception reason) {
        try {
            connection.close();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /** Adds an operation, or replaces all that is known of the one with its number. All of it or nothing. */
    public void record(OperationEntry operation) throws Failed {
        recordAll(List.of(operation));
    }

    /** As {@link #record} for each, but all of them or none: for filling a ledger that was lost, in one write. */
    public void recordAll(List<OperationEntry> operations) throws Failed {
        try {
            connection.setAutoCommit(false);
            try {
                for (OperationEntry operation : operations) {
                    insert(operation);
                }
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                rollBack(e);
                throw e;
            }
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw failed("write", file, e);
        }
    }

    private void rollBack(Exception reason) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private void insert(OperationEntry operation) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM operation WHERE number = ?")) {
            delete.setLong(1, operation.number());
            delete.executeUpdate();
        }
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO operation
                    (number, kind, started, ended, outcome, release, version, previous, downtime_ns, who, message)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            insert.setLong(1, operation.number());
            insert.setString(2, operation.kind());
            insert.setString(3, operation.started().toString());
            insert.setString(4, operation.ended().toString());
            insert.setString(5, operation.outcome());
            setLong(insert, 6, operation.release());
            insert.setString(7, operation.version());
            setLong(insert, 8, operation.previous());
            setLong(insert, 9, nanos(operation.downtime()));
            insert.setString(10, operation.who());
            insert.setString(11, operation.message());
            insert.executeUpdate();
        }
        insertSteps(operation);
        insertRows(operation);
        RehearsalEntry rehearsal = operation.rehearsal();
        if (rehearsal != null) {
            insertRehearsal(operation.number(), rehearsal);
        }
    }

    private void insertRehearsal(long number, RehearsalEntry rehearsal) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO rehearsal (operation, sha256, passed, state_bytes, copy_ns, migrate_ns, start_ns, peak_bytes,
                    added_bytes, temporary_bytes, growth_bytes, schema_before, schema_after, archive_ns, whole,
                    look_ns)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            insert.setLong(1, number);
            insert.setString(2, rehearsal.sha256());
            insert.setBoolean(3, rehearsal.passed());
            insert.setLong(4, rehearsal.stateBytes());
            setLong(insert, 5, nanos(rehearsal.copy()));
            setLong(insert, 6, nanos(rehearsal.migrate()));
            setLong(insert, 7, nanos(rehearsal.start()));
            insert.setLong(8, rehearsal.peakBytes());
            insert.setLong(9, rehearsal.addedBytes());
            insert.setLong(10, rehearsal.temporaryBytes());
            insert.setLong(11, rehearsal.growthBytes());
            insert.setString(12, rehearsal.schemaBefore());
            insert.setString(13, rehearsal.schemaAfter());
            setLong(insert, 14, nanos(rehearsal.archive()));
            insert.setBoolean(15, rehearsal.whole());
            setLong(insert, 16, nanos(rehearsal.look()));
            insert.executeUpdate();
        }
    }

    /** The newest rehearsal of a release, found by its SHA-256. */
    public Optional<RehearsalEntry> rehearsalOf(String sha256) throws Failed {
        return rehearsal("SELECT * FROM rehearsal WHERE sha256 = ? ORDER BY operation DESC LIMIT 1", sha256);
    }

    private Optional<RehearsalEntry> rehearsal(String query, Object key) throws Failed {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setObject(1, key);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new RehearsalEntry(
                        row.getString("sha256"),
                        row.getBoolean("passed"),
                        row.getLong("state_bytes"),
                        Duration.ofNanos(row.getLong("copy_ns")),
                        Duration.ofNanos(row.getLong("migrate_ns")),
                        duration(row, "archive_ns"),
                        duration(row, "look_ns"),
                        row.getBoolean("whole"),
                        duration(row, "start_ns"),
                        row.getLong("peak_bytes"),
                        row.getLong("added_bytes"),
                        row.getLong("temporary_bytes"),
                        row.getLong("growth_bytes"),
                        row.getString("schema_before"),
                        row.getString("schema_after")));
            }
        } catch (SQLException e) {
            throw failed("read", file, e);
        }
    }

    private void insertSteps(OperationEntry operation) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO step (operation, nth, position, name, phase, result, took_ns, message)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            int nth = 0;
            for (StepEntry step : operation.steps()) {
                insert.setLong(1, operation.number());
                insert.setInt(2, nth++);
                insert.setInt(3, step.position());
                insert.setString(4, step.name());
                insert.setString(5, step.phase());
                insert.setString(6, step.result());
                setLong(insert, 7, nanos(step.took()));
                insert.setString(8, step.message());
                insert.executeUpdate();
            }
        }
    }

    private void insertRows(OperationEntry operation) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO table_rows (operation, nth, database_name, table_name, rows_before, rows_after)
                VALUES (?, ?, ?, ?, ?, ?)
                """)) {
            int nth = 0;
            for (RowEntry row : operation.rows()) {
                insert.setLong(1, operation.number());
                insert.setInt(2, nth++);
                insert.setString(3, row.database());
                insert.setString(4, row.table());
                setLong(insert, 5, row.before());
                setLong(insert, 6, row.after());
                insert.executeUpdate();
            }
        }
    }

    /** The last operations, newest first, without their steps and rows. */
    public List<OperationEntry> list(int newest) throws Failed {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT * FROM operation ORDER BY number DESC LIMIT ?")) {
            // A negative limit would be none to SQLite.
            select.setInt(1, Math.max(0, newest));
            List<OperationEntry> operations = new ArrayList<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    operations.add(operation(found, null, List.of(), List.of()));
                }
            }
            return operations;
        } catch (SQLException | DateTimeException e) {
            throw failed("read", file, e);
        }
    }

    /** One operation with all that is known of it. */
    public Optional<OperationEntry> find(long number) throws Failed {
        try (PreparedStatement select = connection.prepareStatement("SELECT * FROM operation WHERE number = ?")) {
            select.setLong(1, number);
            try (ResultSet found = select.executeQuery()) {
                if (!found.next()) {
                    return Optional.empty();
                }
                RehearsalEntry rehearsal = rehearsal("SELECT * FROM rehearsal WHERE operation = ?", number)
                        .orElse(null);
                return Optional.of(operation(found, rehearsal, steps(number), rows(number)));
            }
        } catch (SQLException | DateTimeException e) {
            throw failed("read", file, e);
        }
    }

    /** Which operations are in it: the others that have a journal are still to be recorded. */
    public SortedSet<Long> numbers() throws Failed {
        try (PreparedStatement select = connection.prepareStatement("SELECT number FROM operation");
                ResultSet found = select.executeQuery()) {
            SortedSet<Long> numbers = new TreeSet<>();
            while (found.next()) {
                numbers.add(found.getLong(1));
            }
            return numbers;
        } catch (SQLException e) {
            throw failed("read", file, e);
        }
    }

    @Override
    public void close() throws Failed {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed("close", file, e);
        }
    }

    private static OperationEntry operation(
            ResultSet row, @Nullable RehearsalEntry rehearsal, List<StepEntry> steps, List<RowEntry> rows)
            throws SQLException {
        return new OperationEntry(
                row.getLong("number"),
                row.getString("kind"),
                Instant.parse(row.getString("started")),
                Instant.parse(row.getString("ended")),
                row.getString("outcome"),
                getLong(row, "release"),
                row.getString("version"),
                getLong(row, "previous"),
                duration(row, "downtime_ns"),
                row.getString("who"),
                row.getString("message"),
                rehearsal,
                steps,
                rows);
    }

    private List<StepEntry> steps(long number) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT * FROM step WHERE operation = ? ORDER BY nth")) {
            select.setLong(1, number);
            List<StepEntry> steps = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    steps.add(new StepEntry(
                            row.getInt("position"),
                            row.getString("name"),
                            row.getString("phase"),
                            row.getString("result"),
                            duration(row, "took_ns"),
                            row.getString("message")));
                }
            }
            return steps;
        }
    }

    private List<RowEntry> rows(long number) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT * FROM table_rows WHERE operation = ? ORDER BY nth")) {
            select.setLong(1, number);
            List<RowEntry> rows = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows.add(new RowEntry(
                            row.getString("database_name"),
                            row.getString("table_name"),
                            getLong(row, "rows_before"),
                            getLong(row, "rows_after")));
                }
            }
            return rows;
        }
    }

    private static void setLong(PreparedStatement statement, int index, @Nullable Long value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.INTEGER);
        } else {
            statement.setLong(index, value);
        }
    }

    private static @Nullable Long getLong(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    private static @Nullable Long nanos(@Nullable Duration duration) {
        return duration == null ? null : duration.toNanos();
    }

    private static @Nullable Duration duration(ResultSet row, String column) throws SQLException {
        Long nanos = getLong(row, column);
        return nanos == null ? null : Duration.ofNanos(nanos);
    }

    private static Failed failed(String verb, Path file, Exception cause) {
        SQLiteErrorCode code = cause instanceof SQLiteException e ? e.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
        // The low byte is the primary code; the rest only says where it was noticed.
        int primary = code.code & 0xff;
        if (primary == SQLiteErrorCode.SQLITE_NOTADB.code) {
            return new Failed("cannot use " + file + ": it is not an SQLite database", DELETE + file, cause);
        }
        if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code || cause instanceof DateTimeException) {
            return new Failed("cannot use " + file + ": it is damaged", DELETE + file, cause);
        }
        if (primary == SQLiteErrorCode.SQLITE_BUSY.code || primary == SQLiteErrorCode.SQLITE_LOCKED.code) {
            return new Failed(
                    "cannot " + verb + " " + file + ": another process has held it for " + BUSY_MILLIS / 1000
                            + " seconds",
                    "try again when that process has ended",
                    cause);
        }
        return new Failed("cannot " + verb + " " + file, null, cause);
    }
}
