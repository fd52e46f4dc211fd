import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar without the native libraries in it, and puts those of one machine beside it: {@code SlimJar JAR DIRECTORY MACHINE SECONDS
 * RENEWED}. What lies in the directory {@code RENEWED} takes the place of what the jar has under that name. Uncompressed, because that
 * starts a little faster, and packages are compressed as a whole.
 *
 * <p>What commands that only look do not need goes into a second jar, which the first one's manifest names: to open a jar takes a
 * microsecond for each of its entries, and nearly all are there.
 */
class SlimJar {

    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    private static final String REST = "libraries.jar";

    private static final List<String> IN_REST =
            List.of("com/github/luben/", "org/apache/commons/", "org/bouncycastle/", "org/flywaydb/", "org/tukaani/");

    public static void main(String[] arguments) throws IOException {
        Path source = Path.of(arguments[0]);
        Path directory = Path.of(arguments[1]);
        String machine = arguments[2];
        Instant time = Instant.ofEpochSecond(Long.parseLong(arguments[3]));
        Path renewed = Path.of(arguments[4]);
        String sqlite = "org/sqlite/native/Linux/" + machine + "/libsqlitejdbc.so";
        String zstd = "linux/" + (machine.equals("x86_64") ? "amd64" : machine) + "/libzstd-jni-";
        try (ZipFile jar = new ZipFile(source.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(directory.resolve("ccupgrade.jar")));
                ZipOutputStream rest = new ZipOutputStream(Files.newOutputStream(directory.resolve(REST)))) {
            List<? extends ZipEntry> entries = new ArrayList<>(jar.stream().toList());
            // The manifest has to come first.
            entries.sort(Comparator.comparing((ZipEntry entry) -> !entry.getName().equals(MANIFEST))
                    .thenComparing(ZipEntry::getName));
            for (ZipEntry entry : entries) {
                String name = entry.getName();
                if (name.equals(MANIFEST)) {
                    Manifest manifest = new Manifest(jar.getInputStream(entry));
                    store(name, bytes(manifest), rest, time);
                    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, REST);
                    store(name, bytes(manifest), out, time);
                } else if (name.equals(sqlite)) {
                    unpack(jar, entry, directory.resolve("libsqlitejdbc.so"));
                } else if (name.startsWith(zstd) && name.endsWith(".so")) {
                    unpack(jar, entry, directory.resolve("libzstd-jni.so"));
                } else if (!isNative(name)) {
                    // With the entries of directories: Flyway finds its migrations by them.
                    Path other = renewed.resolve(name);
                    byte[] content = Files.isRegularFile(other) ? Files.readAllBytes(other) : bytes(jar, entry);
                    store(name, content, isInRest(name) ? rest : out, time);
                }
            }
        }
        for (String library : List.of("libsqlitejdbc.so", "libzstd-jni.so")) {
            if (Files.notExists(directory.resolve(library))) {
                throw new IOException("there is no " + library + " for " + machine + " in " + source);
            }
        }
    }

    private static boolean isNative(String name) {
        return name.startsWith("org/sqlite/native/") || name.endsWith(".so") || name.endsWith(".dll") || name.endsWith(".dylib");
    }

    private static void unpack(ZipFile jar, ZipEntry entry, Path target) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, target);
        }
    }

    /** With what is meant for newer Java. */
    private static boolean isInRest(String name) {
        String plain = name.replaceFirst("^META-INF/versions/[0-9]+/", "");
        return IN_REST.stream().anyMatch(plain::startsWith);
    }

    private static byte[] bytes(ZipFile jar, ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(Manifest manifest) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        manifest.write(bytes);
        return bytes.toByteArray();
    }

    private static void store(String name, byte[] bytes, ZipOutputStream out, Instant time) throws IOException {
        ZipEntry copy = new ZipEntry(name);
        copy.setMethod(ZipEntry.STORED);
        copy.setSize(bytes.length);
        copy.setCompressedSize(bytes.length);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(bytes);
        copy.setCrc(crc.getValue());
        // Not by an instant, of which a zip would keep the local time of whoever builds.
        copy.setTimeLocal(time.atOffset(ZoneOffset.UTC).toLocalDateTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
    }
}
