package ccupgrade.upgrade;

import ccupgrade.state.RowChange;
import ccupgrade.state.SavedDatabase;
import ccupgrade.state.SavedFile;
import ccupgrade.state.Snapshot;
import ccupgrade.words.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows per table before and after, one line a table, as the journal keeps them: database, table, before, after, parted by tabs. */
final class RowsText {

    private static final String NONE = "-";

    /** One line. A count is null where there was no such table. */
    record Line(
            String database,
            String table,
            @Nullable Long before,
            @Nullable Long after) {}

    private RowsText() {}

    static String write(Map<String, Map<String, Long>> before, Map<String, Map<String, Long>> after) {
        StringBuilder text = new StringBuilder();
        Map<String, Map<String, Long>> databases = new TreeMap<>(before);
        databases.putAll(after);
        for (String database : databases.keySet()) {
            Map<String, Long> was = before.getOrDefault(database, Map.of());
            Map<String, Long> is = after.getOrDefault(database, Map.of());
            Map<String, Long> tables = new TreeMap<>(was);
            tables.putAll(is);
            for (String table : tables.keySet()) {
                text.append(database)
                        .append('\t')
                        // A table may be called anything; the format may not suffer from it.
                        .append(table.replace('\t', ' ').replace('\n', ' '))
                        .append('\t')
                        .append(count(was.get(table)))
                        .append('\t')
                        .append(count(is.get(table)))
                        .append('\n');
            }
        }
        return text.toString();
    }

    /** Of each database of a snapshot; none where they are not known yet. */
    static Map<String, Map<String, Long>> of(Snapshot snapshot) {
        Map<String, Map<String, Long>> rows = new TreeMap<>();
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            rows.put(
                    database.path(),
                    saved == null ? Map.of() : Objects.requireNonNullElse(saved.rows(), Map.<String, Long>of()));
        }
        return rows;
    }

    static List<Line> read(@Nullable String text) {
        List<Line> lines = new ArrayList<>();
        for (String line : text == null ? List.<String>of() : text.lines().toList()) {
            List<String> fields = List.of(line.split("\t", -1));
            lines.add(new Line(fields.get(0), fields.get(1), count(fields.get(2)), count(fields.get(3))));
        }
        return lines;
    }

    /** The tables whose number of rows differs, for a reader. */
    static List<String> changes(@Nullable String text) {
        return read(text).stream()
                .filter(line -> !Objects.equals(line.before(), line.after()))
                .map(line -> describe(new RowChange(line.table(), line.before(), line.after())))
                .toList();
    }

    /** {@code jobs: 1,204 more (1,000 → 2,204)}. */
    static String describe(RowChange change) {
        Long before = change.before();
        Long after = change.after();
        if (before == null) {
            return change.table() + ": new, " + number(after == null ? 0 : after);
        }
        if (after == null) {
            return change.table() + ": gone, had " + number(before);
        }
        long more = after - before;
        return Words.format(
                "%s: %s %s (%s → %s)",
                change.table(), number(Math.abs(more)), more > 0 ? "more" : "fewer", number(before), number(after));
    }

    private static String number(long rows) {
        return String.format(Locale.ROOT, "%,d", rows);
    }

    private static String count(@Nullable Long rows) {
        return rows == null ? NONE : rows.toString();
    }

    private static @Nullable Long count(String text) {
        return text.equals(NONE) ? null : Long.valueOf(text);
    }
}
