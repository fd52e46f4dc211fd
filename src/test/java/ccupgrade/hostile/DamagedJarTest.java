package ccupgrade.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.EmbeddedMigrations;
import ccupgrade.release.JarInspector;
import ccupgrade.upgrade.Example;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars that nobody built: refused by name, in bounded time and memory, and nothing of them is ever written or run. */
class DamagedJarTest {

    @TempDir
    Path directory;

    private void examine(Path jar) throws IOException {
        try {
            new JarInspector().inspect(jar, Progress.NONE);
            new EmbeddedMigrations(new SecureRandom()).compare(jar, List.of());
        } catch (Fault e) {
            assertThat(e.getMessage())
                    .startsWith("cannot ")
                    .contains(jar.getFileName().toString());
        }
    }

    private interface Content {
        void write(ZipOutputStream zip) throws IOException;
    }

    private Path jar(Content more) throws IOException {
        Path file = directory.resolve("app.jar");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            put(
                    zip,
                    "META-INF/MANIFEST.MF",
                    "Manifest-Version: 1.0\r\nMain-Class: a.B\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            put(zip, "a/B.class", new byte[] {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0, 61});
            more.write(zip);
        }
        return file;
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    /** With a migration, a nested jar with one, and everything compressed. */
    private Path springBoot() throws IOException {
        ByteArrayOutputStream nested = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(nested)) {
            put(zip, "db/migration/V2__b.sql", "CREATE TABLE b(x);".getBytes(StandardCharsets.UTF_8));
        }
        return jar(zip -> {
            put(zip, "BOOT-INF/classes/db/migration/V1__a.sql", "CREATE TABLE a(x);".getBytes(StandardCharsets.UTF_8));
            put(zip, "BOOT-INF/lib/db.jar", nested.toByteArray());
        });
    }

    @Test
    void damage_anywhere_is_refused_by_name_or_does_no_harm() throws Exception {
        for (Path file : List.of(Example.jar(directory.resolve("plain.jar"), "1.0", 3), springBoot())) {
            byte[] whole = Files.readAllBytes(file);
            examine(file);
            Fuzz.rounds(400, random -> {
                Files.write(file, Fuzz.damaged(whole, random));
                examine(file);
            });
            for (int length = 0; length < whole.length; length += 3) {
                Files.write(file, java.util.Arrays.copyOf(whole, length));
                examine(file);
            }
        }
    }

    @Test
    void a_bomb_is_refused_before_it_takes_more_than_a_moment() throws Exception {
        byte[] zeros = new byte[1 << 20];
        Path bomb = jar(zip -> {
            zip.putNextEntry(new ZipEntry("data.bin"));
            for (int i = 0; i < 400; i++) {
                zip.write(zeros);
            }
            zip.closeEntry();
        });
        assertThat(Files.size(bomb)).isLessThan(1 << 20);
        assertThatThrownBy(() -> new JarInspector().inspect(bomb, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("app.jar: it unpacks to more than");
    }

    @Test
    void scripts_that_are_too_large_together_are_refused_as_one_that_is_too_large_alone() throws Exception {
        byte[] data = new byte[20 << 20];
        Path jar = jar(zip -> {
            for (int i = 1; i <= 4; i++) {
                put(zip, "db/migration/V" + i + "__data.sql", data);
            }
        });
        assertThatThrownBy(() -> new JarInspector().inspect(jar, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("V4__data.sql");
    }

    @Test
    void a_manifest_without_end_is_refused() throws Exception {
        Path file = directory.resolve("app.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            put(zip, "META-INF/MANIFEST.MF", new byte[17 << 20]);
        }
        assertThatThrownBy(() -> new JarInspector().inspect(file, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("manifest of app.jar");
    }

    @Test
    void names_that_lead_out_of_the_jar_are_too_long_or_come_twice_do_no_harm() throws Exception {
        List<String> before;
        try (var files = Files.list(directory)) {
            before = files.map(Path::toString).toList();
        }
        Path jar = jar(zip -> {
            put(zip, "../../escaped.txt", new byte[1]);
            put(zip, "/etc/escaped", new byte[1]);
            put(zip, "db/migration/../../V9__x.sql", new byte[1]);
            put(zip, "db/migration/V1" + "_1".repeat(30_000) + "__deep.sql", new byte[1]);
            put(zip, "db/migration/V" + "9".repeat(60_000) + "__wide.sql", new byte[1]);
            put(zip, "db/migration/R__new\nline \u001b[2J.sql", new byte[1]);
        });
        examine(jar);
        try (var files = Files.list(directory)) {
            assertThat(files.map(Path::toString).filter(name -> !before.contains(name)))
                    .containsExactly(jar.toString());
        }
        assertThat(directory.resolve("../../escaped.txt")).doesNotExist();
    }

    @Test
    void an_entry_that_is_there_twice_is_refused_or_read_as_java_reads_it() throws Exception {
        Path file = jar(zip -> {
            put(
                    zip,
                    "META-INF/MANIFEST.MG",
                    "Manifest-Version: 1.0\r\nMain-Class: evil.B\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        });
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).replace("MANIFEST.MG", "MANIFEST.MF");
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> new JarInspector().inspect(file, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("app.jar");
    }
}
