package ccupgrade.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.sqlite.SQLiteConfig;

/**
 * A service whose only work is to commit small transactions at a steady pace, and to note how long each took: {@code COMMIT_EVERY} in
 * milliseconds (0: only one, at the start), {@code COMMIT_SYNCHRONOUS} as SQLite's pragma. A line a commit in {@code commits.log}:
 * microseconds since the epoch when it began, microseconds that it took. A slow commit delays the next one, and that shows in nothing but
 * their number.
 */
final class CommitService {

    private static final int LINES_TOGETHER = 25;

    private CommitService() {}

    public static void main(String[] arguments) throws Exception {
        long every = Long.parseLong(System.getenv("COMMIT_EVERY"));
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.valueOf(System.getenv("COMMIT_SYNCHRONOUS")));
        config.setBusyTimeout(60_000);
        Files.createDirectories(Path.of("var"));
        Connection connection = config.createConnection("jdbc:sqlite:var/jobs.db");
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS written (id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT)");
        }
        connection.setAutoCommit(false);
        CountDownLatch stopping = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stopping.countDown();
            try {
                main.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        commitUntil(stopping, connection, every);
        connection.close();
    }

    private static void commitUntil(CountDownLatch stopping, Connection connection, long every)
            throws SQLException, IOException, InterruptedException {
        StringBuilder lines = new StringBuilder();
        int waiting = 0;
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO written (at, what) VALUES (?, ?)")) {
            long due = System.nanoTime();
            do {
                long at = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
                long began = System.nanoTime();
                insert.setLong(1, at);
                insert.setString(2, "x".repeat(200));
                insert.executeUpdate();
                connection.commit();
                long took = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began);
                lines.append(at).append(' ').append(took).append('\n');
                // Not each by itself: it is the commits that are to be measured.
                if (++waiting == LINES_TOGETHER) {
                    write(lines);
                    waiting = 0;
                }
                due = Math.max(due + TimeUnit.MILLISECONDS.toNanos(every), System.nanoTime());
            } while (every > 0 && !stopping.await(due - System.nanoTime(), TimeUnit.NANOSECONDS));
            stopping.await();
        }
        write(lines);
    }

    private static void write(StringBuilder lines) throws IOException {
        Files.writeString(Path.of("commits.log"), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        lines.setLength(0);
    }
}
