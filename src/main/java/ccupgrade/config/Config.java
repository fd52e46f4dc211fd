package ccupgrade.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code ccupgrade.toml} with every default filled in. Paths and patterns are as written: {@link Deployment} resolves them. */
public record Config(
        String name,
        String profile,
        Service service,
        State state,
        Migrations migrations,
        Health health,
        Rehearsal rehearsal,
        Releases releases,
        Versions versions,
        Retention retention,
        Hooks hooks,
        Monitoring monitoring) {

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
     * @param user the account that the service and its migrations run as, where a unit of systemd's does not say it; null: whoever asks
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
            @Nullable String user,
            @Nullable Path java,
            Duration stopTimeout,
            Duration startTimeout) {}

    /**
     * All that an upgrade may change besides the release; kept and put back together.
     *
     * @param databases paths or glob patterns, relative to the home
     * @param files configuration files, relative to the home; one that is not there is kept as not there
     * @param archive a directory tree that has a version of its own; null where there is none
     * @param compress whether snapshots are kept compressed
     * @param precopyRate bytes a second at most for what is copied while the service works; 0 for as fast as it goes
     */
    public record State(
            List<String> databases,
            List<String> files,
            @Nullable Archive archive,
            boolean compress,
            long precopyRate) {

        /** As it is when only the databases are named. */
        public State(List<String> databases) {
            this(databases, List.of(), null, true, 0);
        }
    }

    /**
     * A directory tree, perhaps of millions of files.
     *
     * @param path relative to the home, or absolute
     * @param versionFile in it; holds one unsigned integer
     * @param rewritesFiles whether what migrates it writes new files and never into old ones, so that hard links keep the old ones
     */
    public record Archive(String path, String versionFile, boolean rewritesFiles) {}

    /**
     * What raises the state to a new release's version.
     *
     * @param steps in the order in which they are run; empty when releases migrate when they start
     * @param rehearseAbove bytes of database above which a release must have been rehearsed before it is installed
     */
    public record Migrations(List<Migration> steps, long rehearseAbove) {

        static final long REHEARSE_ABOVE = 10_000_000_000L;

        public Migrations(List<Migration> steps) {
            this(steps, REHEARSE_ABOVE);
        }

        public boolean atStart() {
            return steps.isEmpty();
        }
    }

    /** What a migration is to raise the version of. */
    public enum Subject {
        DATABASE,
        ARCHIVE
    }

    /**
     * One command. Exactly one of {@code args} and {@code command} is not empty.
     *
     * @param name for readers, unique among the migrations, and fit for a file name
     * @param args with which the release is run, migrates and ends
     * @param stdin what it is given on its standard input; null: nothing
     * @param environment added to that of the service
     */
    public record Migration(
            String name,
            Subject of,
            List<String> args,
            List<String> command,
            Duration timeout,
            @Nullable String stdin,
            Map<String, String> environment) {}

    /**
     * How a release is asked which versions of the state it works on, before it sees any of it.
     *
     * @param command {@code {release}} and its arguments; empty: it is not asked
     * @param version what is looked for in the answer; its only group is the version of the release itself. Null: nothing
     * @param database the same for that of the databases' schema
     * @param archive the same for that of the archive
     */
    public record Versions(
            List<String> command,
            @Nullable Pattern version,
            @Nullable Pattern database,
            @Nullable Pattern archive) {

        static final Versions NOT_ASKED = new Versions(List.of(), null, null, null);
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

    /**
     * What may be deleted once it is no longer needed. What a rollback needs is never deleted, whatever is said here.
     *
     * @param releases how many of the newest are kept; 0: all
     * @param snapshots the same
     * @param age of releases and snapshots, above which they go; null: any
     * @param totalSize bytes of releases and snapshots together, above which the oldest go; 0: any
     * @param evidenceAge of what failed operations have left, above which it goes; null: any
     */
    public record Retention(
            int releases,
            int snapshots,
            @Nullable Duration age,
            long totalSize,
            @Nullable Duration evidenceAge) {

        public static final Retention ALL = new Retention(0, 0, null, 0, null);

        /** False when nothing is ever to be deleted. */
        public boolean limits() {
            return releases != 0 || snapshots != 0 || age != null || totalSize != 0 || evidenceAge != null;
        }
    }

    /**
     * Programs that are run at certain moments of an install or a rollback.
     *
     * @param directory relative to the home, or absolute; need not be there
     * @param timeout of each of them
     */
    public record Hooks(String directory, Duration timeout) {

        public static final Hooks DEFAULT = new Hooks("hooks", Duration.ofMinutes(1));
    }

    /**
     * What others are told of the operations.
     *
     * @param textfile what node_exporter reads, relative to the home, or absolute; null: nothing is written for it
     * @param journal whether systemd's journal is told, where there is one
     */
    public record Monitoring(@Nullable String textfile, boolean journal) {

        public static final Monitoring DEFAULT = new Monitoring(null, true);
    }

    /** What the link names of a release that is a directory. */
    public enum LinkTo {
        EXECUTABLE,
        DIRECTORY
    }

    /**
     * @param directory relative to the home, or absolute
     * @param link the same
     * @param executable what is run of an archive, relative to its root; null: the only candidate
     * @param requireSignature whether a release without a valid signature by one of the keys is refused
     * @param keys files with public keys, relative to the home, or absolute
     */
    public record Releases(
            String directory,
            String link,
            LinkTo linkTo,
            @Nullable String executable,
            boolean requireSignature,
            List<String> keys) {

        public Releases(String directory, String link) {
            this(directory, link, LinkTo.EXECUTABLE, null, false, List.of());
        }
    }
}
