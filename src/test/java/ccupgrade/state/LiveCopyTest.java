package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.disk.DurableDisk;
import ccupgrade.disk.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveCopyTest {

    /** Slow enough that the writer commits and checkpoints meanwhile. */
    private static final long RATE = 20_000_000;

    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"wal", "delete"})
    void a_copy_under_a_busy_writer_is_the_database_at_one_moment(String journalMode) throws Exception {
        Path db = home.resolve("jobs.db");
        BusyWriter.make(db, journalMode);
        LiveCopy copier = new LiveCopy(new DurableDisk(new Random(3)), Sqlite.reader(home));
        Path target = Files.createDirectory(home.resolve("copy")).resolve("jobs.db");
        try (BusyWriter writer = BusyWriter.start(db)) {
            for (int i = 0; i < 3; i++) {
                long acknowledged = writer.acknowledged();
                copier.copy(db, target, RATE, Progress.NONE);

                assertThat(BusyWriter.whatIsWrong(target, acknowledged))
                        .as("copy %s", i)
                        .isNull();
                assertThat(home.resolve("copy").toFile().list()).containsExactly("jobs.db");
                Files.delete(target);
            }
            writer.stop(true);
        }
        assertThat(BusyWriter.whatIsWrong(db, 1)).isNull();
    }
}
