package ccupgrade.faults;

/**
 * What came of one trial; a line in the results.
 *
 * @param points how many there are in the run to which nothing happened
 * @param different at how many of them this fault is something of its own
 * @param outcome "old", "new", or "else" with what is wrong in {@code detail}
 * @param reached false when the run had fewer points than that
 * @param same whether it was the call on the file that it was in the run to which nothing happened
 * @param exit of the command under fire; 137 when it was killed
 */
record Verdict(
        String scenario,
        String mode,
        int point,
        int points,
        int different,
        String step,
        String call,
        String path,
        String outcome,
        String detail,
        boolean reached,
        boolean same,
        int exit,
        long millis) {

    boolean isWell() {
        return !outcome.equals("else");
    }

    /** So that a result is found again. */
    String key() {
        return key(scenario, mode, point);
    }

    static String key(String scenario, String mode, int point) {
        return scenario + " " + mode + " " + point;
    }

    @Override
    public String toString() {
        return key() + ": " + call + " " + path + (step.isEmpty() ? "" : " (after " + step + ")") + ": exit " + exit
                + ", " + outcome + (detail.isEmpty() ? "" : ": " + detail);
    }
}
