package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.state.OwnLocks.Range;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnLocksTest {

    private static final Range RANGE = new Range(100, 109);

    /** So many that the kernel's list is several pages long. */
    private static final int OTHERS = 120;

    private static final int LOOKS = 1_500;

    @TempDir
    Path directory;

    @Test
    void a_lock_is_seen_while_many_others_come_and_go() throws Exception {
        Path file = directory.resolve("file");
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService others = Executors.newSingleThreadExecutor();
        try (FileChannel channel = channel(file);
                FileLock lock = channel.lock(RANGE.first(), RANGE.last() - RANGE.first() + 1, false)) {
            assertThat(lock.isValid()).isTrue();
            Future<?> churning = others.submit(() -> churn(over));
            for (int look = 0; look < LOOKS; look++) {
                assertThat(OwnLocks.on(file, locks -> locks.touch(RANGE)).touch(RANGE))
                        .isTrue();
            }
            over.set(true);
            churning.get();
        } finally {
            over.set(true);
            others.shutdown();
        }
    }

    @Test
    void a_lock_that_was_dropped_is_not_seen() throws Exception {
        Path file = directory.resolve("file");
        try (FileChannel channel = channel(file);
                FileLock lock = channel.lock(RANGE.first(), 10, false)) {
            assertThat(lock.isValid()).isTrue();
            // Closing any descriptor of the file drops it, and the channel does not notice.
            channel(file).close();
            assertThat(OwnLocks.on(file, locks -> locks.touch(RANGE)).touch(RANGE))
                    .isFalse();
        }
    }

    private Void churn(AtomicBoolean over) throws IOException {
        Random random = new Random(1);
        List<FileChannel> channels = new ArrayList<>();
        List<FileLock> locks = new ArrayList<>();
        try {
            for (int i = 0; i < OTHERS; i++) {
                channels.add(channel(directory.resolve("other-" + i)));
                locks.add(channels.get(i).lock());
            }
            while (!over.get()) {
                int one = random.nextInt(OTHERS);
                locks.get(one).release();
                locks.set(one, channels.get(one).lock());
            }
        } finally {
            for (FileChannel channel : channels) {
                channel.close();
            }
        }
        return null;
    }

    private static FileChannel channel(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
}
