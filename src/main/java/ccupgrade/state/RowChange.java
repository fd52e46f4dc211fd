package ccupgrade.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A table whose number of rows differs between two counts of {@link DatabaseReader#rowCounts}.
 *
 * @param before null when there was no such table
 * @param after null when there is no such table any more
 */
public record RowChange(
        String table, @Nullable Long before, @Nullable Long after) {

    /** The tables that differ, by name. Equal counts say nothing about equal rows. */
    public static List<RowChange> compare(Map<String, Long> before, Map<String, Long> after) {
        TreeSet<String> tables = new TreeSet<>(before.keySet());
        tables.addAll(after.keySet());
        List<RowChange> changes = new ArrayList<>();
        for (String table : tables) {
            RowChange change = new RowChange(table, before.get(table), after.get(table));
            if (!Objects.equals(change.before, change.after)) {
                changes.add(change);
            }
        }
        return List.copyOf(changes);
    }

    /** Had rows, and has none any more, or is gone: how a cascade of deletions during a migration shows. */
    public boolean lostAll() {
        return before != null && before > 0 && (after == null || after == 0);
    }
}
