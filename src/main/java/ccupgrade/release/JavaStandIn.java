package ccupgrade.release;

import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;

/** Takes the place of a migration class that is in the jar, so that Flyway can reckon with it although it must not be loaded. */
final class JavaStandIn implements JavaMigration {

    private final @Nullable String version;
    private final String description;
    private final @Nullable Integer checksum;

    /** @param checksum the applied one: whether the class was changed cannot be told, so it is taken as unchanged */
    JavaStandIn(@Nullable String version, String description, @Nullable Integer checksum) {
        this.version = version;
        this.description = description;
        this.checksum = checksum;
    }

    @Override
    public @Nullable MigrationVersion getVersion() {
        return version == null ? null : MigrationVersion.fromVersion(version);
    }

    @Override
    public String getDescription() {
        return description;
    }

    @Override
    public @Nullable Integer getChecksum() {
        return checksum;
    }

    @Override
    public boolean canExecuteInTransaction() {
        return true;
    }

    @Override
    public void migrate(Context context) {
        throw new IllegalStateException("only stands in for a comparison");
    }
}
