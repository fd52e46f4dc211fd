package ccupgrade.upgrade;

import ccupgrade.config.Config.Manager;
import ccupgrade.fault.Fault;
import ccupgrade.service.Services;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The directory in which SQLite makes a migration's temporary files: those of a sort, of an index that is built, of a {@code VACUUM}. The
 * order is that of {@code unixTempFileDir} in SQLite.
 */
final class TemporaryPlace {

    private static final List<String> VARIABLES = List.of("SQLITE_TMPDIR", "TMPDIR");

    private static final List<String> USUAL = List.of("/var/tmp", "/usr/tmp", "/tmp");

    private TemporaryPlace() {}

    static Path of(Site site) throws InterruptedException {
        Map<String, String> environment = new HashMap<>();
        boolean inUnit =
                site.config().migrations().atStart() && site.config().service().manager() == Manager.SYSTEMD;
        if (!inUnit) {
            environment.putAll(site.surroundings().environment());
        }
        environment.putAll(ofUnit(site));
        if (!inUnit) {
            environment.putAll(site.config().service().environment());
        }
        return of(environment, site.deployment().home());
    }

    private static Map<String, String> ofUnit(Site site) throws InterruptedException {
        try {
            return Services.environmentOfUnit(
                    site.deployment(), site.surroundings().environment());
        } catch (Fault e) {
            // The gates that need the unit say so. Who may not read its files can still go by the usual places.
            return Map.of();
        }
    }

    /** @param directory where the migration is started */
    static Path of(Map<String, String> environment, Path directory) {
        return Stream.concat(
                        VARIABLES.stream()
                                .map(variable -> environment.getOrDefault(variable, ""))
                                .filter(value -> !value.isEmpty()),
                        USUAL.stream())
                .map(directory::resolve)
                .filter(place -> Files.isDirectory(place) && Files.isWritable(place) && Files.isExecutable(place))
                .findFirst()
                .orElse(directory);
    }
}
