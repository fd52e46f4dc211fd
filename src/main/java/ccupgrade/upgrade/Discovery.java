package ccupgrade.upgrade;

import ccupgrade.config.ConfigFile;
import ccupgrade.config.ConfigTemplate;
import ccupgrade.config.Deployment;
import ccupgrade.config.Found;
import ccupgrade.disk.Disk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.saga.Failure;
import ccupgrade.state.SchemaVersion;
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
     * @throws Refused when there is a configuration already: it is never replaced
     * @throws Failed when the directory cannot be read or written
     */
    public Discovered init() throws Fault {
        Path file = home.resolve(Deployment.CONFIG_FILE);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refused(
                    "cannot make a deployment of " + home + ": " + file + " is there already",
                    "edit that file; to make another deployment elsewhere: ccupgrade -C DIR init");
        }
        Discovered discovered = look(file);
        Disk disk = surroundings.disk();
        try {
            disk.write(file, ConfigTemplate.render(discovered.found()).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new Failed("cannot write " + file, "run ccupgrade as a user who may write there: ls -ld " + home, e);
        }
        return discovered;
    }

    private Discovered look(Path file) throws Failed {
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
        Units units = Units.mentioning(home, unitDirectories);
        notes.addAll(units.notes());
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
        return new Discovered(home, file, found, databases, units.file(), notes);
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
