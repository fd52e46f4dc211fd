package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The tables that have rows at one moment. To see whether a table has any takes no longer for a large one, so that a table that a
 * migration empties, as a cascade of deletions does without an error, is seen before the release is started.
 */
record FilledTables(List<Table> tables) {

    /** @param database as a reader knows it */
    record Table(String database, String name) {}

    static FilledTables read(Site site) throws Fault, IOException {
        List<Table> tables = new ArrayList<>();
        for (Path database : site.databases()) {
            for (String name : site.reader().filledTables(database)) {
                // A table may be called anything; the format may not suffer from it.
                tables.add(
                        new Table(site.nameOf(database), name.replace('\t', ' ').replace('\n', ' ')));
            }
        }
        return new FilledTables(List.copyOf(tables));
    }

    static FilledTables of(String text) {
        return new FilledTables(text.lines()
                .map(line -> line.split("\t", 2))
                .map(fields -> new Table(fields[0], fields[1]))
                .toList());
    }

    /** As the journal keeps them: a line each. */
    String text() {
        return tables.stream().map(table -> table.database + "\t" + table.name).collect(Collectors.joining("\n"));
    }

    FilledTables without(FilledTables others) {
        return new FilledTables(
                tables.stream().filter(table -> !others.tables.contains(table)).toList());
    }
}
