package ccupgrade.config;

import ccupgrade.config.Config.Address;
import ccupgrade.config.Config.Archive;
import ccupgrade.config.Config.Health;
import ccupgrade.config.Config.Hooks;
import ccupgrade.config.Config.LinkTo;
import ccupgrade.config.Config.Manager;
import ccupgrade.config.Config.Rehearsal;
import ccupgrade.config.Config.Releases;
import ccupgrade.config.Config.Retention;
import ccupgrade.config.Config.Service;
import ccupgrade.config.Config.State;
import ccupgrade.config.Config.Versions;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of the file, section by section. What it returns is only of use when no problem was reported. */
final class ConfigReader {

    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(\\[[0-9A-Fa-f:.]+(?:%[0-9A-Za-z]+)?]|[^:/\\[\\]\\s]+):([0-9]{1,5})");

    /** What systemd allows in a unit's name, and no leading dash: systemctl would take it for an option. */
    private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9:_.\\\\@][A-Za-z0-9:_.\\\\@-]*");

    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,255}");

    private final Section root;
    private final Path home;

    /** @param home absolute; nothing in it is read, relative paths are only compared with it */
    ConfigReader(TomlNode.Table toml, Path home, Problems problems) {
        this.root = Section.root(toml, problems);
        this.home = home;
    }

    Config read(String nameWhenAbsent) {
        Config defaults = profile().defaults(name(nameWhenAbsent));
        Section service = root.section("service");
        Section state = root.section("state");
        Section health = root.section("health");
        Section rehearsal = root.section("rehearsal");
        Section releases = root.section("releases");
        Section versions = root.section("versions");
        Section retention = root.section("retention");
        Section hooks = root.section("hooks");
        MonitoringReader monitoring = new MonitoringReader(root);
        MigrationReader migrations = new MigrationReader(root, rehearsal);
        Service readService = service(service, defaults.service());
        Health readHealth = health(health, defaults.health());
        Config config = new Config(
                defaults.name(),
                defaults.profile(),
                readService,
                state(state, defaults.state()),
                migrations.read(defaults.migrations()),
                readHealth,
                rehearsal(rehearsal, readService, readHealth),
                releases(releases, defaults.releases()),
                versions(versions, defaults.versions()),
                retention(retention, defaults.retention()),
                hooks(hooks, defaults.hooks()),
                monitoring.read(defaults.monitoring()));
        List<Section> all =
                new ArrayList<>(List.of(root, service, state, health, rehearsal, releases, versions, retention, hooks));
        all.addAll(migrations.sections());
        all.addAll(monitoring.sections());
        all.forEach(section -> section.reportUnknownKeys(all));
        return config;
    }

    static boolean isName(String name) {
        return !name.isBlank()
                && name.length() <= 100
                && name.indexOf('/') < 0
                && !Problems.UNPRINTABLE.matcher(name).find()
                && !name.equals(".")
                && !name.equals("..");
    }

    private String name(String absent) {
        String name = root.string("name");
        if (name == null) {
            return absent;
        }
        if (!isName(name)) {
            root.problem("name", "must be at most 100 printable characters without a slash");
        }
        return name;
    }

    private Profile profile() {
        String key = root.string("profile");
        if (key == null) {
            return Profile.JAR;
        }
        return Profile.of(key).orElseGet(() -> {
            root.problem("profile", "is \"" + key + "\", which is not a known profile; there is " + Profile.keys());
            return Profile.JAR;
        });
    }

    private Service service(Section section, Service defaults) {
        Manager manager = manager(section, defaults.manager());
        String unit = section.string("unit");
        if (unit != null && !UNIT.matcher(unit).matches()) {
            section.problem("unit", "is \"" + unit + "\", which is not the name of a systemd unit");
        }
        List<String> start = section.command("start");
        List<String> stop = section.command("stop");
        List<String> status = section.command("status");
        List<String> args = section.strings("args");
        if (manager != null) {
            belongs(section, manager, Manager.SYSTEMD, true, "unit");
            belongs(section, manager, Manager.COMMAND, true, "start", "stop", "status");
            belongs(section, manager, Manager.PROCESS, false, "args");
        }
        return new Service(
                manager == null ? defaults.manager() : manager,
                unit,
                start,
                stop,
                status,
                args == null ? defaults.args() : args,
                section.environment("environment"),
                user(section, defaults.user()),
                path(section, "java"),
                section.duration("stop-timeout", defaults.stopTimeout()),
                section.duration("start-timeout", defaults.startTimeout()));
    }

    private static @Nullable String user(Section section, @Nullable String absent) {
        String user = section.string("user");
        if (user != null && !USER.matcher(user).matches()) {
            section.problem("user", "is \"" + user + "\", which is not the name of an account");
        }
        return user == null ? absent : user;
    }

    /** Null when what is written is none, so that the rules that follow from it are not applied to a guess. */
    private static @Nullable Manager manager(Section section, Manager absent) {
        String key = section.string("manager");
        if (key == null) {
            return section.has("manager") ? null : absent;
        }
        for (Manager manager : Manager.values()) {
            if (key(manager).equals(key)) {
                return manager;
            }
        }
        String all = Arrays.stream(Manager.values()).map(ConfigReader::key).collect(Collectors.joining(", "));
        section.problem("manager", "is \"" + key + "\"; it must be one of " + all);
        return null;
    }

    private static String key(Manager manager) {
        return manager.name().toLowerCase(Locale.ROOT);
    }

    /** Keys of one manager beside another would be ignored, and who wrote them believes that they count. */
    private static void belongs(Section section, Manager chosen, Manager owner, boolean needed, String... keys) {
        for (String key : keys) {
            if (chosen != owner && section.has(key)) {
                section.problem(
                        key, "is only for manager = \"" + key(owner) + "\", and manager is \"" + key(chosen) + "\"");
            } else if (chosen == owner && needed && !section.has(key)) {
                section.problem("manager", "is \"" + key(owner) + "\", which needs " + section.dotted(key));
            }
        }
    }

    private State state(Section section, State defaults) {
        List<String> given = section.strings("databases");
        List<String> databases = given == null ? defaults.databases() : given;
        if (databases.isEmpty()) {
            section.problem("databases", "must name at least one database, such as \"var/*.db\"");
        }
        Set<String> seen = new HashSet<>();
        for (String database : databases) {
            if (!isPattern(database)) {
                section.problem("databases", "holds \"" + database + "\", which is neither a path nor a pattern");
            } else if (leavesHome(database)) {
                section.problem(
                        "databases",
                        "holds \"" + database + "\", which lies outside the home: write it as an absolute path");
            } else if (!seen.add(database)) {
                section.problem("databases", "holds \"" + database + "\" twice");
            }
        }
        return new State(
                databases,
                files(section, defaults.files()),
                archive(section, defaults.archive()),
                section.flag("compress", defaults.compress()),
                section.size("precopy-rate", defaults.precopyRate()));
    }

    private List<String> files(Section section, List<String> absent) {
        List<String> files = section.strings("files");
        if (files == null) {
            return absent;
        }
        Set<String> seen = new HashSet<>();
        for (String file : files) {
            if (!isPattern(file)
                    || leavesHome(file) && !home.getFileSystem().getPath(file).isAbsolute()) {
                section.problem("files", "holds \"" + file + "\", which is not the path of a file");
            } else if (!seen.add(file)) {
                section.problem("files", "holds \"" + file + "\" twice");
            }
        }
        return files;
    }

    private @Nullable Archive archive(Section section, @Nullable Archive absent) {
        boolean none = Boolean.FALSE.equals(section.raw("archive"));
        Path path = none ? null : path(section, "archive");
        String versionFile = section.string("archive-version-file");
        boolean rewrites = section.flag("archive-migration-writes-new-files", absent != null && absent.rewritesFiles());
        if (none) {
            return null;
        }
        if (path != null && home.resolve(path).normalize().equals(home)) {
            section.problem("archive", "is the home itself, which holds more than an archive");
        }
        if (versionFile != null && versionFile.contains("/")) {
            section.problem("archive-version-file", "must be the name of a file at the archive's root");
        }
        String where = path != null ? path.toString() : absent != null ? absent.path() : null;
        if (where == null) {
            for (String key : List.of("archive-version-file", "archive-migration-writes-new-files")) {
                if (section.has(key)) {
                    section.problem(key, "needs " + section.dotted("archive"));
                }
            }
            return null;
        }
        return new Archive(
                where,
                versionFile != null ? versionFile : absent != null ? absent.versionFile() : "version.txt",
                rewrites);
    }

    private boolean isPattern(String text) {
        try {
            // Only a path's own checks and a glob's: that something lies there is for the state package to see.
            return !text.isBlank()
                    && !home.getFileSystem()
                            .getPath(text)
                            .normalize()
                            .toString()
                            .isEmpty()
                    && !text.endsWith("/")
                    && home.getFileSystem().getPathMatcher("glob:" + text) != null;
        } catch (InvalidPathException | PatternSyntaxException e) {
            return false;
        }
    }

    private boolean leavesHome(String text) {
        Path path = home.getFileSystem().getPath(text).normalize();
        return !path.isAbsolute() && path.startsWith("..");
    }

    private static Health health(Section section, Health defaults) {
        URI http = http(section);
        Address tcp = tcp(section);
        List<String> command = section.command("command");
        checks(section);
        return new Health(
                http,
                tcp,
                command,
                section.duration("timeout", defaults.timeout()),
                section.durationOrZero("stable", defaults.stable()));
    }

    /** The keys of the checks that a section gives, of which it should be one. */
    private static List<String> checks(Section section) {
        List<String> given =
                Stream.of("http", "tcp", "command").filter(section::has).toList();
        for (String key : given.stream().skip(1).toList()) {
            section.problem(key, "and " + section.dotted(given.get(0)) + " exclude each other: give one check");
        }
        return given;
    }

    private static Rehearsal rehearsal(Section section, Service service, Health health) {
        Map<String, String> environment = new LinkedHashMap<>(service.environment());
        environment.putAll(section.environment("environment"));
        List<String> args = section.strings("args");
        Rehearsal rehearsal = new Rehearsal(
                Collections.unmodifiableMap(environment),
                args == null ? service.args() : args,
                http(section),
                tcp(section),
                section.command("command"));
        List<String> checks = checks(section);
        List<String> differing =
                Stream.of("environment", "args").filter(section::has).toList();
        if (checks.isEmpty() && !differing.isEmpty()) {
            section.problem(
                    differing.get(0),
                    "is of no use without a check of the release that it starts: http, tcp or command");
        }
        Address address = rehearsal.address();
        if (address == null) {
            return rehearsal;
        }
        if (address.isSame(health.address())) {
            section.problem(
                    checks.get(0),
                    "is where the service itself answers, by [health]: let the rehearsed release listen elsewhere");
        } else if (differing.isEmpty()) {
            section.problem(
                    checks.get(0),
                    "needs environment or args, so that the rehearsed release listens there and not where the service does");
        }
        return rehearsal;
    }

    private static @Nullable URI http(Section section) {
        String text = section.string("http");
        if (text == null) {
            return null;
        }
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https"))
                    && uri.getHost() != null
                    && (uri.getPort() == -1 || isPort(uri.getPort()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Told below, in the words of the file.
        }
        section.problem("http", "is \"" + text + "\"; it must be an address such as \"http://127.0.0.1:8080/health\"");
        return null;
    }

    private static @Nullable Address tcp(Section section) {
        String text = section.string("tcp");
        if (text == null) {
            return null;
        }
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (matcher.matches() && isPort(Integer.parseInt(matcher.group(2)))) {
            String host = matcher.group(1);
            return new Address(
                    host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                    Integer.parseInt(matcher.group(2)));
        }
        section.problem("tcp", "is \"" + text + "\"; it must be a host and a port, such as \"127.0.0.1:8080\"");
        return null;
    }

    private static boolean isPort(int number) {
        return number > 0 && number <= 65535;
    }

    private Releases releases(Section section, Releases defaults) {
        Path directory = path(section, "directory");
        Path link = path(section, "link");
        Releases releases = new Releases(
                directory == null ? defaults.directory() : directory.toString(),
                // Without a word on the link it stays where it is by default: in the directory.
                link != null
                        ? link.toString()
                        : directory != null && defaults.link().startsWith(defaults.directory() + "/")
                                ? directory.resolve("current").toString()
                                : defaults.link(),
                linkTo(section, defaults.linkTo()),
                executable(section, defaults.executable()),
                section.flag("require-signature", defaults.requireSignature()),
                keys(section, defaults.keys()));
        Path own = home.resolve(Deployment.DOT_DIRECTORY);
        Path finalDirectory = home.resolve(releases.directory()).normalize();
        Path finalLink = home.resolve(releases.link()).normalize();
        if (finalDirectory.startsWith(own)) {
            section.problem("directory", "must not lie in " + Deployment.DOT_DIRECTORY + ", which is ccupgrade's own");
        }
        if (finalLink.startsWith(own)) {
            section.problem("link", "must not lie in " + Deployment.DOT_DIRECTORY + ", which is ccupgrade's own");
        }
        if (finalDirectory.startsWith(finalLink) || home.startsWith(finalLink)) {
            section.problem("link", "is \"" + releases.link() + "\", which must stay a directory");
        }
        return releases;
    }

    private static LinkTo linkTo(Section section, LinkTo absent) {
        String text = section.string("link-to");
        if (text == null) {
            return absent;
        }
        for (LinkTo linkTo : LinkTo.values()) {
            if (linkTo.name().toLowerCase(Locale.ROOT).equals(text)) {
                return linkTo;
            }
        }
        section.problem("link-to", "is \"" + text + "\"; it must be \"executable\" or \"directory\"");
        return absent;
    }

    private @Nullable String executable(Section section, @Nullable String absent) {
        Path path = path(section, "executable");
        if (path == null) {
            return absent;
        }
        Path normal = path.normalize();
        if (path.isAbsolute() || normal.startsWith("..") || normal.toString().isEmpty()) {
            section.problem("executable", "is \"" + path + "\"; it must be a path inside the release's archive");
        }
        return normal.toString();
    }

    private static List<String> keys(Section section, List<String> absent) {
        List<String> keys = section.strings("keys");
        if (section.flag("require-signature", false) && (keys == null || keys.isEmpty())) {
            section.problem("require-signature", "needs " + section.dotted("keys") + ": files with the public keys");
        }
        return keys == null ? absent : keys;
    }

    private static Versions versions(Section section, Versions absent) {
        List<String> command = section.command("command");
        Pattern version = pattern(section, "version");
        Pattern database = pattern(section, "database");
        Pattern archive = pattern(section, "archive");
        if (command.isEmpty()) {
            for (String key : List.of("version", "database", "archive")) {
                if (absent.command().isEmpty() && section.has(key)) {
                    section.problem(key, "needs " + section.dotted("command"));
                }
            }
            command = absent.command();
        } else if (absent.command().isEmpty()
                && Stream.of("version", "database", "archive").noneMatch(section::has)) {
            section.problem("command", "needs version, database or archive: what to look for in its answer");
        }
        return new Versions(
                command,
                version == null ? absent.version() : version,
                database == null ? absent.database() : database,
                archive == null ? absent.archive() : archive);
    }

    private static Retention retention(Section section, Retention absent) {
        return new Retention(
                section.number("releases", absent.releases()),
                section.number("snapshots", absent.snapshots()),
                section.has("age") ? section.duration("age", DurationText.LONGEST) : absent.age(),
                section.size("total-size", absent.totalSize()),
                section.has("evidence-age")
                        ? section.duration("evidence-age", DurationText.LONGEST)
                        : absent.evidenceAge());
    }

    private Hooks hooks(Section section, Hooks absent) {
        Path directory = path(section, "directory");
        return new Hooks(
                directory == null ? absent.directory() : directory.toString(),
                section.duration("timeout", absent.timeout()));
    }

    private static @Nullable Pattern pattern(Section section, String key) {
        String text = section.string(key);
        if (text == null) {
            return null;
        }
        try {
            Pattern pattern = Pattern.compile(text);
            if (pattern.matcher("").groupCount() == 1) {
                return pattern;
            }
        } catch (PatternSyntaxException e) {
            // Told below, in the words of the file.
        }
        section.problem(
                key, "must be a regular expression with one group, the version, such as 'db version:\\s*(\\d+)'");
        return null;
    }

    private @Nullable Path path(Section section, String key) {
        String text = section.string(key);
        if (text == null) {
            return null;
        }
        try {
            return home.getFileSystem().getPath(text);
        } catch (InvalidPathException e) {
            section.problem(key, "is \"" + text + "\", which is not a path");
            return null;
        }
    }
}
