package ccupgrade.release;

/** What a release is, and so how it is run. */
public enum Kind {
    /** Run by a Java. */
    JAR("jar"),
    /** A program for this machine. */
    EXECUTABLE("executable"),
    /** Begins with {@code #!} and the name of what reads it. */
    SCRIPT("script"),
    /** What an archive held; one file in it is run. */
    DIRECTORY("directory");

    private final String word;

    Kind(String word) {
        this.word = word;
    }

    /** The word for it in files, in JSON and for readers. */
    public String word() {
        return word;
    }
}
