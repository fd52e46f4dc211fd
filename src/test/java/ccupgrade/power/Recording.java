package ccupgrade.power;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;

/**
 * All that a command did to a directory.
 *
 * @param before the directory when it began, all of it durable
 * @param born the files, directories and links that it made, as they were made
 * @param after the directory when it had ended, had nothing failed
 * @param commitWritten how many operations had been done when the commit record was written; more than there are if it never was
 * @param commitDurable the same, when it was synced
 */
record Recording(
        Image before, Map<Integer, Image.Node> born, List<Op> ops, Image after, int commitWritten, int commitDurable) {

    private static final String COMMIT = "\"event\":\"commit\"";
    private static final Op.Sync NOTHING = new Op.Sync(-1);

    static Recording of(Image before, Map<Integer, Image.Node> born, List<Op> ops, Image after) {
        int written = writtenAt(COMMIT, ops);
        int durable = IntStream.range(Math.max(0, written), ops.size())
                .filter(i -> written >= 0
                        && ops.get(i) instanceof Op.Sync sync
                        && sync.number() == ((Op.Write) ops.get(written)).file())
                .map(i -> i + 1)
                .findFirst()
                .orElse(Integer.MAX_VALUE);
        return new Recording(before, born, ops, after, written < 0 ? Integer.MAX_VALUE : written + 1, durable);
    }

    private static int writtenAt(String words, List<Op> ops) {
        return IntStream.range(0, ops.size())
                .filter(i -> ops.get(i) instanceof Op.Write write
                        && new String(write.bytes(), StandardCharsets.ISO_8859_1).contains(words))
                .findFirst()
                .orElse(-1);
    }

    /** The number of a file, link or directory that is there in the end; -1 when none is. */
    int numberOf(String path) {
        return after.find(Path.of(path));
    }

    /** The same, had these syncs been forgotten by ccupgrade. The second argument is how many operations came before. */
    Recording without(BiPredicate<Op.Sync, Integer> forgotten) {
        List<Op> kept = IntStream.range(0, ops.size())
                .mapToObj(i -> ops.get(i) instanceof Op.Sync sync && forgotten.test(sync, i) ? NOTHING : ops.get(i))
                .toList();
        return new Recording(before, born, kept, after, commitWritten, commitDurable);
    }
}
