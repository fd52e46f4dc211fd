package ccupgrade.architecture.wrong.fault;

import ccupgrade.architecture.wrong.config.KnowsTheDisk;

public interface KnowsItsConfig {
    KnowsTheDisk config();
}
