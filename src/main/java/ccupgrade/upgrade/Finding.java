package ccupgrade.upgrade;

import org.jspecify.annotations.Nullable;

/**
 * What a look beforehand found.
 *
 * @param about one or two words
 * @param text one line
 * @param remedy what to do about it: a command, or a key of the configuration; null where there is nothing to do
 */
public record Finding(
        Level level, String about, String text, @Nullable String remedy) {

    /** How bad it is. */
    public enum Level {
        OK,
        /** Worth knowing. */
        NOTE,
        /** Likely to be regretted; does not stop the operation. */
        WARNING,
        /** A gate says no. */
        REFUSED,
        /** Something that must be known could not be found out. */
        FAILED
    }

    static Finding ok(String about, String text) {
        return new Finding(Level.OK, about, text, null);
    }

    static Finding note(String about, String text) {
        return new Finding(Level.NOTE, about, text, null);
    }

    static Finding note(String about, String text, String remedy) {
        return new Finding(Level.NOTE, about, text, remedy);
    }

    static Finding warning(String about, String text) {
        return new Finding(Level.WARNING, about, text, null);
    }

    static Finding warning(String about, String text, String remedy) {
        return new Finding(Level.WARNING, about, text, remedy);
    }

    static Finding refused(String about, String text, @Nullable String remedy) {
        return new Finding(Level.REFUSED, about, text, remedy);
    }

    static Finding failed(String about, String text, @Nullable String remedy) {
        return new Finding(Level.FAILED, about, text, remedy);
    }

    /** With what to do about it, where there is something. */
    String advice() {
        return remedy == null ? text : text + ": " + remedy;
    }
}
