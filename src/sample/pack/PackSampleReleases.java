import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Packs the releases of the sample service, each a jar that runs by itself. Started from source by {@code src/sample/build.xml}.
 *
 * <p>All of them carry the same libraries. These are compressed once, and then copied into each jar as they are: that, and a fixed time in
 * every entry, is why this is no list of jar tasks.
 */
final class PackSampleReleases {

    /** The class file version of a Java that nobody has yet. */
    private static final byte NEWER_JAVA = 99;

    /** The same for all, so that the same sources give the same bytes. */
    private static final FileTime TIME = FileTime.from(Instant.parse("2026-11-01T00:00:00Z"));

    private static final String[] TO_V3 = {
        "good/V1__create_jobs.sql", "good/V2__create_tag.sql", "good/V3__create_chain.sql"
    };
    private static final String[] TO_V4 = with(TO_V3, "good/V4__add_index_on_started.sql");
    private static final String[] TO_V5 = with(TO_V4, "good/V5__create_node.sql");
    private static final String[] V5_FAILS =
            with(TO_V4, "failing/V5__split_names.sql", "failing/V5__split_names.sql.conf");

    private static final List<Release> RELEASES = List.of(
            new Release("jobs-1.0", "1.0", "NONE", TO_V3),
            new Release("jobs-1.0-altered", "1.0", "NONE", TO_V3[0], "altered/V2__create_tag.sql", TO_V3[2]),
            new Release("jobs-1.1", "1.1", "NONE", TO_V3),
            new Release("jobs-2.0", "2.0", "NONE", TO_V4),
            new Release("jobs-2.1", "2.1", "NONE", TO_V4),
            new Release("jobs-2.2-unhealthy", "2.2", "UNHEALTHY", TO_V4),
            new Release("jobs-2.2-dies", "2.2", "DIES", TO_V4),
            new Release("jobs-2.2-stubborn", "2.2", "STUBBORN", TO_V4),
            new Release("jobs-2.2-lies", "2.2", "LIES", TO_V5),
            new Release("jobs-2.2-hangs", "2.2", "HANGS", with(TO_V5, "hanging/V6__rebuild_jobs.sql")),
            new Release("jobs-2.2-dirty", "2.2", "HIDES_FAILURE", V5_FAILS),
            new Release("jobs-3.0-half", "3.0", "NONE", V5_FAILS),
            new Release("jobs-3.0-atstart", "3.0", "MIGRATES_AT_START", TO_V5),
            new Release("jobs-3.0-unhealthy", "3.0", "UNHEALTHY", TO_V5),
            new Release("jobs-3.0-loses", "3.0", "NONE", with(TO_V4, "losing/V5__rebuild_jobs.sql")),
            new Release("jobs-9.0-newer-java", "9.0", "NONE", TO_V4));

    /** @param migrations below src/sample/migrations */
    private record Release(String file, String version, String quirk, String... migrations) {

        /** The schema that its newest migration leads to; a version has one digit here. */
        int schema() {
            return Stream.of(migrations)
                    .mapToInt(name -> name.charAt(name.indexOf("/V") + 2) - '0')
                    .max()
                    .orElseThrow();
        }

        boolean needsNewerJava() {
            return file.endsWith("-newer-java");
        }
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    private final Path classes;
    private final Path migrations;

    private PackSampleReleases(Path classes, Path migrations) {
        this.classes = classes;
        this.migrations = migrations;
    }

    /** Arguments: directory of the compiled classes, of the migrations, of the jars; then the jars of the libraries. */
    public static void main(String[] args) throws IOException {
        Path target = Path.of(args[2]);
        List<Path> libraries = Stream.of(args).skip(3).map(Path::of).toList();
        Path packed = target.resolve("libraries.zip");
        packLibraries(libraries, packed);
        PackSampleReleases pack = new PackSampleReleases(Path.of(args[0]), Path.of(args[1]));
        for (Release release : RELEASES) {
            // A build that is killed leaves no half of a jar under its name.
            Path half = target.resolve(release.file() + ".jar.half");
            pack.write(release, packed, half);
            Files.move(half, target.resolve(release.file() + ".jar"), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.delete(packed);
    }

    private static void packLibraries(List<Path> libraries, Path target) throws IOException {
        TreeMap<String, byte[]> entries = new TreeMap<>();
        for (Path library : libraries) {
            try (ZipFile zip = ZipFile.builder().setPath(library).get()) {
                for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                    if (entry.isDirectory() || !wanted(entry.getName())) {
                        continue;
                    }
                    byte[] content = zip.getInputStream(entry).readAllBytes();
                    entries.merge(entry.getName(), content, (first, second) -> joined(entry.getName(), first, second));
                }
            }
        }
        try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(target)) {
            for (var entry : entries.entrySet()) {
                put(out, entry.getKey(), entry.getValue());
            }
        }
    }

    /** Of SQLite's builds only those for the machines that this is tested on: all of them are 20 MB. */
    private static boolean wanted(String name) {
        if (name.startsWith("org/sqlite/native/")) {
            return name.startsWith("org/sqlite/native/Linux/x86_64/")
                    || name.startsWith("org/sqlite/native/Linux/aarch64/");
        }
        return !name.startsWith("META-INF/") || name.startsWith("META-INF/services/");
    }

    private static byte[] joined(String name, byte[] first, byte[] second) {
        if (!name.startsWith("META-INF/services/")) {
            return first;
        }
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.write('\n');
        both.writeBytes(second);
        return both.toByteArray();
    }

    private void write(Release release, Path libraries, Path jar) throws IOException {
        try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(jar);
                ZipFile common = ZipFile.builder().setPath(libraries).get()) {
            putDirectory(out, "META-INF/");
            put(out, "META-INF/MANIFEST.MF", manifest(release));
            put(out, "sample.properties", properties(release));
            putDirectory(out, "jobs/");
            for (Path file : compiled()) {
                byte[] content = Files.readAllBytes(file);
                if (release.needsNewerJava() && file.endsWith("Main.class")) {
                    content[7] = NEWER_JAVA;
                }
                put(out, "jobs/" + file.getFileName(), content);
            }
            // Flyway finds its migrations by asking for this directory, so it must be an entry.
            putDirectory(out, "db/");
            putDirectory(out, "db/migration/");
            for (String name : release.migrations()) {
                Path file = migrations.resolve(name);
                put(out, "db/migration/" + file.getFileName(), Files.readAllBytes(file));
            }
            common.copyRawEntries(out, entry -> true);
        }
    }

    private List<Path> compiled() throws IOException {
        try (Stream<Path> files = Files.list(classes.resolve("jobs"))) {
            return files.sorted().toList();
        }
    }

    private static byte[] manifest(Release release) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, "jobs.Main");
        main.put(Attributes.Name.IMPLEMENTATION_TITLE, "jobs");
        main.put(Attributes.Name.IMPLEMENTATION_VERSION, release.version());
        // SQLite is a native library, which newer Javas warn of.
        main.putValue("Enable-Native-Access", "ALL-UNNAMED");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        manifest.write(bytes);
        return bytes.toByteArray();
    }

    private static byte[] properties(Release release) {
        return "version=%s%nschema=%d%nquirk=%s%n"
                .formatted(release.version(), release.schema(), release.quirk())
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void putDirectory(ZipArchiveOutputStream out, String name) throws IOException {
        out.putArchiveEntry(entry(name));
        out.closeArchiveEntry();
    }

    private static void put(ZipArchiveOutputStream out, String name, byte[] content) throws IOException {
        out.putArchiveEntry(entry(name));
        out.write(content);
        out.closeArchiveEntry();
    }

    private static ZipArchiveEntry entry(String name) {
        ZipArchiveEntry entry = new ZipArchiveEntry(name);
        entry.setTime(TIME);
        return entry;
    }
}
