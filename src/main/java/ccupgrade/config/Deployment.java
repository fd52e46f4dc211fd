package ccupgrade.config;

import java.nio.file.Path;

/**
 * One managed service and where everything of it lies. The only place that knows the names of ccupgrade's own files.
 *
 * @param home absolute; the working directory of the service and of its migrations
 */
public record Deployment(Path home, Config config) {

    /** The file that makes a directory a deployment. */
    public static final String CONFIG_FILE = "ccupgrade.toml";

    /** ccupgrade's own directory below the home. */
    public static final String DOT_DIRECTORY = ".ccupgrade";

    public Path dotDirectory() {
        return home.resolve(DOT_DIRECTORY);
    }

    public Path releases() {
        return home.resolve(config.releases().directory());
    }

    public Path link() {
        return home.resolve(config.releases().link());
    }

    public Path lock() {
        return dotDirectory().resolve("lock");
    }

    /** While it is there nobody starts the service: what the databases hold is between two versions. */
    public Path hold() {
        return dotDirectory().resolve("hold");
    }

    /** While it is there an operation has started the service and is watching it, and a reboot has to end the operation first. */
    public Path watch() {
        return dotDirectory().resolve("watch");
    }

    /** One directory an operation, named by its number: its journal, the kept output of its migration, its evidence. */
    public Path operations() {
        return dotDirectory().resolve("operations");
    }

    public Path operation(long number) {
        return operations().resolve(Long.toString(number));
    }

    public Path snapshots() {
        return dotDirectory().resolve("snapshots");
    }

    /** For private copies of databases that can be read in no other way. Nothing in it outlives a command. */
    public Path scratch() {
        return dotDirectory().resolve("scratch");
    }

    public Path ledger() {
        return dotDirectory().resolve("ledger.db");
    }

    /** What the built-in supervisor knows of the process that it started. */
    public Path supervisorRecord() {
        return dotDirectory().resolve("service.json");
    }

    /** The output of a service that the built-in supervisor started. */
    public Path serviceLog() {
        return dotDirectory().resolve("service.log");
    }
}
