package backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Commits a job every few milliseconds ({@code JOB_EVERY_MS} in {@code .env}), numbered without a gap, and writes the number of the last
 * one to {@code DATABASE.acknowledged}: so lost ones show. Every twentieth goes to the archive, too. Ends the process when it cannot.
 */
final class Jobs {

    private static final int ARCHIVED_EVERY = 20;

    private final Release release;
    private final Schema schema;
    private final JobArchive archive;
    private final Path acknowledged;
    private final long everyMillis;
    private final Thread thread = new Thread(this::run, "jobs");
    private final CountDownLatch stopping = new CountDownLatch(1);

    private Jobs(Release release, Settings settings, Schema schema, JobArchive archive) {
        this.release = release;
        this.schema = schema;
        this.archive = archive;
        this.acknowledged =
                settings.database().resolveSibling(settings.database().getFileName() + ".acknowledged");
        this.everyMillis = Long.parseLong(settings.environment().getOrDefault("JOB_EVERY_MS", "50"));
    }

    static Jobs start(Release release, Settings settings, Schema schema, JobArchive archive) {
        Jobs jobs = new Jobs(release, settings, schema, archive);
        jobs.thread.start();
        return jobs;
    }

    private void run() {
        String insert = "INSERT INTO job (id, cluster, num_nodes, start_time, "
                + (release.database() < 9 ? "exclusive" : "shared") + ") VALUES (?, 'fritz', ?, ?, ?)";
        if (release.database() >= 9) {
            insert = insert.replace(", shared)", ", shared, smt)").replace("?, ?)", "?, ?, 1)");
        }
        try (PreparedStatement row = schema.connection().prepareStatement(insert)) {
            long next = last() + 1;
            do {
                row.setLong(1, next);
                row.setLong(2, next % 8 + 1);
                row.setLong(3, System.currentTimeMillis() / 1000);
                if (release.database() < 9) {
                    row.setInt(4, 1);
                } else {
                    row.setString(4, "none");
                }
                row.executeUpdate();
                acknowledge(next);
                if (next % ARCHIVED_EVERY == 0) {
                    archive.add("fritz", next, release.archive());
                }
                next++;
            } while (!stopping.await(everyMillis, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | SQLException e) {
            System.err.println("<2>[CRITICAL] " + e.getMessage());
            Runtime.getRuntime().halt(1);
        }
    }

    private long last() throws SQLException {
        try (Statement statement = schema.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT max(id) FROM job")) {
            return row.getLong(1);
        }
    }

    /** Whole at any time, whenever the process is killed. */
    private void acknowledge(long number) throws IOException {
        Path temporary = acknowledged.resolveSibling(acknowledged.getFileName() + ".new");
        Files.writeString(temporary, number + "\n");
        Files.move(temporary, acknowledged, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns when no job is under way any more. */
    void stop() throws InterruptedException {
        stopping.countDown();
        thread.join();
    }
}
