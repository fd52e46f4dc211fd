import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar without the native libraries in it, and puts those of one machine beside it: {@code SlimJar JAR DIRECTORY MACHINE SECONDS}.
 * Uncompressed, because that starts a little faster, and packages are compressed as a whole.
 */
class SlimJar {

    public static void main(String[] arguments) throws IOException {
        Path source = Path.of(arguments[0]);
        Path directory = Path.of(arguments[1]);
        String machine = arguments[2];
        Instant time = Instant.ofEpochSecond(Long.parseLong(arguments[3]));
        String sqlite = "org/sqlite/native/Linux/" + machine + "/libsqlitejdbc.so";
        String zstd = "linux/" + (machine.equals("x86_64") ? "amd64" : machine) + "/libzstd-jni-";
        try (ZipFile jar = new ZipFile(source.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(directory.resolve("ccupgrade.jar")))) {
            List<? extends ZipEntry> entries = new ArrayList<>(jar.stream().toList());
            // The manifest has to come first.
            entries.sort(Comparator.comparing((ZipEntry entry) -> !entry.getName().equals("META-INF/MANIFEST.MF"))
                    .thenComparing(ZipEntry::getName));
            for (ZipEntry entry : entries) {
                String name = entry.getName();
                if (name.equals(sqlite)) {
                    unpack(jar, entry, directory.resolve("libsqlitejdbc.so"));
                } else if (name.startsWith(zstd) && name.endsWith(".so")) {
                    unpack(jar, entry, directory.resolve("libzstd-jni.so"));
                } else if (!isNative(name)) {
                    // With the entries of directories: Flyway finds its migrations by them.
                    copy(jar, entry, out, time);
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

    private static void copy(ZipFile jar, ZipEntry entry, ZipOutputStream out, Instant time) throws IOException {
        byte[] bytes;
        try (InputStream in = jar.getInputStream(entry)) {
            bytes = in.readAllBytes();
        }
        ZipEntry copy = new ZipEntry(entry.getName());
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
