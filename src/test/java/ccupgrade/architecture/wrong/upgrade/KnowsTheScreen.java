package ccupgrade.architecture.wrong.upgrade;

import ccupgrade.architecture.wrong.cli.Blameless;

interface KnowsTheScreen {
    Blameless screen();
}
