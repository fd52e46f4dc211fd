package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.input.BoundedInputStream;

/**
 * Collects Flyway's migrations from the entries of a jar, nested jars included.
 *
 * <p>They lie below {@code db/migration}, on the class path that the program will have: at the top of a plain jar, in {@code
 * BOOT-INF/classes} and in the jars of {@code BOOT-INF/lib} of a Spring Boot one (and the same with {@code WEB-INF}). A program may
 * use another location; where nothing is in the usual one, and all scripts that are named like migrations share one directory, that
 * is it.
 */
final class MigrationFiles {

    private static final String USUAL_LOCATION = "db/migration/";
    private static final List<String> CLASSES = List.of("BOOT-INF/classes/", "WEB-INF/classes/");
    private static final List<String> LIBRARIES = List.of("BOOT-INF/lib/", "WEB-INF/lib/");

    /** Programs for several databases keep a directory for each below the location; only SQLite's counts here. */
    private static final Set<String> OTHER_DATABASES =
            Set.of("postgresql", "postgres", "mysql", "mariadb", "h2", "hsqldb", "oracle", "sqlserver", "db2", "derby");

    /** Scripts beyond this, all together, are data in the wrong place; the JVM that runs us has a small heap. */
    private static final int MOST_SCRIPT = 64 << 20;

    /** What the jars inside a jar may unpack to: no honest program comes near. */
    private static final long MOST_NESTED = 2L << 30;

    /** Flyway's history has room for names of this length; longer ones are no migrations, and a regular expression chokes on them. */
    private static final int LONGEST_NAME = 1000;

    /**
     * A script, or the {@code .conf} that says how to run one.
     *
     * @param path in the jar, for people
     * @param relative on the class path: what Flyway sees
     */
    record Script(String path, String relative, byte[] content) {

        String fileName() {
            return relative.substring(relative.lastIndexOf('/') + 1);
        }

        String directory() {
            return relative.substring(0, relative.lastIndexOf('/') + 1);
        }

        boolean isConfiguration() {
            return relative.endsWith(".conf");
        }
    }

    /** @param className as the class loader would have it */
    record JavaClass(String path, String className) {}

    private final List<Script> scripts = new ArrayList<>();
    private final List<JavaClass> classes = new ArrayList<>();
    private final Set<String> wantedClasses;
    private int scriptBytes;
    private long nestedBytes;

    /** @param wantedClasses names of classes to look for besides those in the usual location: programs register migrations from anywhere */
    MigrationFiles(Set<String> wantedClasses) {
        this.wantedClasses = new HashSet<>(wantedClasses);
    }

    /** Whether {@link #take} needs the content of this entry; of others it is not read. */
    boolean wants(String path) {
        return isLibrary(path) || isWanted(onClassPath(path));
    }

    /** @param content of the entry; read as far as needed, not closed */
    void take(String path, InputStream content) throws IOException, Refused {
        if (!isLibrary(path)) {
            takeFile(path, onClassPath(path), content);
            return;
        }
        // Descriptors after stored entries are rare, but there are builders that write them.
        ZipArchiveInputStream nested = new ZipArchiveInputStream(content, "UTF-8", true, true);
        for (ZipArchiveEntry entry = nested.getNextEntry(); entry != null; entry = nested.getNextEntry()) {
            if (!entry.isDirectory() && isWanted(entry.getName())) {
                takeFile(path + "!/" + entry.getName(), entry.getName(), nested);
            }
            passOver(path, nested);
        }
    }

    private void passOver(String path, InputStream entry) throws IOException, Refused {
        InputStream bounded = BoundedInputStream.builder()
                .setInputStream(entry)
                .setMaxCount(MOST_NESTED - nestedBytes + 1)
                .get();
        nestedBytes += IOUtils.consume(bounded);
        if (nestedBytes > MOST_NESTED) {
            throw new Refused("cannot read " + path + ": it unpacks to more than " + MOST_NESTED + " bytes", null);
        }
    }

    private void takeFile(String path, String relative, InputStream content) throws IOException, Refused {
        if (relative.endsWith(".class")) {
            classes.add(new JavaClass(path, className(relative)));
            return;
        }
        byte[] bytes = content.readNBytes(MOST_SCRIPT - scriptBytes + 1);
        if (bytes.length > MOST_SCRIPT - scriptBytes) {
            throw new Refused(
                    "cannot read " + path + ": with it the migrations have more than " + MOST_SCRIPT + " bytes", null);
        }
        scriptBytes += bytes.length;
        scripts.add(new Script(path, relative, bytes));
    }

    /** The scripts of the location that counts, with their configurations. */
    List<Script> scripts() {
        List<Script> usual = scripts.stream()
                .filter(s -> s.relative().startsWith(USUAL_LOCATION))
                .toList();
        if (usual.stream().anyMatch(s -> !s.isConfiguration())) {
            return usual;
        }
        List<String> directories = scripts.stream()
                .filter(s -> !s.isConfiguration())
                .map(Script::directory)
                .distinct()
                .toList();
        return directories.size() == 1
                ? scripts.stream()
                        .filter(s -> s.directory().equals(directories.get(0)))
                        .toList()
                : List.of();
    }

    List<JavaClass> classes() {
        return List.copyOf(classes);
    }

    private static int compare(EmbeddedMigration one, EmbeddedMigration other) {
        int order = MigrationName.FLYWAYS_ORDER.compare(one, other);
        return order == 0 ? one.kind().compareTo(other.kind()) : order;
    }

    /** All that is named like a migration, in the order in which Flyway would run it. */
    List<EmbeddedMigration> migrations() {
        // One that lies in the jar twice (exploded, and in a nested jar) is one; Flyway complains if they are
        // different.
        TreeMap<EmbeddedMigration, EmbeddedMigration> found = new TreeMap<>(MigrationFiles::compare);
        for (Script script : scripts()) {
            if (!script.isConfiguration()) {
                name(script.fileName()).ifPresent(name -> {
                    EmbeddedMigration.Kind kind =
                            name.prefix() == 'B' ? EmbeddedMigration.Kind.BASELINE : EmbeddedMigration.Kind.SQL;
                    add(found, new EmbeddedMigration(name.version(), name.description(), script.path(), kind));
                });
            }
        }
        for (JavaClass type : classes) {
            simpleName(type)
                    .ifPresent(name -> add(
                            found,
                            new EmbeddedMigration(
                                    name.version(), name.description(), type.path(), EmbeddedMigration.Kind.JAVA)));
        }
        return List.copyOf(found.values());
    }

    private static void add(TreeMap<EmbeddedMigration, EmbeddedMigration> found, EmbeddedMigration migration) {
        found.putIfAbsent(migration, migration);
    }

    static Optional<MigrationName> simpleName(JavaClass type) {
        return MigrationName.of(type.className().substring(type.className().lastIndexOf('.') + 1));
    }

    private boolean isWanted(String relative) {
        if (relative.length() > LONGEST_NAME) {
            return false;
        }
        if (relative.endsWith(".class")) {
            String name = className(relative);
            return wantedClasses.contains(name)
                    || relative.startsWith(USUAL_LOCATION)
                            && !name.contains("$")
                            && MigrationName.of(name.substring(name.lastIndexOf('.') + 1))
                                    .isPresent();
        }
        String fileName = relative.substring(relative.lastIndexOf('/') + 1);
        return (fileName.endsWith(".sql") || fileName.endsWith(".sql.conf"))
                && name(fileName).isPresent()
                && !isForAnotherDatabase(relative);
    }

    private static Optional<MigrationName> name(String fileName) {
        int suffix = fileName.lastIndexOf(".sql");
        return suffix < 0 ? Optional.empty() : MigrationName.of(fileName.substring(0, suffix));
    }

    private static boolean isForAnotherDatabase(String relative) {
        String[] segments = relative.split("/");
        for (int i = 0; i < segments.length - 1; i++) {
            if (OTHER_DATABASES.contains(segments[i])) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLibrary(String path) {
        return path.endsWith(".jar") && LIBRARIES.stream().anyMatch(path::startsWith);
    }

    private static String onClassPath(String path) {
        for (String classes : CLASSES) {
            if (path.startsWith(classes)) {
                return path.substring(classes.length());
            }
        }
        return path;
    }

    private static String className(String relative) {
        return relative.substring(0, relative.length() - ".class".length()).replace('/', '.');
    }
}
