package ccupgrade.architecture.wrong.config;

import ccupgrade.architecture.wrong.disk.KnowsAFault;
import ccupgrade.architecture.wrong.fault.KnowsItsConfig;

public interface KnowsTheDisk {
    KnowsAFault disk();

    KnowsItsConfig fault();
}
