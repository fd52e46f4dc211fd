package ccupgrade.config;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ccupgrade init} found out by itself.
 *
 * @param name the deployment's
 * @param databases paths or patterns relative to the home; empty when none was found: the default is kept
 * @param unit systemd's unit that runs the service now; null when there is none: the built-in supervisor is chosen
 * @param serviceArgs what follows the release on the service's command line; not written when there is a unit
 * @param migrationArgs with which the release migrates and ends; empty where it migrates at start
 * @param http where the service says that it is healthy; null when unknown
 * @param jar a file name to mention as the first to install; null when none was found
 */
public record Found(
        String name,
        List<String> databases,
        @Nullable String unit,
        List<String> serviceArgs,
        List<String> migrationArgs,
        @Nullable URI http,
        @Nullable String jar) {

    public Found {
        databases = List.copyOf(databases);
        serviceArgs = List.copyOf(serviceArgs);
        migrationArgs = List.copyOf(migrationArgs);
    }

    /** Nothing but a name. */
    public static Found nothing(String name) {
        return new Found(name, List.of(), null, List.of(), List.of(), null, null);
    }
}
