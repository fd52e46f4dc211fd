package ccupgrade.state;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The copy of a database. {@link SnapshotStore#settle} makes one checked, hashed file of what was copied in haste.
 *
 * @param file its name in the snapshot's directory; compressed, {@code .zst} is added to it
 * @param size bytes of that file, uncompressed
 * @param form what is there
 * @param logSize bytes of the log beside it; 0 where there is none
 * @param sha256 of the file, uncompressed; null as long as it is not settled
 * @param compressedSize bytes; 0 when it is not compressed
 * @param owner of the database, and of the copy
 * @param rows of each table, counted while the service worked, so that some may have been added since; null when not counted
 * @param integrity {@link #UNCHECKED}, {@link #INTACT}, or what is wrong, line by line
 */
public record SavedFile(
        String file,
        long size,
        Form form,
        long logSize,
        @Nullable String sha256,
        long compressedSize,
        FileOwner owner,
        SchemaVersion schema,
        @Nullable Map<String, Long> rows,
        List<String> integrity) {

    /** What is there of a database. */
    public enum Form {
        /** The file and its log. Neither is anything without the other. */
        WITH_LOG,
        /** The log is being folded into the file: what is left of it belongs to it, and none need be left. */
        FOLDING,
        /** One file. */
        ALONE,
        /** One compressed file. */
        COMPRESSED
    }

    /** No thorough check was made yet. */
    public static final List<String> UNCHECKED = List.of("unchecked");

    public static final List<String> INTACT = List.of("ok");

    public SavedFile {
        // Manifests of format 1 do not tell it.
        form = Objects.requireNonNullElse(form, Form.ALONE);
        rows = rows == null ? null : Collections.unmodifiableMap(new TreeMap<>(rows));
        integrity = List.copyOf(integrity);
    }

    /** False only when a thorough check was made and found something. */
    public boolean isSound() {
        return integrity.equals(UNCHECKED) || integrity.equals(INTACT);
    }

    SavedFile as(Form newForm, long newSize) {
        long log = newForm == Form.ALONE || newForm == Form.COMPRESSED ? 0 : logSize;
        return new SavedFile(file, newSize, newForm, log, sha256, 0, owner, schema, rows, integrity);
    }

    SavedFile settled(String newSha256, Map<String, Long> newRows, List<String> findings) {
        return new SavedFile(
                file,
                size,
                form,
                logSize,
                newSha256,
                compressedSize,
                owner,
                schema,
                newRows,
                findings.isEmpty() ? INTACT : findings);
    }

    SavedFile compressedTo(long bytes) {
        return new SavedFile(file, size, Form.COMPRESSED, 0, sha256, bytes, owner, schema, rows, integrity);
    }

    /** Bytes that it takes. */
    long sizeOnDisk() {
        return form == Form.COMPRESSED ? compressedSize : size + logSize;
    }
}
