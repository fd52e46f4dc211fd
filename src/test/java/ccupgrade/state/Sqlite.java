package ccupgrade.state;

import ccupgrade.disk.DurableDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Databases as a service would make them, and what a test wants to see of them. */
final class Sqlite {

    private Sqlite() {}

    static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    /** Opens, runs and closes, as a service does that ends cleanly. */
    static void run(Path file, String... statements) throws SQLException {
        try (Connection connection = open(file)) {
            run(connection, statements);
        }
    }

    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static List<String> column(Path file, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = open(file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    /** A WAL database of which the row 2 stands in the log alone, left as by a killed writer, with or without the {@code -shm}. */
    static void crashedWal(Path file, boolean withShm) throws SQLException, IOException {
        Path original = Files.createTempDirectory("writer").resolve("x.db");
        try (Connection writer = open(original)) {
            run(
                    writer,
                    "PRAGMA journal_mode=wal",
                    "CREATE TABLE t(x)",
                    "INSERT INTO t VALUES(1)",
                    "PRAGMA wal_checkpoint(truncate)",
                    "INSERT INTO t VALUES(2)");
            copyWith(original, file, withShm ? List.of("", "-wal", "-shm") : List.of("", "-wal"));
        }
        new DurableDisk(new Random(1)).deleteTree(original.getParent());
    }

    /** A rollback-journal database with the row 1, whose killed writer had already changed the file. */
    static void crashedJournal(Path file) throws SQLException, IOException {
        Path original = Files.createTempDirectory("writer").resolve("x.db");
        try (Connection writer = open(original)) {
            run(writer, "PRAGMA cache_size=1", "PRAGMA cache_spill=1", "CREATE TABLE t(x)", "INSERT INTO t VALUES(1)");
            run(
                    writer,
                    "BEGIN",
                    "UPDATE t SET x = 'half'",
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                            + " INSERT INTO t SELECT hex(randomblob(200)) FROM n");
            copyWith(original, file, List.of("", "-journal"));
        }
        new DurableDisk(new Random(1)).deleteTree(original.getParent());
    }

    private static void copyWith(Path original, Path file, List<String> suffixes) throws IOException {
        for (String suffix : suffixes) {
            Files.copy(Path.of(original + suffix), Path.of(file + suffix));
        }
    }

    /** Name, size, owner, mode and inode of all files below a directory: equal only if nothing was made, removed or given away. */
    static List<String> listing(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<String> lines = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                lines.add(directory.relativize(file) + " " + Files.size(file) + " " + DatabaseFiles.ownerOf(file) + " "
                        + Files.getAttribute(file, "unix:ino"));
            }
            return lines;
        }
    }

    static DatabaseReader reader(Path home) {
        return new DatabaseReader(
                home, home.resolve("scratch"), new DurableDisk(new Random(1)), new OpenFiles(), Duration.ofMillis(200));
    }
}
