package ccupgrade.service;

import ccupgrade.fault.Fault;
import java.time.Duration;

/** Asks a service once whether it is well. */
public interface HealthCheck {

    /** @param seen what was asked and what came, for a reader: {@code GET http://…/health: HTTP 503} */
    record Probe(boolean healthy, String seen) {}

    /** @param limit how long the answer may take */
    Probe probe(Duration limit) throws Fault, InterruptedException;
}
