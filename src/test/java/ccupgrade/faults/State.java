package ccupgrade.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a deployment consists of, in so far as it must be exactly one or the other.
 *
 * @param release its version; "none" where no link is
 * @param beside a hash of configuration files and archive: names, kinds, modes, contents
 * @param content a hash of all tables and their definitions, without the chain of rows, which grows while the service runs, and without
 *     the times in the history of the schema; "none" where no database is
 */
record State(String release, String content, String beside) {

    private static final String BEFORE_THE_FIRST = "0".repeat(64);

    static State of(Path home, Sample sample) throws IOException, SQLException {
        Path link = home.resolve("releases/current");
        String release = Files.isSymbolicLink(link) ? version(stored(home, link.toRealPath())) : "none";
        String beside = hash(beside(home, sample));
        Path database = home.resolve("var/jobs.db");
        if (!Files.exists(database)) {
            return new State(release, "none", beside);
        }
        try (Connection connection = open(database);
                Statement statement = connection.createStatement()) {
            return new State(release, hash(content(statement)), beside);
        }
    }

    /** Only reads; a database that a service is using is left as it is. */
    private static Connection open(Path database) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:file:" + database + "?mode=ro");
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
        }
        return connection;
    }

    private static List<String> beside(Path home, Sample sample) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String name : sample.beside()) {
            try (Stream<Path> all = Files.walk(home.resolve(name))) {
                for (Path file : all.sorted().toList()) {
                    lines.add(home.relativize(file) + " "
                            + Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS) + " "
                            + (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? sha256Of(file) : ""));
                }
            }
        }
        return lines;
    }

    /** The release that a file belongs to. */
    private static Path stored(Path home, Path file) throws IOException {
        Path releases = home.resolve("releases").toRealPath();
        return releases.resolve(releases.relativize(file).getName(0));
    }

    /** @throws IOException when it is not, byte for byte, what its record says, or its listing */
    static String version(Path release) throws IOException {
        String epoch = release.getFileName().toString().replace(".jar", "");
        String record = Files.readString(release.resolveSibling(epoch + ".json"));
        if (Files.isDirectory(release)) {
            for (String line : Files.readAllLines(release.resolveSibling(epoch + ".sha256"))) {
                if (!sha256Of(release.resolveSibling(line.substring(66))).equals(line.substring(0, 64))) {
                    throw new IOException(release + " is not what its listing says: " + line);
                }
            }
        } else if (!sha256Of(release).equals(field(record, "sha256"))) {
            throw new IOException(release + " is not what its record says");
        }
        return field(record, "version");
    }

    static String sha256Of(Path file) throws IOException {
        return HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(file)));
    }

    private static String field(String json, String name) throws IOException {
        Matcher found = Pattern.compile("\"" + name + "\":\\s*\"([^\"]*)\"").matcher(json);
        if (!found.find()) {
            throw new IOException("no " + name + " in " + json);
        }
        return found.group(1);
    }

    private static List<String> content(Statement statement) throws SQLException {
        List<String> lines = rows(statement, "SELECT name, sql FROM sqlite_master ORDER BY name");
        for (String table : rows(statement, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")) {
            if (table.equals("flyway_schema_history")) {
                lines.addAll(
                        rows(
                                statement,
                                "SELECT installed_rank, version, script, checksum, success FROM flyway_schema_history ORDER BY 1"));
            } else if (!table.equals("chain") && !table.startsWith("sqlite_")) {
                lines.addAll(rows(statement, "SELECT * FROM \"" + table + "\" ORDER BY 1, 2"));
            }
        }
        return lines;
    }

    private static List<String> rows(Statement statement, String query) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    cells.add(String.valueOf(rows.getString(i)));
                }
                lines.add(String.join("|", cells));
            }
        }
        return lines;
    }

    /** Number and hash of the last row of the chain, as the service writes it when it promises one. */
    static String lastRow(Path database) throws SQLException {
        try (Connection connection = open(database);
                Statement statement = connection.createStatement()) {
            return rows(statement, "SELECT printf('%019d', id) || ' ' || hash FROM chain ORDER BY id DESC LIMIT 1")
                    .get(0);
        }
    }

    /** @return what is wrong; empty when the chain is whole, has that row, and the file is sound */
    static String whatIsWrongWithChain(Path database, String promised) throws SQLException {
        try (Connection connection = open(database);
                Statement statement = connection.createStatement()) {
            List<String> found = new ArrayList<>();
            String head = BEFORE_THE_FIRST;
            try (ResultSet row =
                    statement.executeQuery("SELECT id, previous, hash, written_by FROM chain ORDER BY id")) {
                for (long id = 1; row.next(); id++) {
                    String expected = hash(List.of(head + '|' + id + '|' + row.getString(4)));
                    if (row.getLong(1) != id
                            || !row.getString(2).equals(head)
                            || !row.getString(3).equals(expected)) {
                        return "the chain is broken at row " + id;
                    }
                    head = expected;
                    found.add(String.format("%019d %s", id, head));
                }
            }
            if (!promised.isEmpty() && !found.contains(promised)) {
                return "row " + promised + " is lost: there are " + found.size() + " rows";
            }
            String sound = rows(statement, "PRAGMA integrity_check").get(0);
            return sound.equals("ok") ? "" : "the database is damaged: " + sound;
        }
    }

    private static String hash(List<String> lines) {
        return HexFormat.of()
                .formatHex(sha256().digest(String.join("\n", lines).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
