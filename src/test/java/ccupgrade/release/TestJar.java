package ccupgrade.release;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/** Jars made on the spot. Their classes are only headers: nothing here ever loads one. */
final class TestJar {

    private final Manifest manifest = new Manifest();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private boolean withManifest = true;

    /** One that passes every check: Main-Class {@code app.Main}, for Java 17. */
    static TestJar executable() {
        return new TestJar().manifest("Main-Class", "app.Main").classFile("app/Main.class", 17);
    }

    TestJar manifest(String key, String value) {
        manifest.getMainAttributes().putValue(key, value);
        return this;
    }

    TestJar withoutManifest() {
        withManifest = false;
        return this;
    }

    TestJar classFile(String path, int java) {
        entries.put(path, new byte[] {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0, (byte) (44 + java)});
        return this;
    }

    TestJar file(String path, String content) {
        entries.put(path, content.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    TestJar nested(String path, TestJar jar) throws IOException {
        entries.put(path, jar.bytes());
        return this;
    }

    byte[] bytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(bytes)) {
            if (withManifest) {
                manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
                put(out, JarFile.MANIFEST_NAME, bytesOf(manifest));
            }
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                put(out, entry.getKey(), entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    Path in(Path directory, String name) throws IOException {
        Files.createDirectories(directory);
        return Files.write(directory.resolve(name), bytes());
    }

    private static byte[] bytesOf(Manifest manifest) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        manifest.write(out);
        return out.toByteArray();
    }

    /** Stored, as Spring Boot stores its nested jars, so that tests can also damage a byte of content where they see it. */
    private static void put(JarOutputStream out, String path, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(path);
        entry.setMethod(path.endsWith(".sql") ? ZipEntry.DEFLATED : ZipEntry.STORED);
        if (entry.getMethod() == ZipEntry.STORED) {
            CRC32 crc = new CRC32();
            crc.update(content);
            entry.setCrc(crc.getValue());
            entry.setSize(content.length);
        }
        // A later time than the format's first: an earlier one would need an extra field, which damage tests would hit.
        entry.setTimeLocal(LocalDateTime.of(2000, 1, 1, 0, 0));
        out.putNextEntry(entry);
        ((OutputStream) out).write(content);
        out.closeEntry();
    }
}
