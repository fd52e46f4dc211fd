package jobs;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Commits rows to the chain at a steady pace, and says of each that it did. Ends the process when it cannot. */
final class Writer {

    private final Chain chain;
    private final Acknowledged acknowledged;
    private final String writtenBy;
    private final long everyMillis;
    private final Thread thread = new Thread(this::run, "writer");
    private final CountDownLatch stopping = new CountDownLatch(1);

    private Writer(Chain chain, Acknowledged acknowledged, String writtenBy, long everyMillis) {
        this.chain = chain;
        this.acknowledged = acknowledged;
        this.writtenBy = writtenBy;
        this.everyMillis = everyMillis;
    }

    /** The chain stays the caller's to close. */
    static Writer start(Chain chain, Path database, String writtenBy, long everyMillis) throws IOException {
        Writer writer = new Writer(chain, Acknowledged.beside(database), writtenBy, everyMillis);
        writer.thread.start();
        return writer;
    }

    private void run() {
        try (acknowledged) {
            do {
                acknowledged.set(chain.append(writtenBy));
            } while (!stopping.await(everyMillis, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | SQLException e) {
            System.err.println("jobs: the writer cannot go on: " + e.getMessage());
            Runtime.getRuntime().halt(1);
        }
    }

    /** Returns when no row is under way any more. */
    void stop() throws InterruptedException {
        // Not an interrupt: it would close the file of the acknowledged number under a write that is being made.
        stopping.countDown();
        thread.join();
    }
}
