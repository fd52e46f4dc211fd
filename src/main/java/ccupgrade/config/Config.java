package ccupgrade.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code ccupgrade.toml} with every default filled in. Paths and patterns are as written: {@link Deployment} resolves them. */
public record Config(
        String name,
        String profile,
        Service service,
        State state,
        Migration migration,
        Health health,
        Rehearsal rehearsal,
        Releases releases) {

    /** Who starts and stops the service. */
    public enum Manager {
        /** ccupgrade's built-in supervisor. */
        PROCESS,
        SYSTEMD,
        /** The commands {@code start}, {@code stop} and {@code status}. */
        COMMAND
    }

    /**
     * @param unit systemd's unit; null unless the manager is systemd
     * @param start with {@code stop} and {@code status}: commands, empty unless the manager is {@link Manager#COMMAND}
     * @param args what the built-in supervisor passes after the release; empty under another manager
     * @param environment added to what ccupgrade itself was started with; also for migrations
     * @param java the {@code java} that runs jars, as written: absolute or relative to the home; null: the one of {@code JAVA_HOME}, else of {@code PATH}
     */
    public record Service(
            Manager manager,
            @Nullable String unit,
            List<String> start,
            List<String> stop,
            List<String> status,
            List<String> args,
            Map<String, String> environment,
            @Nullable Path java,
            Duration stopTimeout,
            Duration startTimeout) {}

    /**
     * @param databases paths or glob patterns, relative to the home
     * @param compress whether snapshots are kept compressed
     * @param precopyRate bytes a second at most for what is copied while the service works; 0 for as fast as it goes
     */
    public record State(List<String> databases, boolean compress, long precopyRate) {

        /** As it is when only the databases are named. */
        public State(List<String> databases) {
            this(databases, true, 0);
        }
    }

    /**
     * At most one of {@code args} and {@code command} is not empty; when both are, releases migrate when they start.
     *
     * @param rehearseAbove bytes of database above which a release must have been rehearsed before it is installed
     */
    public record Migration(List<String> args, List<String> command, Duration timeout, long rehearseAbove) {

        /** As it is when nothing is said of rehearsals. */
        public Migration(List<String> args, List<String> command, Duration timeout) {
            this(args, command, timeout, 10_000_000_000L);
        }

        public boolean atStart() {
            return args.isEmpty() && command.isEmpty();
        }
    }

    /** A host and a port to connect to. */
    public record Address(String host, int port) {

        private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1");

        /** Where an {@code http} or {@code https} address leads. */
        static Address of(URI uri) {
            int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
            String host = uri.getHost();
            return new Address(
                    host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                    uri.getPort() == -1 ? usual : uri.getPort());
        }

        /** Without asking a name server. */
        boolean isSame(@Nullable Address other) {
            return other != null && port == other.port && plain(host).equals(plain(other.host));
        }

        private static String plain(String host) {
            String lower = host.toLowerCase(Locale.ROOT);
            return THIS_MACHINE.contains(lower) ? "localhost" : lower;
        }

        @Override
        public String toString() {
            // An IPv6 address has colons of its own.
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /**
     * At most one of the first three is given; when none is, a service is healthy that runs and keeps running.
     *
     * @param timeout how long it may take from the start to the first healthy answer; covers a migration at start
     * @param stable how long it must stay healthy after that
     */
    public record Health(
            @Nullable URI http, @Nullable Address tcp, List<String> command, Duration timeout, Duration stable) {

        /** Where the service is asked; null when that is not at an address. */
        public @Nullable Address address() {
            return http == null ? tcp : Address.of(http);
        }
    }

    /**
     * How a rehearsed release is started on the copy, so that it doesn't listen where the service does. At most one of the last three
     * is given.
     *
     * @param environment that of the service, with what differs
     * @param args what follows the release on the command line
     */
    public record Rehearsal(
            Map<String, String> environment,
            List<String> args,
            @Nullable URI http,
            @Nullable Address tcp,
            List<String> command) {

        /** Only what can be asked is started. */
        public boolean starts() {
            return http != null || tcp != null || !command.isEmpty();
        }

        /** Where it is asked; null when that is not at an address. */
        public @Nullable Address address() {
            return http == null ? tcp : Address.of(http);
        }
    }

    /** Both relative to the home, or absolute. */
    public record Releases(String directory, String link) {}
}
