package ccupgrade.architecture.wrong.state;

import org.flywaydb.core.Flyway;

interface Migrates {
    Flyway flyway();
}
