package ccupgrade.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The locks that this process holds on a file, as the kernel tells: SQLite's own books do not notice that a closed descriptor dropped
 * them.
 */
record OwnLocks(List<Range> ranges) {

    /** SQLite's shared lock on a database, somewhere in these 510 bytes. */
    static final Range SHARED = new Range(0x40000000L + 2, 0x40000000L + 511);

    /** The five places of a {@code -shm} one of which a reader locks; beside them every connection holds byte 128. */
    static final Range READ_MARKS = new Range(123, 127);

    /**
     * The kernel tells its list a page at a time, and where others take and release locks meanwhile it leaves some out: 3 of 3,000 looks at
     * 8 KB of them did not show one that was held.
     */
    private static final int MOST_LOOKS = 30;

    private static final long PAUSE_NANOS = 1_000_000;

    record Range(long first, long last) {
        boolean meets(Range other) {
            return first <= other.last && other.first <= last;
        }
    }

    OwnLocks {
        ranges = List.copyOf(ranges);
    }

    /**
     * Asks until it sees what is wanted, or has asked often enough to believe that it is not there.
     *
     * @param wanted what stays false once it has become so: a lock that was lost does not come back by itself
     */
    static OwnLocks on(Path file, Predicate<OwnLocks> wanted) throws IOException {
        OwnLocks seen = on(file);
        for (int looks = 1; looks < MOST_LOOKS && !wanted.test(seen); looks++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            seen = on(file);
        }
        return seen;
    }

    /** One look. Empty where the kernel does not tell, too. */
    private static OwnLocks on(Path file) throws IOException {
        Path locks = Path.of("/proc/locks");
        List<Range> ranges = new ArrayList<>();
        if (!Files.isReadable(locks) || !Files.exists(file)) {
            return new OwnLocks(ranges);
        }
        String self = Long.toString(ProcessHandle.current().pid());
        for (String line : Files.readAllLines(locks, StandardCharsets.UTF_8)) {
            // 3: POSIX  ADVISORY  READ  4711 08:01:131090 1073741826 1073742335
            String[] words = line.trim().split("\\s+");
            if (words.length == 8
                    && words[1].equals("POSIX")
                    && words[4].equals(self)
                    && OpenFiles.isPlaceOf(words[5], file)) {
                ranges.add(new Range(
                        Long.parseLong(words[6]), words[7].equals("EOF") ? Long.MAX_VALUE : Long.parseLong(words[7])));
            }
        }
        return new OwnLocks(ranges);
    }

    boolean touch(Range wanted) {
        return ranges.stream().anyMatch(range -> range.meets(wanted));
    }

    /** Whether every byte that was locked still is. The kernel joins and splits ranges as neighbours come and go. */
    boolean cover(OwnLocks before) {
        return before.ranges.stream().allMatch(this::covers);
    }

    private boolean covers(Range wanted) {
        long next = wanted.first;
        boolean moved = true;
        while (next <= wanted.last && moved) {
            moved = false;
            for (Range range : ranges) {
                if (range.first <= next && next <= range.last) {
                    next = range.last == Long.MAX_VALUE ? Long.MAX_VALUE : range.last + 1;
                    moved = true;
                }
            }
        }
        return next > wanted.last || next == Long.MAX_VALUE;
    }
}
