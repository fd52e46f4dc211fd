package ccupgrade.architecture.wrong.disk;

import ccupgrade.architecture.wrong.fault.KnowsItsConfig;

public interface KnowsAFault {
    KnowsItsConfig fault();
}
