package ccupgrade.upgrade;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells a table that a migration gave another name from one whose rows are lost: there is exactly one new table with the same columns and
 * as many rows.
 *
 * @param rowsBefore by table
 * @param objectsBefore tables, columns and indexes, as the reader of databases lists them
 */
record RenamedTables(
        Map<String, Long> rowsBefore,
        Map<String, Long> rowsAfter,
        Set<String> objectsBefore,
        Set<String> objectsAfter) {

    /** What a table that is gone is called now; empty when nothing looks like it. */
    Optional<String> nameNow(String gone) {
        Long rows = rowsBefore.get(gone);
        Set<String> columns = columns(gone, objectsBefore);
        if (rows == null || rowsAfter.containsKey(gone) || columns.isEmpty()) {
            return Optional.empty();
        }
        List<String> alike = rowsAfter.keySet().stream()
                .filter(table -> !rowsBefore.containsKey(table)
                        && rows.equals(rowsAfter.get(table))
                        && columns.equals(columns(table, objectsAfter)))
                .toList();
        return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
    }

    private static Set<String> columns(String table, Set<String> objects) {
        String prefix = "column " + table + ".";
        return objects.stream()
                .filter(object -> object.contains(prefix))
                .map(object -> object.substring(object.indexOf(prefix) + prefix.length()))
                .collect(Collectors.toSet());
    }
}
