package ccupgrade.config;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ccupgrade init} found out by itself.
 *
 * @param name the deployment's
 * @param profile the kind of service, which gives the defaults
 * @param databases paths or patterns relative to the home; empty when none was found: the default is kept
 * @param files configuration files; empty: the default is kept
 * @param archive a directory tree with a version of its own; null when there is none, whatever the profile's default is
 * @param unit systemd's unit that runs the service now; null when there is none: the built-in supervisor is chosen
 * @param serviceArgs what follows the release on the service's command line; not written when there is a unit
 * @param migrationArgs with which the release migrates its databases and ends; empty: the default is kept
 * @param user the account that migrations have to run as; null where the unit says it, or nobody does
 * @param http where the service says that it is healthy; null when unknown
 * @param link through which the service is started; null: the default is kept
 * @param jar a file name to mention as the first to install; null when none was found
 */
public record Found(
        String name,
        String profile,
        List<String> databases,
        List<String> files,
        @Nullable String archive,
        @Nullable String unit,
        List<String> serviceArgs,
        List<String> migrationArgs,
        @Nullable String user,
        @Nullable URI http,
        @Nullable String link,
        @Nullable String jar) {

    public Found {
        databases = List.copyOf(databases);
        files = List.copyOf(files);
        serviceArgs = List.copyOf(serviceArgs);
        migrationArgs = List.copyOf(migrationArgs);
    }

    /** Of a service that is a jar. */
    public Found(
            String name,
            List<String> databases,
            @Nullable String unit,
            List<String> serviceArgs,
            List<String> migrationArgs,
            @Nullable URI http,
            @Nullable String jar) {
        this(
                name,
                Profile.JAR.key(),
                databases,
                List.of(),
                null,
                unit,
                serviceArgs,
                migrationArgs,
                null,
                http,
                null,
                jar);
    }

    /** Nothing but a name. */
    public static Found nothing(String name) {
        return new Found(name, List.of(), null, List.of(), List.of(), null, null);
    }
}
