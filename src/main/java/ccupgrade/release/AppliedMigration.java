package ccupgrade.release;

import org.jspecify.annotations.Nullable;

/**
 * One row of {@code flyway_schema_history}, as it is there.
 *
 * @param version null for a repeatable migration
 * @param type Flyway's word: {@code SQL}, {@code JDBC}, {@code BASELINE}…
 * @param checksum null where Flyway keeps none (Java migrations, baselines)
 */
public record AppliedMigration(
        int rank,
        @Nullable String version,
        String description,
        String type,
        String script,
        @Nullable Integer checksum,
        boolean success) {}
