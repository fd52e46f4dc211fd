package ccupgrade.state;

import org.jspecify.annotations.Nullable;

/**
 * One row of Flyway's history in a database.
 *
 * @param rank its order of installation
 * @param version null for a repeatable migration
 * @param type {@code SQL}, {@code JDBC}, {@code BASELINE}, {@code UNDO_SQL}, {@code DELETE}, …
 * @param checksum null where Flyway keeps none
 * @param success false for a migration that failed and may have left a part of its changes
 */
public record HistoryRow(
        int rank,
        @Nullable String version,
        String description,
        String type,
        String script,
        @Nullable Integer checksum,
        boolean success) {}
