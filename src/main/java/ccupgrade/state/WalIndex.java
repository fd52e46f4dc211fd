package ccupgrade.state;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a {@code -shm} says of the log: <a href="https://sqlite.org/walformat.html">its header</a>, in the machine's byte order.
 *
 * @param frames of the log that are committed
 * @param salt tells one beginning of the log from another
 */
record WalIndex(long frames, long salt) {

    /** Closes a descriptor of the file: only while no connection of ours is open on the database. */
    static WalIndex read(Path shm) throws IOException {
        if (!Files.exists(shm)) {
            return new WalIndex(0, 0);
        }
        try (InputStream in = Files.newInputStream(shm)) {
            byte[] header = in.readNBytes(48);
            if (header.length < 48) {
                return new WalIndex(0, 0);
            }
            ByteBuffer buffer = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
            return new WalIndex(Integer.toUnsignedLong(buffer.getInt(16)), buffer.getLong(32));
        }
    }

    /** A writer killed just before it told of its last commit leaves more in the log than here. */
    boolean holdsAllOf(WalIndex other) {
        return salt == other.salt && frames >= other.frames;
    }
}
