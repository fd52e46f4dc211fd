package ccupgrade.cli;

import ccupgrade.words.Words;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The only one who prints. Results go to standard output; steps, progress, warnings, errors and questions to standard error.
 *
 * <p>What the caller wishes is known only after the command line was read: until {@link #obey} the console shows everything, in colour
 * where the terminal has it.
 */
public final class Console {

    private static final int NARROWEST_HELP = 60;
    private static final int WIDEST_HELP = 100;

    private final PrintStream out;
    private final PrintStream err;
    private final Terminal terminal;
    private final LiveLine live;
    /** 0: not asked yet. */
    private final AtomicInteger width = new AtomicInteger();

    private boolean quiet;
    private boolean withoutColour;
    private boolean json;
    private boolean documentPrinted;
    private boolean streaming;

    /** @param out both streams should write UTF-8: JSON is always that, and {@link Terminal#unicode} guards the rest */
    public Console(PrintStream out, PrintStream err, Terminal terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
        this.live = new LiveLine(err, this::width, terminal.unicode());
    }

    /** From now on, the caller's wishes hold. */
    void obey(GlobalOptions options) {
        quiet = options.quiet();
        withoutColour = options.noColor();
        json = options.output() == GlobalOptions.Output.JSON;
    }

    /** A line of what was asked for, on standard output, also when quiet. May hold text from outside. */
    public void print(String text) {
        print(Style.PLAIN, text);
    }

    public void print(Style style, String text) {
        String line = Words.printable(text);
        live.above(() -> out.println(colourOut() ? style.wrap(line) : line));
    }

    /** What was asked for, on standard output. */
    public void print(Table table) {
        OptionalInt columns = terminal.out() ? OptionalInt.of(width()) : OptionalInt.empty();
        List<String> lines = table.lines(columns, terminal.unicode(), colourOut());
        live.above(() -> lines.forEach(out::println));
    }

    /**
     * The one document that a command prints for {@code -o json}.
     *
     * @param kind what the document is: {@code releases}
     * @param body see {@link Json}
     */
    public void json(String kind, Object body) {
        String document = streaming ? Json.line(kind, body) : Json.document(kind, body);
        documentPrinted = true;
        live.above(() -> out.println(document));
    }

    /** From now on, with {@code -o json}, standard output gets a line an event, and the one document as the last line. */
    void stream() {
        streaming = json;
    }

    /**
     * An event of a stream; nothing where nobody asked for one.
     *
     * @param body see {@link Json}
     */
    void event(String kind, Object body) {
        if (streaming) {
            String line = Json.line(kind, body);
            live.above(() -> out.println(line));
        }
    }

    /** Tells what happens, on standard error; nothing when quiet. */
    public void say(String text) {
        say(Style.PLAIN, text);
    }

    public void say(Style style, String text) {
        if (!quiet) {
            errorLine(onError(style, Words.printable(text)));
        }
    }

    /** Something that nobody may overlook though it ends nothing; also when quiet. */
    public void warn(String text) {
        errorLine(onError(Style.WARNING, "warning:") + " " + indented(text, 9));
    }

    /**
     * Prints the problem for people, and with {@code -o json} for programs too, unless they have got their one document already; a stack
     * trace only where the environment asks for one.
     *
     * @return the problem's code, which the process is to end with
     */
    public ExitCode report(Problem problem) {
        live.base("");
        live.over("");
        errorLine(onError(Style.BAD, "error:") + " " + indented(problem.message(), 7));
        for (String cause : problem.because()) {
            errorLine("       " + indented(cause, 7));
        }
        labelled("now:", problem.standing());
        labelled("next:", problem.next());
        Throwable thrown = problem.thrown();
        if (terminal.debug() && thrown != null) {
            thrown.printStackTrace(err);
        }
        if (json && !documentPrinted) {
            json("error", ErrorDocument.of(problem));
        }
        return problem.code();
    }

    private record ErrorDocument(
            int exitCode,
            ExitCode outcome,
            String message,
            List<String> because,
            @Nullable String standing,
            @Nullable String next) {

        static ErrorDocument of(Problem problem) {
            return new ErrorDocument(
                    problem.code().number(),
                    problem.code(),
                    problem.message(),
                    problem.because(),
                    problem.standing(),
                    problem.next());
        }
    }

    private void labelled(String label, @Nullable String text) {
        if (text != null && !text.isBlank()) {
            errorLine(onError(Style.BOLD, label) + " ".repeat(7 - label.length()) + indented(text, 7));
        }
    }

    private static String indented(String text, int columns) {
        return Words.printable(text.strip().replace("\r\n", "\n")).replace("\n", "\n" + " ".repeat(columns));
    }

    public boolean isJson() {
        return json;
    }

    public boolean isQuiet() {
        return quiet;
    }

    /** The zone in which {@link Words#instant} is to be read. */
    public ZoneId zone() {
        return terminal.zone().get();
    }

    /** Columns of the terminal, or 80. */
    int width() {
        if (width.get() == 0) {
            width.set(terminal.width().getAsInt());
        }
        return width.get();
    }

    /** Columns that a help text is to fill. */
    int helpWidth() {
        return Math.max(NARROWEST_HELP, Math.min(WIDEST_HELP, width()));
    }

    boolean colourOut() {
        return colour(terminal.out());
    }

    /** In the style, where standard error has colour. */
    String onError(Style style, String text) {
        return colour(terminal.err()) ? style.wrap(text) : text;
    }

    private boolean colour(boolean isTerminal) {
        return isTerminal && !terminal.dumb() && !terminal.noColor() && !withoutColour;
    }

    /** Whether a line on standard error can be rewritten. */
    boolean canRewrite() {
        return terminal.err() && !terminal.dumb() && !quiet;
    }

    /** Whether signs beyond ASCII are welcome: a file may be read anywhere, a terminal of the caller's only here. */
    boolean signs() {
        return terminal.err() && terminal.unicode();
    }

    boolean canAsk() {
        return terminal.in() && terminal.err();
    }

    LiveLine live() {
        return live;
    }

    /** @param line printed as it is: its foreign parts must be clean */
    void errorLine(String line) {
        live.above(() -> err.println(line));
    }

    /** A question, which the answer follows on the same line. */
    void prompt(String question) {
        live.base("");
        live.above(() -> {
            err.print(Words.printable(question) + " ");
            err.flush();
        });
    }

    PrintStream outStream() {
        return out;
    }

    PrintStream errStream() {
        return err;
    }
}
