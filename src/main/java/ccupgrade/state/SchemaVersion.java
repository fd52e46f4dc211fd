package ccupgrade.state;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which schema a database has.
 *
 * @param version as its keeper writes it; null when it keeps none, or keeps a table without a row
 * @param dirty a migration began and did not end: no release starts on this
 * @param fingerprint SHA-256 of all definitions of tables, indexes, views and triggers, without SQLite's own
 * @param flywayHistory in the order of installation; empty for every other kind
 */
public record SchemaVersion(
        VersionKind kind, @Nullable String version, boolean dirty, String fingerprint, List<HistoryRow> flywayHistory) {

    public SchemaVersion {
        flywayHistory = List.copyOf(flywayHistory);
    }

    /** For a reader: {@code 8}, {@code 8 (dirty)}, {@code none}. */
    public String text() {
        return (version == null ? "none" : version) + (dirty ? " (dirty)" : "");
    }

    /**
     * Equal for two databases only if no migration lies between them. Flyway's number of rows takes part, because a migration can change
     * rows alone, and a repeatable one has no version.
     */
    public String identity() {
        String history = flywayHistory.isEmpty() ? "" : "@" + flywayHistory.size();
        return kind.name().toLowerCase(Locale.ROOT) + ":" + text() + history + ":" + fingerprint;
    }
}
