package ccupgrade.hostile;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Rounds of chance that can be repeated, and what chance does to bytes. */
final class Fuzz {

    private Fuzz() {}

    interface Round {
        void run(SplittableRandom random) throws Exception;
    }

    /** Seeds 1 to {@code usual}, or what the system properties ask for. */
    static void rounds(int usual, Round round) throws Exception {
        Long seed = Long.getLong("fuzz.seed");
        if (seed != null) {
            one(seed, round);
            return;
        }
        for (int i = 1; i <= usual; i++) {
            one(i, round);
        }
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("fuzz.seconds", 0));
        SplittableRandom seeds = new SplittableRandom();
        while (System.nanoTime() < limit) {
            one(seeds.nextLong(), round);
        }
    }

    private static void one(long seed, Round round) throws Exception {
        try {
            round.run(new SplittableRandom(seed));
        } catch (Exception | Error e) {
            throw new AssertionError("with -Dfuzz.seed=" + seed + ": " + e, e);
        }
    }

    /** Some bytes damaged, in one to three places. */
    static byte[] damaged(byte[] bytes, SplittableRandom random) {
        byte[] result = bytes;
        for (int places = 1 + random.nextInt(3); places > 0; places--) {
            result = damagedOnce(result.length == 0 ? new byte[1] : result, random);
        }
        return result;
    }

    private static byte[] damagedOnce(byte[] bytes, SplittableRandom random) {
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(40));
        byte[] mutant = bytes.clone();
        switch (random.nextInt(9)) {
            case 0 -> mutant[from] ^= (byte) (1 << random.nextInt(8));
            case 1 -> mutant[from] = (byte) random.nextInt(256);
            case 2 -> mutant = concat(Arrays.copyOf(bytes, from), Arrays.copyOfRange(bytes, to, bytes.length));
            case 3 -> mutant = concat(Arrays.copyOf(bytes, to), Arrays.copyOfRange(bytes, from, bytes.length));
            case 4 -> mutant = Arrays.copyOf(bytes, from);
            case 5 -> Arrays.fill(mutant, from, to, (byte) 0);
            case 6 -> {
                for (int i = from; i < to; i++) {
                    mutant[i] = (byte) random.nextInt(256);
                }
            }
            // Numbers are where formats break.
            case 7 -> Arrays.fill(mutant, from, Math.min(to, from + 4), (byte) (random.nextBoolean() ? 0xff : 0x7f));
            default -> mutant = withText(bytes, random);
        }
        return mutant;
    }

    private static final String[] TEXTS = {
        "null",
        "-1",
        "1e999999999",
        "99999999999999999999",
        "\\u0000",
        "../../x",
        "\"",
        "{",
        "[[[[[[[[",
        "}",
        "]",
        "\n",
        "'''",
        "=",
        "true",
        "\ud83d\ude00"
    };

    /** One word or number of a text replaced by another that is hard to take. */
    private static byte[] withText(byte[] bytes, SplittableRandom random) {
        int from = random.nextInt(bytes.length);
        while (from > 0 && isWord(bytes[from - 1])) {
            from--;
        }
        int to = from;
        while (to < bytes.length && isWord(bytes[to])) {
            to++;
        }
        byte[] text = TEXTS[random.nextInt(TEXTS.length)].getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return concat(concat(Arrays.copyOf(bytes, from), text), Arrays.copyOfRange(bytes, to, bytes.length));
    }

    private static boolean isWord(byte b) {
        return Character.isLetterOrDigit(b & 0xff);
    }

    static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
