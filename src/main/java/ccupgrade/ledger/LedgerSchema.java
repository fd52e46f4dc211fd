package ccupgrade.ledger;

import ccupgrade.fault.Failed;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteDataSource;

/** Brings a ledger to the newest schema, and tells a foreign, a damaged and a newer one apart. */
final class LedgerSchema {

    /** The highest version among the migrations in the resources. */
    static final int NEWEST = 5;

    /** As the first migration sets it. */
    static final int APPLICATION_ID = 0x63637570;

    /** Longer than all migrations take together. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private static final String HISTORY = "flyway_schema_history";

    private LedgerSchema() {}

    /** Reads three small pages when there is nothing to do: starting Flyway takes longer than all the rest of a {@code history}. */
    static void bringUpToDate(Path file, Connection connection, SQLiteDataSource source) throws SQLException, Failed {
        int version = version(file, connection);
        // Two commands may see the same old ledger at once, and Flyway does not keep them apart on SQLite: who comes
        // second fails on what the first one is about to do, and is content when that is done.
        long patientUntil = System.nanoTime() + PATIENCE.toNanos();
        while (version < NEWEST) {
            Optional<Exception> failure = LedgerMigration.migrate(source);
            version = version(file, connection);
            if (version < NEWEST && (failure.isEmpty() || System.nanoTime() > patientUntil || !pause())) {
                throw new Failed(
                        "cannot bring " + file + " to schema version " + NEWEST,
                        Ledger.DELETE + file,
                        failure.orElse(null));
            }
        }
        if (version > NEWEST) {
            String needed = oldestReader(connection);
            throw new Failed(
                    "cannot use " + file + ": its schema has version " + version
                            + ", and this ccupgrade knows versions up to " + NEWEST,
                    "use ccupgrade " + (needed == null ? "in the version that wrote it" : needed + " or newer"));
        }
    }

    /** False when somebody wants this thread to end. */
    private static boolean pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** 0 for a ledger that is empty, or whose making was interrupted. */
    private static int version(Path file, Connection connection) throws SQLException, Failed {
        try (Statement statement = connection.createStatement()) {
            Set<String> tables = new HashSet<>();
            try (ResultSet found =
                    statement.executeQuery("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")) {
                while (found.next()) {
                    tables.add(found.getString(1));
                }
            }
            int mark;
            try (ResultSet found = statement.executeQuery("PRAGMA application_id")) {
                mark = found.getInt(1);
            }
            boolean begun = mark == 0 && Set.of(HISTORY).containsAll(tables);
            if (!begun && (mark != APPLICATION_ID || !tables.contains(HISTORY))) {
                throw new Failed(
                        "cannot use " + file + ": it is an SQLite database, but no ledger of ccupgrade's",
                        "move it away: the ledger is made anew from the journals of the operations");
            }
            if (!tables.contains(HISTORY)) {
                return 0;
            }
            try (ResultSet found = statement.executeQuery(
                    "SELECT coalesce(max(CAST(version AS INTEGER)), 0) FROM " + HISTORY + " WHERE success = 1")) {
                return found.getInt(1);
            }
        }
    }

    private static @Nullable String oldestReader(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT ccupgrade FROM needs")) {
            return found.next() ? found.getString(1) : null;
        } catch (SQLException e) {
            // The newer schema keeps it elsewhere: the answer is a little less exact.
            return null;
        }
    }
}
