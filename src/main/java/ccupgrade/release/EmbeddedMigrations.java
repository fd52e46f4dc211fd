package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.zip.ZipEntry;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.ErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.migration.JavaMigration;
import org.flywaydb.core.api.output.ValidateOutput;
import org.jspecify.annotations.Nullable;

/**
 * Asks Flyway what a jar's migrations mean for a database with a given history. Flyway sees the jar's scripts and a database in
 * memory that holds nothing but that history: no file is written, none but the jar is read, and no class of the jar is loaded.
 *
 * <p>Loads Flyway and SQLite: about half a second, only when used.
 */
public final class EmbeddedMigrations {

    private static final String HISTORY = "flyway_schema_history";

    private final RandomGenerator random;

    /** @param random for the names of the databases in memory, which all of the process could see */
    public EmbeddedMigrations(RandomGenerator random) {
        this.random = random;
    }

    /**
     * @param applied the rows of {@code flyway_schema_history}; empty for a database that Flyway never migrated
     * @throws Refused when the jar cannot be read, or its migrations contradict each other
     */
    public MigrationComparison compare(Path jar, List<AppliedMigration> applied) throws Refused, IOException {
        return compare(jar, String.valueOf(jar.getFileName()), applied);
    }

    /** @param name what the messages call the jar */
    public MigrationComparison compare(Path jar, String name, List<AppliedMigration> applied)
            throws Refused, IOException {
        List<AppliedMigration> inForce = withoutUndone(applied);
        return compare(read(jar, name, inForce), name, inForce);
    }

    /** Makes the first comparison a quick one: loads Flyway by comparing nothing with next to nothing. */
    public static void load() {
        try {
            new EmbeddedMigrations(new Random())
                    .compare(
                            new MigrationFiles(Set.of()),
                            "nothing",
                            List.of(new AppliedMigration(1, "1", "nothing", "SQL", "V1__nothing.sql", 0, true)));
        } catch (Refused | IOException e) {
            // The first comparison says so, too, and to somebody.
            return;
        }
    }

    private MigrationComparison compare(MigrationFiles files, String name, List<AppliedMigration> inForce)
            throws Refused, IOException {
        // Named, so that Flyway's connections see the same database; it lives as long as the first connection to it.
        String url = "jdbc:sqlite:file:comparison-" + HexFormat.of().toHexDigits(random.nextLong())
                + "?mode=memory&cache=shared";
        try (Connection keepsItAlive = DriverManager.getConnection(url)) {
            if (!inForce.isEmpty()) {
                writeHistory(keepsItAlive, inForce);
            }
            Flyway flyway = Flyway.configure(EmbeddedMigrations.class.getClassLoader())
                    .loggers(SilentLog.class.getName())
                    .dataSource(url, null, null)
                    .table(HISTORY)
                    .locations(new String[0])
                    .resourceProvider(new JarResources(files.scripts()))
                    .javaMigrationClassProvider(List::of)
                    .javaMigrations(standIns(files, inForce))
                    .skipDefaultCallbacks(true)
                    // The values are the program's secret. What they change is only ever a repeatable's checksum.
                    .placeholderReplacement(false)
                    .outOfOrder(ranOutOfOrder(inForce))
                    .load();
            return sorted(files, flyway.info().all(), inForce.isEmpty() ? List.of() : differing(flyway, files));
        } catch (FlywayException e) {
            throw new Refused("cannot compare the migrations in " + name + " with the database's history", null, e);
        } catch (SQLException e) {
            throw new IOException("cannot open a database in memory", e);
        }
    }

    /** Undo migrations are of editions that are not in here: this one stumbles over their rows. What they took back is as never run. */
    private static List<AppliedMigration> withoutUndone(List<AppliedMigration> applied) {
        List<AppliedMigration> inForce = new ArrayList<>();
        for (AppliedMigration row : inRunOrder(applied)) {
            if (!row.type().startsWith("UNDO")) {
                inForce.add(row);
            } else if (row.success()) {
                inForce.removeIf(earlier -> Objects.equals(earlier.version(), row.version()));
            }
        }
        return inForce;
    }

    private static List<AppliedMigration> inRunOrder(List<AppliedMigration> applied) {
        List<AppliedMigration> sorted = new ArrayList<>(applied);
        sorted.sort((one, other) -> Integer.compare(one.rank(), other.rank()));
        return sorted;
    }

    private static MigrationFiles read(Path jar, String name, List<AppliedMigration> applied)
            throws Refused, IOException {
        Set<String> classes = new HashSet<>();
        for (AppliedMigration row : applied) {
            if (isJava(row)) {
                classes.add(row.script());
            }
        }
        MigrationFiles files = new MigrationFiles(classes);
        try (JarArchive archive = JarArchive.open(jar, name)) {
            for (ZipEntry entry : archive.entries()) {
                if (!entry.isDirectory() && files.wants(entry.getName())) {
                    try (InputStream content = archive.read(entry)) {
                        files.take(entry.getName(), content);
                    }
                }
            }
        }
        return files;
    }

    /** One for each class that is a migration by its name, or by the history's word. */
    private static JavaMigration[] standIns(MigrationFiles files, List<AppliedMigration> applied) {
        Map<String, AppliedMigration> appliedByClass = new HashMap<>();
        for (AppliedMigration row : applied) {
            if (isJava(row)) {
                appliedByClass.put(row.script(), row);
            }
        }
        List<JavaMigration> standIns = new ArrayList<>();
        Set<String> done = new HashSet<>();
        for (MigrationFiles.JavaClass type : files.classes()) {
            if (!done.add(type.className())) {
                continue;
            }
            AppliedMigration row = appliedByClass.get(type.className());
            if (row != null) {
                standIns.add(new JavaStandIn(row.version(), row.description(), row.checksum()));
            } else {
                MigrationFiles.simpleName(type)
                        .ifPresent(n -> standIns.add(new JavaStandIn(n.version(), n.description(), null)));
            }
        }
        return standIns.toArray(new JavaMigration[0]);
    }

    private static boolean isJava(AppliedMigration row) {
        return row.type().endsWith("JDBC");
    }

    /** A history that has a lower version after a higher one comes from a program that allows it. */
    private static boolean ranOutOfOrder(List<AppliedMigration> applied) {
        List<EmbeddedMigration> versions = inRunOrder(applied).stream()
                .filter(row -> row.version() != null && row.version().matches("[0-9]+([._][0-9]+)*"))
                .map(row -> new EmbeddedMigration(
                        String.valueOf(row.version()).replace('_', '.'), "", "", EmbeddedMigration.Kind.SQL))
                .toList();
        for (int i = 1; i < versions.size(); i++) {
            if (MigrationName.FLYWAYS_ORDER.compare(versions.get(i - 1), versions.get(i)) > 0) {
                return true;
            }
        }
        return false;
    }

    private static MigrationComparison sorted(MigrationFiles files, MigrationInfo[] infos, List<String> differing) {
        List<EmbeddedMigration> pending = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        List<EmbeddedMigration> skipped = new ArrayList<>();
        List<EmbeddedMigration> embedded = files.migrations();
        for (MigrationInfo info : infos) {
            MigrationState state = info.getState();
            switch (state) {
                case PENDING -> pending.add(embedded(embedded, info));
                case IGNORED -> skipped.add(embedded(embedded, info));
                case MISSING_SUCCESS, FUTURE_SUCCESS -> unknown.add(label(info));
                case MISSING_FAILED, FUTURE_FAILED -> {
                    unknown.add(label(info));
                    failed.add(label(info));
                }
                case FAILED -> failed.add(label(info));
                default -> {
                    // Baselines and what lies below them, the former runs of repeatables, what was undone: all in
                    // order.
                }
            }
        }
        return new MigrationComparison(pending, unknown, differing, failed, skipped);
    }

    /** What was applied as something else than the jar has now. Only Flyway's validation tells; its information does not. */
    private static List<String> differing(Flyway flyway, MigrationFiles files) {
        List<String> differing = new ArrayList<>();
        for (ValidateOutput finding : flyway.validateWithResult().invalidMigrations) {
            ErrorCode code = finding.errorDetails.errorCode;
            String version = finding.version == null || finding.version.isEmpty() ? null : finding.version;
            // Where there are two descriptions, Flyway's is the applied one.
            String applied = finding.description;
            if (code == CoreErrorCode.DESCRIPTION_MISMATCH) {
                String ours = files.migrations().stream()
                        .filter(migration -> Objects.equals(migration.version(), version))
                        .map(EmbeddedMigration::description)
                        .findFirst()
                        .orElse("");
                differing.add(EmbeddedMigration.label("V", version, ours) + " (applied as \"" + applied + "\")");
            } else if (code == CoreErrorCode.CHECKSUM_MISMATCH || code == CoreErrorCode.TYPE_MISMATCH) {
                differing.add(EmbeddedMigration.label("V", version, applied));
            }
        }
        return differing;
    }

    /** Ours, found by what Flyway says of it. */
    private static EmbeddedMigration embedded(List<EmbeddedMigration> all, MigrationInfo info) {
        String version = version(info);
        for (EmbeddedMigration migration : all) {
            boolean same = version == null
                    ? migration.version() == null && migration.description().equals(info.getDescription())
                    : version.equals(migration.version());
            if (same
                    && (migration.kind() == EmbeddedMigration.Kind.BASELINE)
                            == info.getType().isBaseline()) {
                return migration;
            }
        }
        return new EmbeddedMigration(version, info.getDescription(), info.getScript(), EmbeddedMigration.Kind.SQL);
    }

    private static String label(MigrationInfo info) {
        return EmbeddedMigration.label("V", version(info), info.getDescription());
    }

    private static @Nullable String version(MigrationInfo info) {
        return info.getVersion() == null ? null : info.getVersion().getVersion();
    }

    private static void writeHistory(Connection connection, List<AppliedMigration> applied) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE " + HISTORY + " (installed_rank INT NOT NULL PRIMARY KEY,"
                    + " version VARCHAR(50), description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL,"
                    + " script VARCHAR(1000) NOT NULL, checksum INT, installed_by VARCHAR(100) NOT NULL,"
                    + " installed_on TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),"
                    + " execution_time INT NOT NULL, success BOOLEAN NOT NULL)");
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + HISTORY
                + " (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)"
                + " VALUES (?, ?, ?, ?, ?, ?, '', 0, ?)")) {
            for (AppliedMigration row : applied) {
                insert.setInt(1, row.rank());
                insert.setString(2, row.version());
                insert.setString(3, row.description());
                insert.setString(4, row.type());
                insert.setString(5, row.script());
                if (row.checksum() == null) {
                    insert.setNull(6, Types.INTEGER);
                } else {
                    insert.setInt(6, row.checksum());
                }
                insert.setBoolean(7, row.success());
                insert.executeUpdate();
            }
        }
    }
}
