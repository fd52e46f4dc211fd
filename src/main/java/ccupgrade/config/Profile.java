package ccupgrade.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
                            Duration.ofSeconds(90),
                            Duration.ofSeconds(60)),
                    new Config.State(List.of("var/*.db")),
                    new Config.Migration(List.of(), List.of(), Duration.ofHours(6)),
                    new Config.Health(null, null, List.of(), Duration.ofMinutes(2), Duration.ofSeconds(5)),
                    new Config.Rehearsal(Map.of(), List.of(), null, null, List.of()),
                    new Config.Releases("releases", "releases/current"));
        }
    };

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
