package ccupgrade.state;

import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Reads databases, also while the service works on them, and leaves no trace: no file is made beside them, none changes its owner, as
 * whichever user we run. How, depends on what is found:
 *
 * <ul>
 *   <li>A rollback-journal database is opened {@code mode=ro}, which takes proper locks and makes no file.
 *   <li>A WAL database that nobody has open (there is no {@code -wal}) is opened {@code immutable}: {@code mode=ro} would make a
 *       {@code -wal} and a {@code -shm} and leave them there. Nothing is locked; if the file changes meanwhile, we read again.
 *   <li>A WAL database in use ({@code -wal} and {@code -shm} are there) is opened {@code mode=ro} like by any other reader.
 *   <li>A {@code -wal} without {@code -shm} is a crash's leftover or a copy, and a {@code -journal} of a killed writer must be rolled
 *       back before anything can be read. Both would have to change the directory, so a copy in a scratch directory is read.
 * </ul>
 *
 * <p>One race is left: if the service ends between our look at {@code -wal} and our opening, we make the two files anew, empty. As root
 * they belong to the database's owner, and the service's next start takes them over.
 *
 * <p>An absent database has no version, no tables and no faults. What is not an SQLite database, corrupt, locked for longer than the
 * patience, or forbidden to us, is {@link Refused}.
 */
public final class DatabaseReader {

    /** How many lines a check gives at most; one more says that there were more. */
    public static final int MOST_LINES = 20;

    private static final int MOST_ATTEMPTS = 3;

    private static final int STEPS_BETWEEN_SIGNS_OF_LIFE = 1_000_000;

    private final Path scratch;
    private final Disk disk;
    private final DatabaseFaults faults;
    private final Duration patience;

    /**
     * @param home what messages name databases relative to
     * @param scratch a directory of ours, made when needed, with room for a database that can be read by a copy only
     */
    public DatabaseReader(Path home, Path scratch, Disk disk, OpenFiles openFiles) {
        this(home, scratch, disk, openFiles, Duration.ofSeconds(10));
    }

    DatabaseReader(Path home, Path scratch, Disk disk, OpenFiles openFiles, Duration patience) {
        this.scratch = scratch;
        this.disk = disk;
        this.faults = new DatabaseFaults(home, openFiles);
        this.patience = patience;
    }

    /** Makes the first reading a quick one: loads SQLite and all that it takes to read a schema, by reading that of an empty database. */
    public static void load() {
        try (Connection connection = Connections.inMemory()) {
            new SchemaReading(connection).read();
        } catch (SQLException | UnsatisfiedLinkError e) {
            // The first reading says so, too, and to somebody.
            return;
        }
    }

    DatabaseFaults faults() {
        return faults;
    }

    /** Whether a file begins as an SQLite database does; an empty file does. False for what is absent or not a file. */
    public boolean isSqlite(Path database) throws IOException {
        DatabaseFiles files = DatabaseFiles.of(database);
        return Files.isRegularFile(files.main()) && DatabaseFiles.isSqlite(files.header());
    }

    /** Empty when the database is absent. */
    public Optional<SchemaVersion> schema(Path database) throws Fault, IOException {
        return read(database, connection -> new SchemaReading(connection).read());
    }

    /** Rows of each table by its name, without SQLite's own tables and without virtual ones (what backs those is counted). */
    public Map<String, Long> rowCounts(Path database, Progress progress) throws Fault, IOException {
        return read(database, connection -> rowCounts(connection, database, progress))
                .orElseGet(Map::of);
    }

    /** The tables that {@link #rowCounts} would find rows in. Takes no longer for a large database. */
    public List<String> filledTables(Path database) throws Fault, IOException {
        return read(database, connection -> {
                    List<String> filled = new ArrayList<>();
                    for (String table : tables(connection)) {
                        try (Statement statement = connection.createStatement();
                                ResultSet row = statement.executeQuery("SELECT 1 FROM " + quoted(table) + " LIMIT 1")) {
                            if (row.next()) {
                                filled.add(table);
                            }
                        }
                    }
                    return List.copyOf(filled);
                })
                .orElseGet(List::of);
    }

    /** Tables, columns, indexes, views and triggers, a line each: {@code column job.state TEXT}. SQLite's own are left out. */
    public List<String> objects(Path database) throws Fault, IOException {
        return read(database, connection -> {
                    List<String> lines = new ArrayList<>();
                    try (Statement statement = connection.createStatement();
                            ResultSet rows = statement.executeQuery("""
                                    SELECT 'column ' || m.name || '.' || c.name || ' ' || c.type
                                      FROM sqlite_master m, pragma_table_info(m.name) c
                                      WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                                    UNION ALL
                                    SELECT type || ' ' || name || CASE WHEN type IN ('index', 'trigger') THEN ' on ' || tbl_name ELSE '' END
                                      FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                                    ORDER BY 1
                                    """)) {
                        while (rows.next()) {
                            lines.add(String.valueOf(rows.getString(1)));
                        }
                    }
                    return List.copyOf(lines);
                })
                .orElseGet(List::of);
    }

    private static Map<String, Long> rowCounts(Connection connection, Path database, Progress progress)
            throws SQLException {
        return watched(connection, "counting the rows of " + database.getFileName(), progress, () -> {
            Map<String, Long> rows = new TreeMap<>();
            for (String table : tables(connection)) {
                rows.put(table, count(connection, table));
            }
            return rows;
        });
    }

    /** What {@code PRAGMA quick_check} finds; empty when all is well. About 100 MB a second. */
    public List<String> quickCheck(Path database, Progress progress) throws Fault, IOException {
        return check(database, "quick_check(" + MOST_LINES + ")", "checking " + database.getFileName(), progress);
    }

    /** What {@code PRAGMA integrity_check} finds, indexes against tables included; empty when all is well. About 17 MB a second. */
    public List<String> integrityCheck(Path database, Progress progress) throws Fault, IOException {
        return check(
                database, "integrity_check(" + MOST_LINES + ")", "checking all of " + database.getFileName(), progress);
    }

    /** The rows that refer to a row that is not there; empty when all is well. */
    public List<String> foreignKeyCheck(Path database, Progress progress) throws Fault, IOException {
        return check(database, "foreign_key_check", "checking the foreign keys of " + database.getFileName(), progress);
    }

    /** Whether reading for long keeps nobody from writing; true also when the database is absent. */
    public boolean isReadBesideWriters(Path database) throws IOException {
        DatabaseFiles files = DatabaseFiles.of(database);
        return !files.exists() || DatabaseFiles.usesWal(files.header());
    }

    /**
     * True when only a copy can be read: its killed writer left what must be put right first. True by mistake in the moment in which a
     * transaction ends; the journal of one that goes on is told by its lock.
     */
    boolean isReadByCopyOnly(Path database) throws IOException {
        DatabaseFiles files = DatabaseFiles.of(database);
        if (Files.exists(files.wal())) {
            return !Files.exists(files.shm());
        }
        return files.exists() && files.journalHasContent() && mustBeRolledBack(files);
    }

    private boolean mustBeRolledBack(DatabaseFiles files) {
        try {
            run(files.main(), "mode=ro", DatabaseReader::tables);
            return false;
        } catch (SQLException e) {
            return cannotRollBack(e);
        }
    }

    private List<String> check(Path database, String pragma, String what, Progress progress) throws Fault, IOException {
        Optional<List<String>> lines = read(
                database,
                connection -> watched(connection, what, progress, () -> {
                    try {
                        return linesOf(connection, pragma);
                    } catch (SQLiteException e) {
                        if (DatabaseFaults.primary(e) == SQLiteErrorCode.SQLITE_CORRUPT
                                || DatabaseFaults.primary(e) == SQLiteErrorCode.SQLITE_ERROR) {
                            return List.of(DatabaseFaults.said(e));
                        }
                        throw e;
                    }
                }));
        return lines.orElseGet(List::of);
    }

    private static List<String> linesOf(Connection connection, String pragma) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA " + pragma)) {
            boolean foreignKeys = rows.getMetaData().getColumnCount() == 4;
            while (rows.next()) {
                if (lines.size() == MOST_LINES) {
                    lines.add("… and more");
                    return lines;
                }
                lines.add(
                        foreignKeys
                                ? "a row of " + rows.getString(1) + " (rowid " + rows.getString(2)
                                        + ") refers to a row of " + rows.getString(3) + " that is not there"
                                : String.valueOf(rows.getString(1)));
            }
        }
        return lines.equals(List.of("ok")) ? List.of() : lines;
    }

    private static List<String> tables(Connection connection) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT name FROM sqlite_master WHERE type = 'table'"
                        + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'")) {
            while (rows.next()) {
                tables.add(String.valueOf(rows.getString(1)));
            }
        }
        return tables;
    }

    private static long count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + quoted(table))) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private interface Query<T> {
        T run() throws SQLException;
    }

    private static <T> T watched(Connection connection, String what, Progress progress, Query<T> query)
            throws SQLException {
        progress.begin(what, -1);
        try {
            ProgressHandler.setHandler(connection, STEPS_BETWEEN_SIGNS_OF_LIFE, new ProgressHandler() {
                private long signs;

                @Override
                protected int progress() {
                    progress.at(++signs);
                    return 0;
                }
            });
            return query.run();
        } finally {
            ProgressHandler.clearHandler(connection);
            progress.end();
        }
    }

    private <T> Optional<T> read(Path database, Work<T> work) throws Fault, IOException {
        DatabaseFiles files = DatabaseFiles.of(database);
        for (int attempt = 1; ; attempt++) {
            if (!files.exists()) {
                return Optional.empty();
            }
            refuseUnreadable(database, files);
            byte[] header = files.header();
            if (!DatabaseFiles.isSqlite(header)) {
                throw new Refused(
                        "cannot read " + faults.nameOf(database) + ": not an SQLite database (starts with "
                                + shown(header) + ")",
                        "restore it from a snapshot or a backup, or correct databases in [state]");
            }
            FileState before = FileState.of(files);
            // SQLite goes by the file that is there, not by the header alone.
            boolean inLog = DatabaseFiles.usesWal(header) || before.log;
            if (!inLog || before.log && before.index) {
                try {
                    return Optional.of(readLocked(files, work));
                } catch (SQLException e) {
                    throw faults.of(database, e);
                }
            }
            SQLException failure = null;
            @Nullable T result = null;
            try {
                result = before.log ? readCopy(files, work) : run(files.main(), "immutable=1", work);
            } catch (SQLException e) {
                failure = e;
            }
            if (before.isSame(FileState.of(files))) {
                if (failure != null) {
                    throw faults.of(database, failure);
                }
                return Optional.ofNullable(result);
            }
            if (attempt == MOST_ATTEMPTS) {
                throw new Refused(
                        "cannot read " + faults.nameOf(database) + ": it changed each of the " + MOST_ATTEMPTS
                                + " times that it was read",
                        "try again when the service has settled");
            }
        }
    }

    /** What tells that a file that we read without a lock was not left alone. */
    private record FileState(String main, boolean log, boolean index) {

        boolean isSame(FileState other) {
            return main.equals(other.main) && log == other.log && index == other.index;
        }

        static FileState of(DatabaseFiles files) throws IOException {
            return new FileState(
                    Files.exists(files.main())
                            ? new TreeMap<>(Files.readAttributes(files.main(), "unix:ino,size,lastModifiedTime"))
                                    .toString()
                            : "",
                    Files.exists(files.wal()),
                    Files.exists(files.shm()));
        }
    }

    private <T> T run(Path main, String options, Work<T> work) throws SQLException {
        try (Connection connection = Connections.open(main, options, patience)) {
            // One transaction, so that all that is asked for is answered from one state.
            connection.setAutoCommit(false);
            T result = work.on(connection);
            connection.rollback();
            return result;
        }
    }

    private <T> T readLocked(DatabaseFiles files, Work<T> work) throws SQLException, IOException {
        try {
            return run(files.main(), "mode=ro", work);
        } catch (SQLException e) {
            // A live writer's journal does not hinder a reader; only one that must be rolled back first does.
            if (cannotRollBack(e) && files.journalHasContent()) {
                return readCopy(files, work);
            }
            throw e;
        }
    }

    private <T> T readCopy(DatabaseFiles files, Work<T> work) throws SQLException, IOException {
        Path directory = scratch.resolve(".reading" + Disk.TEMPORARY_SUFFIX);
        disk.deleteTree(directory);
        disk.createDirectories(directory);
        try {
            DatabaseFiles copy = new DatabaseFiles(
                    directory.resolve(String.valueOf(files.main().getFileName())));
            disk.copy(files.main(), copy.main(), Progress.NONE);
            for (Path side : List.of(files.wal(), files.journal())) {
                if (DatabaseFiles.hasContent(side)) {
                    disk.copy(side, directory.resolve(String.valueOf(side.getFileName())), Progress.NONE);
                }
            }
            return run(copy.main(), "mode=rw", work);
        } finally {
            disk.deleteTree(directory);
        }
    }

    private void refuseUnreadable(Path database, DatabaseFiles files) throws Refused, IOException {
        if (!Files.isRegularFile(files.main())) {
            throw new Refused("cannot read " + faults.nameOf(database) + ": not a regular file", null);
        }
        if (!Files.isReadable(files.main())) {
            throw new Refused(
                    "cannot read " + faults.nameOf(database) + ": it belongs to " + DatabaseFiles.ownerOf(files.main()),
                    "run ccupgrade as that user or as root");
        }
    }

    private static boolean cannotRollBack(SQLException e) {
        return e instanceof SQLiteException s
                && (DatabaseFaults.primary(s) == SQLiteErrorCode.SQLITE_READONLY
                        || DatabaseFaults.primary(s) == SQLiteErrorCode.SQLITE_CANTOPEN);
    }

    private static String shown(byte[] header) {
        String text = new String(header, StandardCharsets.ISO_8859_1);
        return "\"" + text.replaceAll("[^ -~]", ".") + "\"";
    }
}
