package ccupgrade.release;

import java.util.List;

/**
 * What a jar's migrations and a database's history say of each other. The lists of text hold labels like {@code V2 create jobs}.
 *
 * @param pending what the release would run, in its order; a repeatable one whose text has placeholders may be here although its
 *     outcome would be the same
 * @param unknown applied, but not in the jar: the database is newer than the release, or of another program
 * @param differing applied with another text, description or kind than the jar has; Flyway then refuses to go on
 * @param failed began and did not succeed; Flyway then refuses to go on
 * @param skipped in the jar, never applied, and older than the newest applied: Flyway refuses to go on unless the program allows
 *     migrations out of order (a history that shows that it does has them under {@code pending})
 */
public record MigrationComparison(
        List<EmbeddedMigration> pending,
        List<String> unknown,
        List<String> differing,
        List<String> failed,
        List<EmbeddedMigration> skipped) {

    public MigrationComparison {
        pending = List.copyOf(pending);
        unknown = List.copyOf(unknown);
        differing = List.copyOf(differing);
        failed = List.copyOf(failed);
        skipped = List.copyOf(skipped);
    }
}
