package ccupgrade.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * An exclusive lock of the kernel's on a file: it goes with the process that holds it, however that ends. The file stays, and says in
 * plain text who holds it or held it last. Nobody else in the process may open the file: closing any descriptor of it drops the lock.
 */
public final class LockFile implements AutoCloseable {

    private static final int LONGEST_HOLDER = 4096;

    private final FileChannel channel;

    private LockFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Somebody else has the lock. */
    public static final class Held extends Exception {
        private final String holder;

        private Held(String holder) {
            super(holder);
            this.holder = holder;
        }

        /** What the present holder says of itself, perhaps empty. */
        public String holder() {
            return holder;
        }
    }

    /**
     * Takes the lock or fails at once.
     *
     * @param holder who takes it, since when and for what, for others to read
     * @throws Held with what the present holder says of itself, perhaps empty
     */
    public static LockFile take(Path file, String holder) throws IOException, Held {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        boolean taken = false;
        try {
            if (tryLock(channel, false) == null) {
                throw new Held(read(channel));
            }
            taken = true;
            say(channel, holder);
            return new LockFile(channel);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    /** A courtesy to others: on a full disk the lock is as good without it, and recovery must still be possible. */
    private static void say(FileChannel channel, String holder) {
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
        } catch (IOException e) {
            assert channel.isOpen() : e;
        }
    }

    /**
     * Who holds the lock, without taking it for longer than a moment.
     *
     * @return null when nobody does
     */
    public static @Nullable String holder(Path file) throws IOException {
        // A shared lock needs no right to write, so that anybody who may read the file can ask.
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock lock = tryLock(channel, true)) {
            return lock == null ? read(channel) : null;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException e) {
            // Held by this very process.
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(LONGEST_HOLDER);
        int length = Math.max(0, channel.read(buffer, 0));
        return new String(buffer.array(), 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
