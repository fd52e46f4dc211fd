package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseFilesTest {

    @TempDir
    private Path directory;

    @Test
    void a_journal_whose_first_byte_is_zero_has_ended() throws Exception {
        DatabaseFiles files = new DatabaseFiles(directory.resolve("jobs.db"));
        assertThat(files.journalHasContent()).isFalse();
        Files.write(files.journal(), new byte[0]);
        assertThat(files.journalHasContent()).isFalse();
        Files.write(files.journal(), new byte[512]);
        assertThat(files.journalHasContent()).isFalse();
        Files.write(files.journal(), new byte[] {(byte) 0xd9, (byte) 0xd5});
        assertThat(files.journalHasContent()).isTrue();
    }

    /** Enough looks that one falls between finding the journal and opening it. */
    @Test
    void a_journal_that_goes_while_somebody_looks_is_none() throws Exception {
        DatabaseFiles files = new DatabaseFiles(directory.resolve("jobs.db"));
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> commits = writer.submit(() -> {
                while (!done.get()) {
                    Files.write(files.journal(), new byte[] {1});
                    Files.delete(files.journal());
                }
                return null;
            });
            int looks = 0;
            while (looks < 20_000) {
                files.journalHasContent();
                looks++;
            }
            done.set(true);
            commits.get();
        } finally {
            done.set(true);
            writer.shutdownNow();
        }
        assertThat(files.journalHasContent()).isFalse();
    }
}
