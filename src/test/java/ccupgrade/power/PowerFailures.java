package ccupgrade.power;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The disks that a power failure may leave, for each prefix of a recording. What was synced is there; of the rest every subset is, up to
 * {@code whole} changes; of more changes: none, all, each one missing, each one alone, each beginning, each end, and {@code drawn}
 * random subsets from a fixed seed. Besides, each of the last unsynced writes torn: cut in half, cut by a byte, cut to a block of the
 * disk, of its right length but all zeros; once with everything else there and once alone.
 *
 * <p>A file that the command never syncs counts as one change, because nobody relies on it.
 */
final class PowerFailures {

    private static final int BLOCK = 512;
    private static final int TORN_WRITES = 3;

    private final Recording recording;
    private final int whole;
    private final int drawn;
    private final Set<Integer> synced;

    PowerFailures(Recording recording, int whole, int drawn) {
        this.recording = recording;
        this.whole = whole;
        this.drawn = drawn;
        this.synced = recording.ops().stream()
                .filter(Op.Sync.class::isInstance)
                .map(op -> ((Op.Sync) op).number())
                .collect(Collectors.toSet());
    }

    /**
     * One disk.
     *
     * @param prefix the operations that were done when the power failed, of which the disk may lack some
     * @param missing what it lacks, for a reader
     * @param key the same for disks that make no difference
     */
    record Disk(int prefix, Image image, String missing, String key) {}

    /** Called once for each disk that is different from all before it. */
    interface Visitor {
        /** @return whether to go on */
        boolean visit(Disk disk) throws Exception;
    }

    /** What was tried. */
    record Count(int operations, int prefixes, long images, int different) {}

    Count forEach(Visitor visitor) throws Exception {
        Set<String> seen = new HashSet<>();
        Image durable = recording.before().copy();
        recording.born().forEach(durable::add);
        List<Op.Change> pending = new ArrayList<>();
        long images = 0;
        for (int prefix = 0; prefix <= recording.ops().size(); prefix++) {
            if (prefix > 0) {
                advance(recording.ops().get(prefix - 1), durable, pending);
            }
            for (List<Op.Change> present : choices(pending, prefix)) {
                images++;
                Image image = durable.copy();
                present.forEach(image::apply);
                // The same disk is another case after the point of no return.
                String key = image.fingerprint() + (prefix >= recording.commitDurable());
                if (seen.add(key) && !visitor.visit(new Disk(prefix, image, missing(pending, present), key))) {
                    return new Count(recording.ops().size(), prefix + 1, images, seen.size());
                }
            }
        }
        return new Count(recording.ops().size(), recording.ops().size() + 1, images, seen.size());
    }

    private static void advance(Op op, Image durable, List<Op.Change> pending) {
        if (op instanceof Op.Change change) {
            pending.add(change);
        } else if (op instanceof Op.Sync sync) {
            pending.removeIf(change -> {
                boolean now = isOf(change, sync.number());
                if (now) {
                    durable.apply(change);
                }
                return now;
            });
        }
    }

    private static boolean isOf(Op.Change change, int number) {
        return change instanceof Op.FileChange file
                ? file.file() == number
                : ((Op.Names) change).directories().contains(number);
    }

    private Set<List<Op.Change>> choices(List<Op.Change> pending, int prefix) {
        List<List<Op.Change>> units = units(pending);
        Set<BitSet> subsets = subsets(units.size(), prefix);
        Set<List<Op.Change>> choices = new LinkedHashSet<>();
        for (BitSet subset : subsets) {
            Set<Op.Change> present = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
            subset.stream().forEach(i -> present.addAll(units.get(i)));
            choices.add(inOrder(pending, present));
        }
        int torn = 0;
        for (int i = pending.size() - 1; i >= 0 && torn < TORN_WRITES; i--) {
            if (pending.get(i) instanceof Op.Write write && synced.contains(write.file())) {
                torn++;
                for (Op.Change piece : torn(write)) {
                    List<Op.Change> others = new ArrayList<>(pending);
                    others.set(i, piece);
                    choices.add(others);
                    choices.add(List.of(piece));
                }
            }
        }
        return choices;
    }

    private List<List<Op.Change>> units(List<Op.Change> pending) {
        Map<Object, List<Op.Change>> units = new LinkedHashMap<>();
        for (Op.Change change : pending) {
            boolean unwatched = change instanceof Op.FileChange file && !synced.contains(file.file());
            Object key = unwatched ? (Object) ((Op.FileChange) change).file() : new Object();
            units.computeIfAbsent(key, any -> new ArrayList<>()).add(change);
        }
        return List.copyOf(units.values());
    }

    private Set<BitSet> subsets(int count, int seed) {
        Set<BitSet> subsets = new LinkedHashSet<>();
        if (count <= whole) {
            for (long bits = (1L << count) - 1; bits >= 0; bits--) {
                subsets.add(BitSet.valueOf(new long[] {bits}));
            }
            return subsets;
        }
        BitSet all = new BitSet();
        all.set(0, count);
        subsets.add(all);
        subsets.add(new BitSet());
        for (int i = 0; i < count; i++) {
            BitSet one = new BitSet();
            one.set(i);
            subsets.add(one);
            BitSet allButOne = (BitSet) all.clone();
            allButOne.clear(i);
            subsets.add(allButOne);
            BitSet beginning = new BitSet();
            beginning.set(0, i);
            subsets.add(beginning);
            BitSet end = new BitSet();
            end.set(i, count);
            subsets.add(end);
        }
        Random random = new Random(seed);
        for (int i = 0; i < drawn; i++) {
            BitSet some = new BitSet();
            for (int j = 0; j < count; j++) {
                some.set(j, random.nextBoolean());
            }
            subsets.add(some);
        }
        return subsets;
    }

    private static List<Op.Change> inOrder(List<Op.Change> pending, Set<Op.Change> present) {
        return pending.stream()
                .filter(present::contains)
                .filter(change -> !(change instanceof Op.Names names)
                        || names.needs() == null
                        || present.contains(names.needs())
                        || pending.stream().noneMatch(other -> other == names.needs()))
                .toList();
    }

    private static List<Op.Change> torn(Op.Write write) {
        int length = write.bytes().length;
        List<Op.Change> pieces = new ArrayList<>();
        pieces.add(new Op.Write(write.file(), write.offset(), new byte[length]));
        for (int cut : new int[] {length / 2, length - 1, BLOCK, length - length % BLOCK}) {
            if (cut > 0 && cut < length) {
                pieces.add(new Op.Write(write.file(), write.offset(), java.util.Arrays.copyOf(write.bytes(), cut)));
            }
        }
        return pieces;
    }

    private static String missing(List<Op.Change> pending, List<Op.Change> present) {
        return pending.stream()
                .filter(change -> present.stream().noneMatch(other -> other == change))
                .map(PowerFailures::describe)
                .limit(8)
                .collect(Collectors.joining(", ", "missing of " + pending.size() + ": [", "]"));
    }

    private static String describe(Op.Change change) {
        return change instanceof Op.Write write
                ? "write " + write.bytes().length + "@" + write.offset() + " of #" + write.file()
                : change.toString();
    }
}
