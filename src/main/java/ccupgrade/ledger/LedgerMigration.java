package ccupgrade.ledger;

import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteDataSource;

/** The only class that names Flyway, so that the virtual machine loads it with this one and not before. */
final class LedgerMigration {

    private LedgerMigration() {}

    /** Applies what is pending of the migrations in the resources. What failed is returned, because it may not matter. */
    static Optional<Exception> migrate(SQLiteDataSource source) {
        try {
            Flyway.configure(LedgerMigration.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:ccupgrade/ledger")
                    .failOnMissingLocations(true)
                    .loggers(SilentLog.class.getName())
                    .load()
                    .migrate();
            return Optional.empty();
        } catch (FlywayException e) {
            return Optional.of(e);
        }
    }
}
