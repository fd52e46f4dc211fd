package ccupgrade.cli;

import java.util.Optional;

/** Guesses what a misspelt word was meant to be. A guess that is far off is worse than none. */
final class Spelling {

    private Spelling() {}

    /** The candidate that is the fewest letters away: one for short words, two for longer ones; the first of equals. */
    static Optional<String> nearest(String typed, Iterable<String> candidates) {
        int least = typed.length() <= 4 ? 2 : 3;
        String nearest = null;
        for (String candidate : candidates) {
            int distance = distance(typed, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** Letters to add, drop, replace, or exchange with their neighbour (Damerau and Levenshtein). */
    private static int distance(String from, String to) {
        int[] twoAbove = new int[to.length() + 1];
        int[] above = new int[to.length() + 1];
        for (int column = 0; column < above.length; column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] here = new int[above.length];
            here[0] = row;
            for (int column = 1; column < here.length; column++) {
                int replace = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                here[column] = Math.min(replace, 1 + Math.min(above[column], here[column - 1]));
                if (row > 1
                        && column > 1
                        && from.charAt(row - 1) == to.charAt(column - 2)
                        && from.charAt(row - 2) == to.charAt(column - 1)) {
                    here[column] = Math.min(here[column], 1 + twoAbove[column - 2]);
                }
            }
            twoAbove = above;
            above = here;
        }
        return above[to.length()];
    }
}
