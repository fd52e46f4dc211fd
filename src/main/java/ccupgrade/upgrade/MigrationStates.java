package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.release.AppliedMigration;
import ccupgrade.release.EmbeddedMigration;
import ccupgrade.release.EmbeddedMigrations;
import ccupgrade.release.Inspection;
import ccupgrade.release.MigrationComparison;
import ccupgrade.state.SchemaVersion;
import ccupgrade.state.VersionKind;
import ccupgrade.upgrade.ReleaseDetail.State;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a release's migrations stand to the live databases, one by one, where {@link MigrationsGate} only wants to know whether they fit.
 *
 * @param states in the order in which Flyway would run them
 * @param notInRelease labels of what is applied and not in the release
 * @param notCompared why the states are not known; null when they are
 */
record MigrationStates(
        List<Stated> states,
        List<String> notInRelease,
        @Nullable String notCompared) {

    static final MigrationStates NONE = new MigrationStates(List.of(), List.of(), null);

    /** One of the release's migrations. */
    record Stated(EmbeddedMigration migration, State state) {}

    static MigrationStates of(Schemas live, Path jar, Inspection inspection) throws IOException {
        if (inspection.migrations().isEmpty()) {
            return NONE;
        }
        try {
            List<SchemaVersion> schemas = live.byDatabase().values().stream()
                    .flatMap(Optional::stream)
                    .toList();
            List<SchemaVersion> flyways = schemas.stream()
                    .filter(schema -> schema.kind() == VersionKind.FLYWAY)
                    .toList();
            if (flyways.size() > 1) {
                return unknown(inspection, "several databases have a history: it is not known whose these are");
            }
            if (flyways.isEmpty() && schemas.stream().anyMatch(schema -> schema.kind() != VersionKind.NONE)) {
                return unknown(inspection, "the database's version is not one that Flyway keeps");
            }
            List<AppliedMigration> applied = flyways.isEmpty() ? List.of() : MigrationsGate.rows(flyways.get(0));
            return compared(jar, inspection, applied);
        } catch (Fault e) {
            return unknown(inspection, Overview.said(e));
        }
    }

    static MigrationStates unknown(Inspection inspection, @Nullable String why) {
        if (inspection.migrations().isEmpty()) {
            return NONE;
        }
        List<Stated> states = inspection.migrations().stream()
                .map(migration -> new Stated(migration, State.UNKNOWN))
                .toList();
        return new MigrationStates(states, List.of(), why);
    }

    private static MigrationStates compared(Path jar, Inspection inspection, List<AppliedMigration> applied)
            throws Fault, IOException {
        MigrationComparison comparison = new EmbeddedMigrations(new SecureRandom()).compare(jar, applied);
        List<Stated> states = inspection.migrations().stream()
                .map(migration -> new Stated(migration, state(migration, comparison, applied)))
                .toList();
        return new MigrationStates(states, comparison.unknown(), null);
    }

    private static State state(
            EmbeddedMigration migration, MigrationComparison comparison, List<AppliedMigration> applied) {
        if (isNamed(migration, comparison.failed())) {
            return State.FAILED;
        }
        if (isNamed(migration, comparison.differing())) {
            return State.DIFFERING;
        }
        if (isAmong(comparison.pending(), migration)) {
            return State.PENDING;
        }
        if (isAmong(comparison.skipped(), migration)) {
            return State.SKIPPED;
        }
        if (migration.kind() == EmbeddedMigration.Kind.BASELINE) {
            boolean used = applied.stream().anyMatch(row -> row.type().equals("SQL_BASELINE") && isOf(migration, row));
            return used ? State.APPLIED : State.NOT_NEEDED;
        }
        // Versions may be written differently (1, 1.0, 001), so only a baseline makes the lack of a row tell something.
        boolean underBaseline = applied.stream().anyMatch(row -> row.type().endsWith("BASELINE"))
                && applied.stream().noneMatch(row -> !row.type().endsWith("BASELINE") && isOf(migration, row));
        return underBaseline && migration.version() != null ? State.NOT_NEEDED : State.APPLIED;
    }

    /** By the place where it lies, of which each has its own. */
    private static boolean isAmong(List<EmbeddedMigration> some, EmbeddedMigration migration) {
        return some.stream().anyMatch(other -> other.script().equals(migration.script()));
    }

    private static boolean isOf(EmbeddedMigration migration, AppliedMigration row) {
        return migration.version() != null && migration.version().equals(row.version());
    }

    /** The comparison's labels begin with the version, and go on with one of two descriptions. */
    private static boolean isNamed(EmbeddedMigration migration, List<String> labels) {
        String name = migration.version() == null ? migration.label() : "V" + migration.version();
        return migration.kind() != EmbeddedMigration.Kind.BASELINE
                && labels.stream().anyMatch(label -> label.equals(name) || label.startsWith(name + " "));
    }
}
