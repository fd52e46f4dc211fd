package ccupgrade.power;

/** What a deployment's state consists of, and how careful those are who write it. */
enum Setup {
    /** A database in WAL mode, and a migration that leaves its log behind without a sync. */
    LOG,
    /** A database with a rollback journal, and a migration that closes it. */
    JOURNAL,
    /** As {@link #LOG}, with a configuration file that is replaced, and an archive, kept by hard links, whose migration writes new files. */
    LINKS,
    /** The same with an archive that is kept by copies, because its migration writes into the files that are there. It syncs nothing. */
    COPIES;

    boolean hasLog() {
        return this != JOURNAL;
    }

    boolean isWhole() {
        return this == LINKS || this == COPIES;
    }

    /** @param scenario what is done to it, then what it is */
    static Setup of(String scenario) {
        for (Setup setup : values()) {
            if (scenario.endsWith("-" + setup.name().toLowerCase(java.util.Locale.ROOT))) {
                return setup;
            }
        }
        return LOG;
    }
}
