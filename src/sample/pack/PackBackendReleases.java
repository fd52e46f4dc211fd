import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Packs the releases of the stand-in for cc-backend as its releases are packed: executables in one archive, with the checksum of that beside
 * it. Started from source by {@code src/sample/build.xml}.
 *
 * <p>An executable is a shell script that runs the jar that is appended to it, so that no compiler for native programs is needed.
 */
final class PackBackendReleases {

    private static final String ARCHIVE = "cc-backend_Linux_x86_64.tar.gz";

    private static final String SCRIPT = """
            #!/bin/sh
            exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$0" backend.%s "$@"
            """;

    private static final String KEYS = """
            #!/bin/sh
            echo "SESSION_KEY=\\"$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \\n')\\""
            """;

    private record Release(String name, String version, int database, int archive, String bad) {}

    private static final List<Release> RELEASES = List.of(
            new Release("v7", "1.3.1", 7, 1, ""),
            new Release("v8", "1.4.4", 8, 2, ""),
            new Release("v11", "1.5.4", 11, 3, ""),
            new Release("v11-bad-database", "1.5.2", 11, 3, "bad-database=true\n"),
            new Release("v11-bad-archive", "1.5.3", 11, 3, "bad-archive=true\n"));

    private final Path classes;
    private final List<Path> libraries;

    private PackBackendReleases(Path classes, List<Path> libraries) {
        this.classes = classes;
        this.libraries = libraries;
    }

    /** Arguments: directory of the compiled classes, of the releases; then the jars of the libraries. */
    public static void main(String[] args) throws IOException {
        List<Path> libraries = Stream.of(args).skip(2).map(Path::of).toList();
        PackBackendReleases pack = new PackBackendReleases(Path.of(args[0]), libraries);
        for (Release release : RELEASES) {
            pack.pack(release, Files.createDirectories(Path.of(args[1], release.name())));
        }
    }

    private void pack(Release release, Path directory) throws IOException {
        Map<String, Path> executables = new LinkedHashMap<>();
        executables.put("cc-backend", program(release, directory.resolve("cc-backend"), "Main", libraries));
        if (release.archive() == 3) {
            executables.put(
                    "archive-migration",
                    program(release, directory.resolve("archive-migration"), "ArchiveMigration", List.of()));
        }
        Path keys = directory.resolve("gen-keypair");
        Files.writeString(keys, KEYS);
        executables.put("gen-keypair", runnable(keys));
        Path archive = directory.resolve(ARCHIVE);
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(
                new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(archive))))) {
            for (Map.Entry<String, Path> executable : executables.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(executable.getKey());
                entry.setMode(0100755);
                entry.setSize(Files.size(executable.getValue()));
                tar.putArchiveEntry(entry);
                Files.copy(executable.getValue(), tar);
                tar.closeArchiveEntry();
            }
        }
        Files.writeString(directory.resolve("checksums.txt"), sha256(archive) + "  " + ARCHIVE + "\n");
    }

    private Path program(Release release, Path file, String main, List<Path> with) throws IOException {
        Path jar = file.resolveSibling(file.getFileName() + ".jar");
        try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(jar)) {
            put(
                    out,
                    "release.properties",
                    "version=%s%ndatabase=%d%narchive=%d%n%s"
                            .formatted(release.version(), release.database(), release.archive(), release.bad())
                            .getBytes(StandardCharsets.US_ASCII));
            try (Stream<Path> compiled = Files.list(classes.resolve("backend"))) {
                for (Path each : compiled.sorted().toList()) {
                    put(out, "backend/" + each.getFileName(), Files.readAllBytes(each));
                }
            }
            for (Path library : with) {
                try (ZipFile zip = ZipFile.builder().setPath(library).get()) {
                    for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                        if (isWanted(entry)) {
                            out.addRawArchiveEntry(entry, zip.getRawInputStream(entry));
                        }
                    }
                }
            }
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(SCRIPT.formatted(main).getBytes(StandardCharsets.US_ASCII));
            Files.copy(jar, out);
        }
        Files.delete(jar);
        return runnable(file);
    }

    /** Of SQLite's builds only those for the machines that this is tested on. */
    private static boolean isWanted(ZipArchiveEntry entry) {
        String name = entry.getName();
        if (name.startsWith("org/sqlite/native/")) {
            return name.startsWith("org/sqlite/native/Linux/x86_64/")
                    || name.startsWith("org/sqlite/native/Linux/aarch64/");
        }
        return name.endsWith(".class") && !name.startsWith("META-INF/") && !name.equals("module-info.class")
                || name.endsWith(".properties") && !name.startsWith("META-INF/maven/");
    }

    private static void put(ZipArchiveOutputStream out, String name, byte[] content) throws IOException {
        out.putArchiveEntry(new ZipArchiveEntry(name));
        out.write(content);
        out.closeArchiveEntry();
    }

    private static Path runnable(Path file) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
