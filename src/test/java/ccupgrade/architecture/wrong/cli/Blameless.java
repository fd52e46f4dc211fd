package ccupgrade.architecture.wrong.cli;

import ccupgrade.architecture.wrong.config.KnowsTheDisk;
import picocli.CommandLine;

/** Keeps every rule: it may know picocli and what lies below it. */
public interface Blameless {
    CommandLine line();

    KnowsTheDisk config();
}
