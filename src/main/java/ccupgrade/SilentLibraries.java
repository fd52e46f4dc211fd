package ccupgrade;

/**
 * What the libraries' logging is told to be like: nothing is written anywhere. What of it concerns a user is thrown, too; the rest would be stack
 * traces in the middle of an upgrade, such as that of {@code org.sqlite.SQLiteJDBCLoader.cleanup} when another program clears away SQLite's
 * library in the temporary directory first.
 */
public final class SilentLibraries {

    private static final String BY_CLASS = "java.util.logging.config.class";
    private static final String BY_FILE = "java.util.logging.config.file";

    /** For {@code java.util.logging}, which makes one before it writes the first line, and takes it that all is set up then. */
    public SilentLibraries() {}

    /** Costs nothing until a library logs. Who says by himself what is to be logged, is heard. */
    static void silence() {
        if (System.getProperty(BY_CLASS) == null && System.getProperty(BY_FILE) == null) {
            System.setProperty(BY_CLASS, SilentLibraries.class.getName());
        }
    }
}
