package ccupgrade.state;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds out a schema's version through an open connection.
 *
 * <p>Where both golang-migrate's and Flyway's table are there, the one with rows counts, and golang-migrate's before Flyway's: merely
 * opening a database with either's driver makes an empty table. A table {@code schema_migrations} without the column {@code dirty} is
 * somebody else's (Rails, Ecto, …) and tells us nothing.
 */
final class SchemaReading {

    private static final String GOLANG_MIGRATE_TABLE = "schema_migrations";
    private static final String FLYWAY_TABLE = "flyway_schema_history";

    private final Connection connection;

    SchemaReading(Connection connection) {
        this.connection = connection;
    }

    SchemaVersion read() throws SQLException {
        String fingerprint = fingerprint();
        SchemaVersion golang = columnsOf(GOLANG_MIGRATE_TABLE).containsAll(List.of("version", "dirty"))
                ? golangMigrate(fingerprint)
                : null;
        if (golang != null && golang.version() != null) {
            return golang;
        }
        SchemaVersion flyway = columnsOf(FLYWAY_TABLE).contains("installed_rank") ? flyway(fingerprint) : null;
        if (flyway != null && (golang == null || !flyway.flywayHistory().isEmpty())) {
            return flyway;
        }
        if (golang != null) {
            return golang;
        }
        long userVersion = userVersion();
        return userVersion != 0
                ? new SchemaVersion(VersionKind.USER_VERSION, Long.toString(userVersion), false, fingerprint, List.of())
                : new SchemaVersion(VersionKind.NONE, null, false, fingerprint, List.of());
    }

    /** Its table has one row by design; more make the database unusable to it, so they are told as dirty. */
    private SchemaVersion golangMigrate(String fingerprint) throws SQLException {
        List<String> versions = new ArrayList<>();
        boolean dirty = false;
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT version, dirty FROM " + GOLANG_MIGRATE_TABLE + " ORDER BY 1")) {
            while (rows.next()) {
                versions.add(String.valueOf(rows.getString(1)));
                dirty |= isTrue(rows.getString(2));
            }
        }
        return new SchemaVersion(
                VersionKind.GOLANG_MIGRATE,
                versions.isEmpty() ? null : String.join(",", versions),
                dirty || versions.size() > 1,
                fingerprint,
                List.of());
    }

    private SchemaVersion flyway(String fingerprint) throws SQLException {
        List<HistoryRow> history = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT installed_rank, version, description, type, script, checksum,"
                                + " success FROM " + FLYWAY_TABLE + " ORDER BY installed_rank")) {
            while (rows.next()) {
                int checksum = rows.getInt(6);
                history.add(new HistoryRow(
                        rows.getInt(1),
                        rows.getString(2),
                        String.valueOf(rows.getString(3)),
                        String.valueOf(rows.getString(4)),
                        String.valueOf(rows.getString(5)),
                        rows.wasNull() || rows.getString(6) == null ? null : checksum,
                        isTrue(rows.getString(7))));
            }
        }
        boolean dirty = history.stream().anyMatch(row -> !row.success());
        return new SchemaVersion(VersionKind.FLYWAY, flywayVersion(history), dirty, fingerprint, history);
    }

    /** As Flyway sees it: the highest version that is applied and not undone since, which need not be the last applied. */
    private static @Nullable String flywayVersion(List<HistoryRow> history) {
        TreeSet<String> applied = new TreeSet<>(SchemaReading::compareVersions);
        for (HistoryRow row : history) {
            String version = row.version();
            if (version == null || !row.success()) {
                continue;
            }
            if (row.type().startsWith("UNDO") || row.type().equals("DELETE")) {
                applied.remove(version);
            } else {
                applied.add(version);
            }
        }
        return applied.isEmpty() ? null : applied.last();
    }

    private static int compareVersions(String one, String other) {
        return Arrays.compare(parts(one), parts(other), Comparator.nullsFirst(Comparator.naturalOrder()));
    }

    private static BigInteger[] parts(String version) {
        String[] words = version.split("[._]");
        BigInteger[] parts = new BigInteger[words.length];
        Arrays.setAll(parts, i -> words[i].matches("[0-9]+") ? new BigInteger(words[i]) : BigInteger.ZERO);
        return parts;
    }

    private long userVersion() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** None of a view either: whatever is behind it, no tool keeps its version there, and it may have rows without end. */
    private List<String> columnsOf(String table) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND lower(name) = '" + table + "'")) {
            if (!found.next()) {
                return columns;
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA table_info(\"" + table + "\")")) {
            while (rows.next()) {
                columns.add(String.valueOf(rows.getString("name")).toLowerCase(Locale.ROOT));
            }
        }
        return columns;
    }

    private String fingerprint() throws SQLException {
        MessageDigest digest = newDigest();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT type, name, tbl_name, coalesce(sql, '')"
                        + " FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2, 3, 4")) {
            while (rows.next()) {
                for (int column = 1; column <= 4; column++) {
                    digest.update(String.valueOf(rows.getString(column)).getBytes(StandardCharsets.UTF_8));
                    digest.update((byte) 0);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Drivers write a boolean as a number or as a word. */
    private static boolean isTrue(@Nullable String value) {
        return value != null && !value.equals("0") && !value.equalsIgnoreCase("false") && !value.isEmpty();
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
