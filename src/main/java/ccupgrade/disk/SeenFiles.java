package ccupgrade.disk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Digests of what was copied. One that is found by mistake is as likely as a disk that misreads. */
final class SeenFiles {

    private static final int CHUNK = 1 << 20;

    private final MessageDigest digest = Checksum.newDigest();
    private final List<long[]> chunks = new ArrayList<>();
    private int used = CHUNK;

    long of(Path relative, FileStat stat) {
        digest.update(relative.toString().getBytes(StandardCharsets.UTF_8));
        ByteBuffer numbers = ByteBuffer.allocate(6 * Long.BYTES);
        numbers.putLong(stat.device()).putLong(stat.inode()).putLong(stat.size());
        numbers.putLong(stat.written().toMillis()).putLong(stat.changed().toMillis());
        numbers.putInt(stat.written().toInstant().getNano())
                .putInt(stat.changed().toInstant().getNano());
        return ByteBuffer.wrap(digest.digest(numbers.array())).getLong();
    }

    void add(long one) {
        if (used == CHUNK) {
            long[] chunk = new long[CHUNK];
            Arrays.fill(chunk, Long.MAX_VALUE);
            chunks.add(chunk);
            used = 0;
        }
        chunks.get(chunks.size() - 1)[used] = one;
        used++;
    }

    /** Only then can they be found. Nothing is added to a chunk that has been sorted. */
    void sort() {
        chunks.forEach(Arrays::sort);
        used = CHUNK;
    }

    boolean has(long one) {
        return chunks.stream().anyMatch(chunk -> Arrays.binarySearch(chunk, one) >= 0);
    }
}
