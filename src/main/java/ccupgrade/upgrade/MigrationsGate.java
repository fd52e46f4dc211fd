package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.AppliedMigration;
import ccupgrade.release.EmbeddedMigration;
import ccupgrade.release.EmbeddedMigrations;
import ccupgrade.release.Inspection;
import ccupgrade.release.MigrationComparison;
import ccupgrade.state.HistoryRow;
import ccupgrade.state.SchemaVersion;
import ccupgrade.state.VersionKind;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the migrations that a release embeds go on from those that were applied to the databases. */
final class MigrationsGate {

    private static final int MOST_NAMED = 5;

    private final List<Finding> findings;

    /** @param findings where what is found is added */
    MigrationsGate(List<Finding> findings) {
        this.findings = findings;
    }

    /**
     * @param schemas of the databases that are there
     * @return how many are pending; empty where that is not known
     * @throws Refused when it says no
     */
    Optional<Integer> check(Path release, Inspection inspection, Collection<SchemaVersion> schemas)
            throws Fault, IOException {
        List<SchemaVersion> withHistory = schemas.stream()
                .filter(schema -> schema.kind() == VersionKind.FLYWAY)
                .toList();
        if (inspection.migrations().isEmpty()) {
            // Of what Java does not run nobody would expect it.
            if (inspection.needsJava()) {
                findings.add(
                        Finding.note("migrations", "the jar embeds none that could be compared with the database"));
            }
            return Optional.empty();
        }
        if (withHistory.isEmpty() && schemas.stream().anyMatch(s -> s.kind() != VersionKind.NONE)) {
            findings.add(Finding.note("migrations", "the database's version is not one that Flyway keeps"));
            return Optional.empty();
        }
        if (withHistory.size() > 1) {
            findings.add(Finding.note(
                    "migrations", "several databases have a history: it is not known whose the jar's are"));
            return Optional.empty();
        }
        List<AppliedMigration> applied = withHistory.isEmpty() ? List.of() : rows(withHistory.get(0));
        MigrationComparison comparison = new EmbeddedMigrations(new SecureRandom()).compare(release, applied);
        refuseMismatch(comparison);
        if (!comparison.skipped().isEmpty()) {
            findings.add(Finding.warning(
                    "migrations",
                    "older than what is applied, and never applied, which Flyway refuses by default: "
                            + labels(comparison.skipped())));
        }
        findings.add(Finding.ok("migrations", describePending(comparison.pending())));
        boolean withRepeatable = comparison.pending().stream().anyMatch(migration -> migration.version() == null);
        // A class may decide by itself whether it has anything to do.
        boolean countable =
                !withRepeatable && comparison.pending().stream().allMatch(m -> m.kind() != EmbeddedMigration.Kind.JAVA);
        return countable || !comparison.pending().isEmpty()
                ? Optional.of(comparison.pending().size())
                : Optional.empty();
    }

    private static void refuseMismatch(MigrationComparison comparison) throws Refused {
        if (!comparison.unknown().isEmpty()) {
            throw new Refused(
                    "cannot install this release: it does not know what is already applied to the database: "
                            + String.join(", ", comparison.unknown()),
                    "it is older than the state; to go back, with the state: ccupgrade rollback");
        }
        if (!comparison.differing().isEmpty()) {
            throw new Refused(
                    "cannot install this release: its migrations are not those that were applied to the database: "
                            + String.join(", ", comparison.differing()),
                    "ask whoever made the release why an applied migration was altered");
        }
        if (!comparison.failed().isEmpty()) {
            throw new Refused(
                    "cannot upgrade: a migration failed earlier: " + String.join(", ", comparison.failed()),
                    "restore the state from before it");
        }
    }

    private static String describePending(List<EmbeddedMigration> pending) {
        if (pending.isEmpty()) {
            return "none pending";
        }
        return pending.size() + " pending: " + labels(pending);
    }

    private static String labels(List<EmbeddedMigration> migrations) {
        String named = migrations.stream()
                .limit(MOST_NAMED)
                .map(EmbeddedMigration::label)
                .collect(Collectors.joining(", "));
        int more = migrations.size() - MOST_NAMED;
        return named + (more > 0 ? " and " + more + " more" : "");
    }

    static List<AppliedMigration> rows(SchemaVersion schema) {
        return schema.flywayHistory().stream().map(MigrationsGate::row).toList();
    }

    private static AppliedMigration row(HistoryRow row) {
        return new AppliedMigration(
                row.rank(), row.version(), row.description(), row.type(), row.script(), row.checksum(), row.success());
    }
}
