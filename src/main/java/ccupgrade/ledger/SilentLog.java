package ccupgrade.ledger;

import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;

/**
 * Where Flyway's log goes: nowhere. It would print on standard error; all that matters of it comes as an exception. Public with a public
 * constructor, because Flyway makes it from its name.
 */
public final class SilentLog implements LogCreator, Log {

    @Override
    public Log createLogger(Class<?> owner) {
        return this;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public void debug(String message) {}

    @Override
    public void info(String message) {}

    @Override
    public void warn(String message) {}

    @Override
    public void error(String message) {}

    @Override
    public void error(String message, Exception e) {}

    @Override
    public void notice(String message) {}
}
