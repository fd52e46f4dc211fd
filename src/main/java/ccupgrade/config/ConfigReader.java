package ccupgrade.config;

import ccupgrade.config.Config.Health;
import ccupgrade.config.Config.Hooks;
import ccupgrade.config.Config.LinkTo;
import ccupgrade.config.Config.Manager;
import ccupgrade.config.Config.Releases;
import ccupgrade.config.Config.Retention;
import ccupgrade.config.Config.Service;
import ccupgrade.config.Config.Versions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of the file, section by section. What it returns is only of use when no problem was reported. */
final class ConfigReader {

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
        Health readHealth = HealthReader.health(health, defaults.health());
        Config config = new Config(
                defaults.name(),
                defaults.profile(),
                readService,
                new StateReader(home).read(state, defaults.state()),
                migrations.read(defaults.migrations()),
                readHealth,
                HealthReader.rehearsal(rehearsal, readService, readHealth),
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
                section.path("java", home.getFileSystem()),
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

    private Releases releases(Section section, Releases defaults) {
        Path directory = section.path("directory", home.getFileSystem());
        Path link = section.path("link", home.getFileSystem());
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
        Path path = section.path("executable", home.getFileSystem());
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
        Path directory = section.path("directory", home.getFileSystem());
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
}
