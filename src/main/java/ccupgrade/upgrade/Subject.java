package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.util.List;

/** What a checkup looks at, beside the gates of an install. */
@FunctionalInterface
interface Subject {

    /** Changes nothing. A fault is a finding, too. */
    List<Finding> findings() throws Fault, IOException, InterruptedException;
}
