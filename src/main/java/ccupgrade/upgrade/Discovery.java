package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.config.ConfigFile;
import ccupgrade.config.ConfigTemplate;
import ccupgrade.config.Deployment;
import ccupgrade.config.Found;
import ccupgrade.disk.Disk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.saga.Failure;
import ccupgrade.state.ArchiveVersion;
import ccupgrade.state.SchemaVersion;
import ccupgrade.upgrade.Discovered.FoundArchive;
import ccupgrade.upgrade.Discovered.FoundDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a directory a deployment: finds out what a {@code ccupgrade.toml} for it would say, and writes that. Asks nobody. */
public final class Discovery {

    /** Where systemd looks for units: the administrator's before the packages'. */
    public static final List<Path> UNIT_DIRECTORIES = List.of(
            Path.of("/etc/systemd/system"),
            Path.of("/usr/local/lib/systemd/system"),
            Path.of("/usr/lib/systemd/system"));

    /** The home's own files and those of two levels of directories below it. */
    private static final int DEPTH = 3;

    private static final List<String> DATABASE_SUFFIXES = List.of(".db", ".sqlite", ".sqlite3", ".db3");

    private static final String CC_BACKEND = "cc-backend";

    private static final String ENVIRONMENT_FILE = ".env";

    private final Path home;
    private final Surroundings surroundings;
    private final Site site;
    private final List<Path> unitDirectories;
    private final List<String> notes = new ArrayList<>();

    /** @param home absolute */
    public Discovery(Path home, Surroundings surroundings, List<Path> unitDirectories) {
        this.home = home;
        this.surroundings = surroundings;
        this.site = Site.toLookAt(new Deployment(home, ConfigFile.defaults(ConfigFile.nameOf(home))), surroundings);
        this.unitDirectories = unitDirectories;
    }

    /**
     * Looks and writes.
     *
     * @param profile the kind of service; null: a jar
     * @throws Refused when there is a configuration already: it is never replaced; or when this is no service of that kind
     * @throws Failed when the directory cannot be read or written
     */
    public Discovered init(@Nullable String profile) throws Fault {
        Path file = home.resolve(Deployment.CONFIG_FILE);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refused(
                    "cannot make a deployment of " + home + ": " + file + " is there already",
                    "edit that file; to make another deployment elsewhere: ccupgrade -C DIR init");
        }
        String name = ConfigFile.nameOf(home);
        Config defaults = profile == null ? ConfigFile.defaults(name) : ConfigFile.defaults(name, profile);
        Units units = Units.mentioning(home, unitDirectories);
        notes.addAll(units.notes());
        Discovered discovered =
                defaults.profile().equals(CC_BACKEND) ? ccBackend(file, units, defaults) : look(file, units);
        Disk disk = surroundings.disk();
        try {
            disk.write(file, ConfigTemplate.render(discovered.found()).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new Failed("cannot write " + file, "run ccupgrade as a user who may write there: ls -ld " + home, e);
        }
        return discovered;
    }

    private Discovered look(Path file, Units units) throws Failed {
        List<FoundDatabase> databases = new ArrayList<>();
        List<String> jars;
        try {
            for (Path candidate : candidates()) {
                database(candidate).ifPresent(databases::add);
            }
            jars = jars();
        } catch (IOException e) {
            throw new Failed("cannot look into " + home, "run ccupgrade as a user who may read it", e);
        }
        if (jars.size() > 1) {
            notes.add(
                    "several jars are here, and which is to be installed is yours to say: " + String.join(", ", jars));
        }
        Found found = new Found(
                ConfigFile.nameOf(home),
                databases.stream().map(FoundDatabase::path).toList(),
                units.unit(),
                List.of(),
                List.of(),
                null,
                jars.size() == 1 ? jars.get(0) : null);
        return new Discovered(home, file, found, null, databases, null, units.file(), notes);
    }

    private Discovered ccBackend(Path file, Units units, Config defaults) throws Fault {
        CcBackendStart start = CcBackendStart.of(home, units);
        CcBackendConfig config = CcBackendConfig.read(home, start.configFile());
        String database = config.database();
        List<FoundDatabase> databases = new ArrayList<>();
        Optional<FoundDatabase> present = database(home.resolve(database));
        present.ifPresent(databases::add);
        if (present.isEmpty()) {
            notes.add("there is no database " + database + " yet");
        }
        List<String> files = new ArrayList<>(List.of(start.configFile(), ENVIRONMENT_FILE));
        files.addAll(config.furtherFiles());
        if (!Files.exists(home.resolve(ENVIRONMENT_FILE))) {
            notes.add("there is no .env, without which cc-backend 1.5 and later do nothing");
        }
        String archive = config.archive();
        Found found = new Found(
                defaults.name(),
                defaults.profile(),
                List.of(database),
                files,
                archive,
                units.unit(),
                start.serviceArgs(),
                start.migrationArgs(),
                start.hasUser() ? null : config.user(),
                config.health(),
                start.link(),
                null);
        notes.addAll(start.notes());
        notes.addAll(config.notes());
        return new Discovered(
                home,
                file,
                found,
                start.configFile() + (config.hasSections() ? ", as since 1.5" : ", as before 1.5"),
                databases,
                archive == null ? null : archive(archive, defaults),
                units.file(),
                notes);
    }

    private FoundArchive archive(String path, Config defaults) {
        Config.Archive byDefault = defaults.state().archive();
        String versionFile = byDefault == null ? "version.txt" : byDefault.versionFile();
        try {
            Optional<Long> version = ArchiveVersion.read(home.resolve(path), versionFile);
            if (version.isEmpty()) {
                notes.add("no version found in the job archive " + path);
            }
            return new FoundArchive(path, version.orElse(null));
        } catch (Fault | IOException e) {
            notes.add(Overview.said(e));
            return new FoundArchive(path, null);
        }
    }

    private TreeSet<Path> candidates() throws IOException {
        TreeSet<Path> candidates = new TreeSet<>();
        Path releases = site.deployment().releases();
        Files.walkFileTree(home, EnumSet.noneOf(FileVisitOption.class), DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean enter = directory.equals(home) || !isHidden(directory) && !directory.equals(releases);
                return enter ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!isHidden(file) && isDatabaseName(file) && Files.isRegularFile(file)) {
                    candidates.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (file.equals(home)) {
                    throw failure;
                }
                notes.add("not looked at: " + Failure.messageOf(failure));
                return FileVisitResult.CONTINUE;
            }
        });
        return candidates;
    }

    private static boolean isDatabaseName(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return DATABASE_SUFFIXES.stream().anyMatch(name::endsWith);
    }

    private static boolean isHidden(Path path) {
        return String.valueOf(path.getFileName()).startsWith(".");
    }

    private Optional<FoundDatabase> database(Path file) {
        String name = site.nameOf(file);
        try {
            if (!site.reader().isSqlite(file)) {
                return Optional.empty();
            }
            if (isInABackup(file)) {
                notes.add("passed over as a backup: " + name);
                return Optional.empty();
            }
            if (name.chars().anyMatch(c -> "*?[]{}\\".indexOf(c) >= 0)) {
                notes.add("passed over, because its name looks like a pattern: " + name
                        + "; add a pattern for it to databases in [state] when it is the service's");
                return Optional.empty();
            }
        } catch (IOException e) {
            notes.add(
                    "not looked at, add it to databases in [state] when it is the service's: " + Failure.messageOf(e));
            return Optional.empty();
        }
        return Optional.of(new FoundDatabase(name, sizeOf(file), schemaOf(file)));
    }

    private boolean isInABackup(Path file) {
        for (Path part : home.relativize(file)) {
            if (part.toString().toLowerCase(Locale.ROOT).contains("backup")) {
                return true;
            }
        }
        return false;
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    private @Nullable String schemaOf(Path file) {
        try {
            return site.reader().schema(file).map(SchemaVersion::text).orElse(null);
        } catch (Fault | IOException e) {
            notes.add(Overview.said(e));
            return null;
        }
    }

    private List<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.toString().endsWith(".jar") && Files.isRegularFile(file))
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
