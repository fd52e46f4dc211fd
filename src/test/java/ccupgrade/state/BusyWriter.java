package ccupgrade.state;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A service in a process of its own that writes as fast as it can, in small and big transactions with automatic checkpoints. Each moves
 * amounts between cells, all over the file, and adds a link to a chain: the link holds the one before and the weighted sum of all cells,
 * so that a page that is older or younger than the others shows.
 */
final class BusyWriter implements AutoCloseable {

    private static final int CELLS = 2500;

    private final Process process;
    private final Path acknowledged;

    private BusyWriter(Process process, Path acknowledged) {
        this.process = process;
        this.acknowledged = acknowledged;
    }

    static void make(Path db, String journalMode) throws SQLException {
        Sqlite.run(
                db,
                "PRAGMA journal_mode=" + journalMode,
                "CREATE TABLE cells(id INTEGER PRIMARY KEY, amount INTEGER, padding BLOB)",
                "CREATE TABLE chain(id INTEGER PRIMARY KEY, previous INTEGER, weighed INTEGER)",
                "CREATE INDEX by_amount ON cells(amount)",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + CELLS + ")"
                        + " INSERT INTO cells SELECT i, 0, randomblob(3900) FROM n",
                "INSERT INTO chain VALUES(1, 0, 0)");
    }

    /** Returns when it has committed something. */
    static BusyWriter start(Path db) throws IOException {
        Path acknowledged = db.resolveSibling("acknowledged");
        Files.deleteIfExists(acknowledged);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BusyWriter.class.getName(),
                        db.toString(),
                        acknowledged.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        if (!"writing".equals(said.readLine())) {
            process.destroyForcibly();
            throw new IOException("the writer did not begin");
        }
        return new BusyWriter(process, acknowledged);
    }

    /** By its own close, or by SIGKILL. Returns the last link that it knew to be committed. */
    long stop(boolean clean) throws IOException, InterruptedException {
        if (clean) {
            process.getOutputStream().write('.');
            process.getOutputStream().close();
        } else {
            process.destroyForcibly();
        }
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IOException("the writer does not end");
        }
        return acknowledged();
    }

    /** The last link that is known to be committed now. */
    long acknowledged() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(acknowledged.toFile(), "r")) {
            return file.readLong();
        }
    }

    /** Null when the database is one that the writer once had, and not older than that link. */
    static String whatIsWrong(Path db, long acknowledged) throws SQLException {
        List<String> found = Sqlite.column(db, "PRAGMA integrity_check");
        if (!found.equals(List.of("ok"))) {
            return "integrity_check: " + found.get(0);
        }
        long last = number(db, "SELECT max(id) FROM chain");
        if (last < acknowledged) {
            return "link " + acknowledged + " was acknowledged, and the last one is " + last;
        }
        if (number(db, "SELECT count(*) FROM chain") != last
                || number(
                                db,
                                "SELECT count(*) FROM chain c JOIN chain p ON p.id = c.id - 1"
                                        + " WHERE c.previous = p.weighed")
                        != last - 1) {
            return "the chain is broken";
        }
        long weighed = number(db, "SELECT sum(amount * id) FROM cells");
        long noted = number(db, "SELECT weighed FROM chain ORDER BY id DESC LIMIT 1");
        return weighed == noted ? null : "the cells weigh " + weighed + ", and the last link says " + noted;
    }

    private static long number(Path db, String query) throws SQLException {
        return Long.parseLong(Sqlite.column(db, query).get(0));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    /** What the process does, until something comes in. */
    public static void main(String[] arguments) throws Exception {
        Random random = new Random();
        try (Connection connection = Sqlite.open(Path.of(arguments[0]));
                RandomAccessFile acknowledged = new RandomAccessFile(arguments[1], "rw");
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout=20000");
            long id;
            long weighed;
            try (ResultSet row = statement.executeQuery("SELECT id, weighed FROM chain ORDER BY id DESC LIMIT 1")) {
                row.next();
                id = row.getLong(1);
                weighed = row.getLong(2);
            }
            connection.setAutoCommit(false);
            PreparedStatement add = connection.prepareStatement("UPDATE cells SET amount = amount + ? WHERE id = ?");
            PreparedStatement link = connection.prepareStatement("INSERT INTO chain VALUES(?, ?, ?)");
            for (int round = 0; System.in.available() == 0; round++) {
                long before = weighed;
                int moves = round % 8 == 3 ? 1500 : 40;
                for (int i = 0; i < moves; i++) {
                    int cell = 1 + random.nextInt(CELLS);
                    int amount = 1 + random.nextInt(1000);
                    add.setInt(1, amount);
                    add.setInt(2, cell);
                    add.executeUpdate();
                    weighed += (long) amount * cell;
                }
                id++;
                link.setLong(1, id);
                link.setLong(2, before);
                link.setLong(3, weighed);
                link.executeUpdate();
                connection.commit();
                acknowledged.seek(0);
                acknowledged.writeLong(id);
                if (round == 0) {
                    System.out.println("writing");
                }
            }
        }
    }
}
