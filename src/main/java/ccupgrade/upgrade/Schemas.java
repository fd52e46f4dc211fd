package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.state.SchemaVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The schemas of all databases of a deployment at one moment, by the name a reader knows the database by. */
record Schemas(Map<String, Optional<SchemaVersion>> byDatabase) {

    private static final String ABSENT = "absent";

    static Schemas read(Site site) throws Fault, IOException {
        return read(site, site.databases());
    }

    static Schemas read(Site site, List<Path> databases) throws Fault, IOException {
        Map<String, Optional<SchemaVersion>> schemas = new TreeMap<>();
        for (Path database : databases) {
            schemas.put(site.nameOf(database), site.reader().schema(database));
        }
        return new Schemas(schemas);
    }

    /** Equal at two moments only if nothing changed a schema in between. A database that is absent is as if it were not there. */
    String identity() {
        return byDatabase.entrySet().stream()
                .filter(entry -> entry.getValue().isPresent())
                .map(entry -> entry.getKey() + "="
                        + entry.getValue().map(SchemaVersion::identity).orElse(ABSENT))
                .collect(Collectors.joining("\n"));
    }

    /** For a reader: the bare version where there is one database, {@code a.db 4, b.db 7} where there are more. */
    String text() {
        if (byDatabase.isEmpty()) {
            return "no database";
        }
        if (byDatabase.size() == 1) {
            return textOf(byDatabase.values().iterator().next());
        }
        return byDatabase.entrySet().stream()
                .map(entry -> entry.getKey() + " " + textOf(entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** The databases on which a migration began and did not end. */
    List<String> dirty() {
        return byDatabase.entrySet().stream()
                .filter(entry -> entry.getValue().map(SchemaVersion::dirty).orElse(false))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String textOf(Optional<SchemaVersion> schema) {
        return schema.map(SchemaVersion::text).orElse(ABSENT);
    }
}
