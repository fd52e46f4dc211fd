package ccupgrade.architecture.wrong.upgrade;

import picocli.CommandLine;

interface ReadsOptions {
    CommandLine line();
}
