package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** What an archive holds, one after another, as it says itself: nothing of it is believed yet. */
interface ArchiveEntries extends Closeable {

    /** The mode of a file whose archive tells none. */
    int UNKNOWN_MODE = -1;

    /** What an entry claims to be. */
    enum Type {
        FILE,
        DIRECTORY,
        SYMBOLIC_LINK,
        HARD_LINK,
        DEVICE,
        FIFO,
        SOCKET,
        UNKNOWN
    }

    /**
     * @param name as it is written there
     * @param mode permission bits, or {@link #UNKNOWN_MODE}
     * @param target of a link, as it is written there; null for anything else
     */
    record Entry(String name, Type type, int mode, @Nullable String target) {}

    /**
     * Null after the last one, which is told only when the archive was seen to be whole.
     *
     * @throws Unreadable when it is damaged
     * @throws Refused when it is something that is not read here, as an encrypted one
     */
    @Nullable
    Entry next() throws Refused, IOException;

    /** Of the entry that was told last, which is a file. Damage shows as {@link Unreadable} when it is read. */
    InputStream content() throws Refused, IOException;

    /** The archive is damaged, as opposed to the disk that it is unpacked to. */
    final class Unreadable extends IOException {
        private static final long serialVersionUID = 1L;

        Unreadable(Throwable cause) {
            super(cause);
        }

        Unreadable(String why) {
            super(why);
        }
    }

    /** Tells failures to read from failures to write what was read; a library's complaints about nonsense are failures to read. */
    final class Source extends InputStream {

        private final InputStream from;

        Source(InputStream from) {
            this.from = from;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return from.read(bytes, offset, length);
            } catch (IOException | RuntimeException e) {
                throw new Unreadable(e);
            }
        }

        @Override
        public void close() throws IOException {
            from.close();
        }
    }
}
