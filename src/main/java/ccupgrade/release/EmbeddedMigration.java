package ccupgrade.release;

import org.jspecify.annotations.Nullable;

/**
 * A Flyway migration that a jar carries.
 *
 * @param version null for a repeatable one
 * @param script its path in the jar; inside a nested jar {@code BOOT-INF/lib/x.jar!/db/migration/V1__x.sql}
 */
public record EmbeddedMigration(@Nullable String version, String description, String script, Kind kind) {

    /** What a migration is. */
    public enum Kind {
        SQL,
        /** A class: what it would do, and whether it changed, cannot be known without running it. */
        JAVA,
        /** One script for an empty database in place of all up to its version. */
        BASELINE
    }

    /** {@code V4 add index}, {@code R refresh views}, {@code B3 whole schema}. */
    public String label() {
        return label(kind == Kind.BASELINE ? "B" : "V", version, description);
    }

    static String label(String prefix, @Nullable String version, String description) {
        return ((version == null ? "R" : prefix + version) + " " + description).strip();
    }
}
