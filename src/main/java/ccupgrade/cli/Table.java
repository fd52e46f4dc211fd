package ccupgrade.cli;

import ccupgrade.words.Words;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/**
 * Rows under a header, two spaces between the columns. A table of which all headings are empty has no header line: pairs of a name and a
 * value, for example.
 *
 * <p>Nothing is ever left out of what goes into a file or a pipe. On a terminal the last column may be cut, so put the text there that
 * a reader can do without; or say that it is {@link #text}, which goes on below itself instead.
 */
public final class Table {

    private static final String GAP = "  ";

    /** Of the last column at least this much is shown, if need be on the next line of a narrow terminal. */
    private static final int LEAST_OF_LAST = 10;

    /** So much of a text is on each line of it. */
    private static final int LEAST_OF_TEXT = 20;

    private enum Kind {
        WORDS,
        NUMBERS,
        TEXT
    }

    private record Column(String heading, Kind kind) {}

    private record Row(Style style, List<String> cells) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    /** Adds a column of words. */
    public Table left(String heading) {
        columns.add(new Column(heading, Kind.WORDS));
        return this;
    }

    /** Adds a column of numbers, aligned to the right. */
    public Table right(String heading) {
        columns.add(new Column(heading, Kind.NUMBERS));
        return this;
    }

    /** Adds a last column of texts that nobody can do without: on a terminal each takes as many lines as it needs. */
    public Table text(String heading) {
        columns.add(new Column(heading, Kind.TEXT));
        return this;
    }

    public Table row(String... cells) {
        return row(Style.PLAIN, cells);
    }

    /**
     * @param style of the whole row
     * @param cells one for each column; may come from outside, and are made {@linkplain Words#oneLine safe}
     */
    public Table row(Style style, String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        List<String> clean = new ArrayList<>();
        for (String cell : cells) {
            clean.add(Words.oneLine(cell));
        }
        rows.add(new Row(style, clean));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** @param width of the terminal; empty: never cut */
    List<String> lines(OptionalInt width, boolean unicode, boolean colour) {
        List<Row> all = new ArrayList<>();
        List<String> headings = columns.stream().map(Column::heading).toList();
        if (headings.stream().anyMatch(heading -> !heading.isEmpty())) {
            all.add(new Row(Style.BOLD, headings));
        }
        all.addAll(rows);
        int[] widths = new int[columns.size()];
        for (Row row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], Words.width(row.cells.get(i)));
            }
        }
        if (width.isPresent()) {
            int last = widths.length - 1;
            int before = 0;
            for (int i = 0; i < last; i++) {
                before += widths[i] + GAP.length();
            }
            int least = columns.get(last).kind == Kind.TEXT ? LEAST_OF_TEXT : LEAST_OF_LAST;
            widths[last] = Math.min(widths[last], Math.max(least, width.getAsInt() - before));
        }
        List<String> lines = new ArrayList<>();
        for (Row row : all) {
            for (Row part : parts(row, widths)) {
                String line = line(part, widths, unicode);
                lines.add(colour ? row.style.wrap(line) : line);
            }
        }
        return lines;
    }

    /** The row, and below it what of a text does not go on its line. */
    private List<Row> parts(Row row, int[] widths) {
        int last = widths.length - 1;
        if (columns.get(last).kind != Kind.TEXT) {
            return List.of(row);
        }
        List<Row> parts = new ArrayList<>();
        List<String> cells = row.cells;
        for (String piece : Words.wrap(row.cells.get(last), widths[last])) {
            List<String> its = new ArrayList<>(cells);
            its.set(last, piece);
            parts.add(new Row(row.style, its));
            cells = Collections.nCopies(widths.length, "");
        }
        return parts;
    }

    private String line(Row row, int[] widths, boolean unicode) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            // Only the last column can have become narrower than its cells.
            String cell = Words.cut(row.cells.get(i), widths[i], unicode);
            String padding = " ".repeat(widths[i] - Words.width(cell));
            line.append(i == 0 ? "" : GAP);
            line.append(columns.get(i).kind == Kind.NUMBERS ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }
}
