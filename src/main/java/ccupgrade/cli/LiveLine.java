package ccupgrade.cli;

import ccupgrade.words.Words;
import java.io.PrintStream;
import java.util.function.IntSupplier;

/**
 * The one line at the bottom of a terminal that is rewritten in place: the step under way, and over it, while there is any, the progress
 * of its work. Everything else is printed {@link #above} it. Where nothing can be rewritten it shows nothing.
 */
final class LiveLine {

    private static final String ERASE = "\r\u001b[K";

    private final PrintStream terminal;
    private final IntSupplier width;
    private final boolean unicode;
    private String base = "";
    private String over = "";
    private String shown = "";

    LiveLine(PrintStream terminal, IntSupplier width, boolean unicode) {
        this.terminal = terminal;
        this.width = width;
        this.unicode = unicode;
    }

    /** @param text empty: no line */
    synchronized void base(String text) {
        base = text;
        draw();
    }

    /** @param text shown instead of the base; empty: the base again */
    synchronized void over(String text) {
        over = text;
        draw();
    }

    /** Prints with the line out of the way, and shows the line again. */
    synchronized void above(Runnable printing) {
        if (!shown.isEmpty()) {
            terminal.print(ERASE);
            terminal.flush();
            shown = "";
        }
        printing.run();
        draw();
    }

    private void draw() {
        String text = over.isEmpty() ? base : over;
        if (text.equals(shown)) {
            return;
        }
        // A line that wraps could not be erased any more; the last column is left free, as some terminals wrap there.
        terminal.print(ERASE + (text.isEmpty() ? "" : Words.cut(text, width.getAsInt() - 1, unicode)));
        terminal.flush();
        shown = text;
    }
}
