package ccupgrade.release;

/** What experience says of a release. */
public enum Verdict {
    /** It never completed a start under ccupgrade's eyes. */
    UNTRIED("untried"),
    /** An operation with it was committed: it ran and was healthy. */
    GOOD("good"),
    /** It failed and was taken back. Chosen again only when somebody names it. */
    BAD("bad");

    private final String word;

    Verdict(String word) {
        this.word = word;
    }

    /** The word for it in files and in JSON. */
    public String word() {
        return word;
    }

    /** The words for it in a table. */
    public String text() {
        return this == UNTRIED ? "never started" : word;
    }
}
