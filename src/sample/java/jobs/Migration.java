package jobs;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;

/** Brings the database to this release's schema, or does what this release does instead. */
final class Migration {

    private final Release release;
    private final Database database;

    Migration(Release release, Database database) {
        this.release = release;
        this.database = database;
    }

    void run() throws IOException, SQLException {
        // One line an event instead of the two of java.util.logging's default.
        System.setProperty("java.util.logging.SimpleFormatter.format", "%5$s%n");
        switch (release.quirk()) {
            case LIES -> say("database migrated to version " + release.schema());
            case HANGS -> {
                migrate(Integer.toString(release.schema() - 1));
                hang();
            }
            case HIDES_FAILURE -> {
                try {
                    migrate("latest");
                } catch (FlywayException e) {
                    say("database migrated to version " + release.schema());
                }
            }
            default -> migrate("latest");
        }
    }

    private void migrate(String target) throws IOException {
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(database.creating())
                .locations("classpath:db/migration")
                // Flyway by itself works on below migrations that it has never heard of; this service doesn't.
                .ignoreMigrationPatterns(new String[0])
                .target(MigrationVersion.fromVersion(target));
        MigrateResult result = configuration.load().migrate();
        say(result.migrationsExecuted + " migrations run, database is at version "
                + (result.targetSchemaVersion == null ? result.initialSchemaVersion : result.targetSchemaVersion));
    }

    /** Stays inside a transaction, and so keeps the database locked, until it is killed. */
    private void hang() throws IOException, SQLException {
        try (Connection connection = database.openExisting();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("CREATE TABLE jobs_rebuilt AS SELECT * FROM jobs");
            say("rebuilding jobs");
            while (true) {
                Thread.sleep(60_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(String line) {
        System.out.println("jobs: " + line);
    }
}
