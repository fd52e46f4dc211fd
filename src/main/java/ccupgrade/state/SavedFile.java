package ccupgrade.state;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The copy of a database: one file, with nothing beside it.
 *
 * @param file its name in the snapshot's directory
 * @param size bytes
 * @param sha256 of that file
 * @param owner of the database, and of the copy
 * @param rows of each table
 * @param integrity {@link #UNCHECKED}, {@link #INTACT}, or what is wrong, line by line
 */
public record SavedFile(
        String file,
        long size,
        String sha256,
        FileOwner owner,
        SchemaVersion schema,
        Map<String, Long> rows,
        List<String> integrity) {

    /** Only the quick check was made, without which there is no snapshot. */
    public static final List<String> UNCHECKED = List.of("unchecked");

    public static final List<String> INTACT = List.of("ok");

    public SavedFile {
        rows = Collections.unmodifiableMap(new TreeMap<>(rows));
        integrity = List.copyOf(integrity);
    }

    /** False only when a thorough check was made and found something. */
    public boolean isSound() {
        return integrity.equals(UNCHECKED) || integrity.equals(INTACT);
    }

    SavedFile withIntegrity(List<String> findings) {
        return new SavedFile(file, size, sha256, owner, schema, rows, findings.isEmpty() ? INTACT : findings);
    }
}
