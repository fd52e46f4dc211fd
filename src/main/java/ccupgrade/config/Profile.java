package ccupgrade.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A kind of service, and the defaults that fit it. */
enum Profile {
    /** One executable jar with SQLite databases below {@code var}. */
    JAR {
        @Override
        Config defaults(String name) {
            return new Config(
                    name,
                    key(),
                    new Config.Service(
                            Config.Manager.PROCESS,
                            null,
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            Map.of(),
                            null,
                            null,
                            Duration.ofSeconds(90),
                            Duration.ofSeconds(60)),
                    new Config.State(List.of("var/*.db")),
                    new Config.Migrations(List.of()),
                    new Config.Health(null, null, List.of(), Duration.ofMinutes(2), Duration.ofSeconds(5)),
                    new Config.Rehearsal(Map.of(), List.of(), null, null, List.of()),
                    new Config.Releases("releases", "releases/current"),
                    Config.Versions.NOT_ASKED,
                    Config.Retention.ALL,
                    Config.Hooks.DEFAULT,
                    Config.Monitoring.DEFAULT);
        }
    },

    /**
     * ClusterCockpit's cc-backend, with its job archive and its configuration.
     *
     * @see <a href="https://clustercockpit.org/docs/">its documentation</a>
     */
    CC_BACKEND {
        @Override
        Config defaults(String name) {
            Config jar = JAR.defaults(name);
            return new Config(
                    name,
                    key(),
                    jar.service(),
                    new Config.State(
                            List.of("var/job.db"),
                            List.of("config.json", ".env"),
                            new Config.Archive("var/job-archive", "version.txt", false),
                            true,
                            0),
                    new Config.Migrations(List.of(
                            new Config.Migration(
                                    "database",
                                    Config.Subject.DATABASE,
                                    List.of("-migrate-db"),
                                    List.of(),
                                    LONGEST_MIGRATION,
                                    null,
                                    Map.of()),
                            new Config.Migration(
                                    "archive",
                                    Config.Subject.ARCHIVE,
                                    List.of(),
                                    List.of("{release-dir}/archive-migration", "--archive", "{archive}"),
                                    LONGEST_MIGRATION,
                                    // It asks whether there is a backup; any other answer ends it well with nothing
                                    // done.
                                    "y\n",
                                    Map.of()))),
                    jar.health(),
                    jar.rehearsal(),
                    new Config.Releases(
                            "releases", "cc-backend", Config.LinkTo.EXECUTABLE, "cc-backend", false, List.of()),
                    new Config.Versions(
                            List.of("{release}", "-version"),
                            Pattern.compile("(?m)^Version:\\s*(\\S+)"),
                            Pattern.compile("SQL db version:\\s*(\\d+)"),
                            Pattern.compile("Job archive version:\\s*(\\d+)")),
                    jar.retention(),
                    jar.hooks(),
                    jar.monitoring());
        }
    };

    static final Duration LONGEST_MIGRATION = Duration.ofHours(6);

    abstract Config defaults(String name);

    /** As the file writes it. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Profile> of(String key) {
        return Arrays.stream(values())
                .filter(profile -> profile.key().equals(key))
                .findFirst();
    }

    static String keys() {
        return Arrays.stream(values()).map(Profile::key).collect(Collectors.joining(", "));
    }
}
