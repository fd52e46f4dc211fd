package ccupgrade.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JarInspectorTest {

    @TempDir
    Path temporary;

    private final JarInspector inspector = new JarInspector();

    @Test
    void tells_what_the_manifest_says() throws Exception {
        Path jar = TestJar.executable()
                .manifest("Implementation-Title", "Jobs")
                .manifest("Implementation-Version", "1.2")
                .in(temporary, "x.jar");

        Inspection inspection = inspector.inspect(jar, Progress.NONE);

        assertThat(inspection)
                .isEqualTo(new Inspection("Jobs", "1.2", Kind.JAR, null, "app.Main", 17, Files.size(jar), List.of()));
    }

    @Test
    void falls_back_to_other_attributes_and_to_the_name_that_was_given() throws Exception {
        Path bundle = TestJar.executable()
                .manifest("Implementation-Title", "%title")
                .manifest("Bundle-Name", "Bundle")
                .manifest("Bundle-Version", "3")
                .in(temporary, "b.jar");
        assertThat(inspector.inspect(bundle, Progress.NONE).title()).isEqualTo("Bundle");
        assertThat(inspector.inspect(bundle, Progress.NONE).version()).isEqualTo("3");

        Inspection plain =
                inspector.inspect(TestJar.executable().in(temporary, ".1.tmp"), "jobs-1.0.jar", Progress.NONE);
        assertThat(plain.title()).isEqualTo("jobs-1.0");
        assertThat(plain.version()).isNull();
    }

    @Test
    void lists_migrations_in_flyways_order_from_all_places_of_a_spring_boot_jar() throws Exception {
        TestJar library = new TestJar()
                .file("db/migration/V2__two.sql", "SELECT 2;")
                .file("db/migration/V10__ten.sql", "SELECT 10;");
        Path jar = new TestJar()
                .manifest("Main-Class", "org.springframework.boot.loader.launch.JarLauncher")
                .manifest("Start-Class", "app.Main")
                .classFile("org/springframework/boot/loader/launch/JarLauncher.class", 17)
                .classFile("BOOT-INF/classes/app/Main.class", 21)
                .file("BOOT-INF/classes/db/migration/R__views.sql", "SELECT 0;")
                .file("BOOT-INF/classes/db/migration/V1_5__one_and_a_half.sql", "SELECT 1.5;")
                .classFile("BOOT-INF/classes/db/migration/V3__Three.class", 21)
                .nested("BOOT-INF/lib/db.jar", library)
                .in(temporary, "boot.jar");

        Inspection inspection = inspector.inspect(jar, Progress.NONE);

        assertThat(inspection.javaVersion()).isEqualTo(21);
        assertThat(inspection.migrations())
                .extracting(EmbeddedMigration::label)
                .containsExactly("V1.5 one and a half", "V2 two", "V3 Three", "V10 ten", "R views");
        assertThat(inspection.migrations().get(1).script()).isEqualTo("BOOT-INF/lib/db.jar!/db/migration/V2__two.sql");
        assertThat(inspection.migrations().get(2).kind()).isEqualTo(EmbeddedMigration.Kind.JAVA);
    }

    @Test
    void needs_the_java_of_the_oldest_main_class_there_is() throws Exception {
        Path base = TestJar.executable()
                .manifest("Multi-Release", "true")
                .classFile("META-INF/versions/21/app/Main.class", 21)
                .in(temporary, "base.jar");
        assertThat(inspector.inspect(base, Progress.NONE).javaVersion()).isEqualTo(17);

        TestJar versioned = new TestJar()
                .manifest("Main-Class", "app.Main")
                .classFile("META-INF/versions/25/app/Main.class", 25)
                .classFile("META-INF/versions/21/app/Main.class", 17);
        Path without = versioned.in(temporary, "without.jar");
        assertThatThrownBy(() -> inspector.inspect(without, Progress.NONE)).isInstanceOf(Refused.class);
        Path only = versioned.manifest("Multi-Release", "true").in(temporary, "only.jar");
        assertThat(inspector.inspect(only, Progress.NONE).javaVersion()).isEqualTo(21);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                   | an empty file
                    \u007fELF\u0002\u0001                | a Linux executable
                    <!DOCTYPE html><p>404                | a web page
                    '  <html lang=en><body>Log in'       | a web page
                    Not Found                            | a text file
                    '#!/bin/sh'                          | a script
                    x\u0001\u0002\u0003y                 | no kind that is known
                    """)
    void says_what_it_is_when_it_is_not_a_jar(String content, String kind) throws Exception {
        Path file = Files.writeString(temporary.resolve("app.jar"), content, StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> inspector.inspect(file, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith("cannot use app.jar: it is not a jar, ")
                .hasMessageContaining(kind);
    }

    @Test
    void accepts_a_jar_with_a_script_before_it() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write("#!/bin/sh\nexec java -jar \"$0\"\n".getBytes(StandardCharsets.UTF_8));
        bytes.write(TestJar.executable().bytes());
        Path file = Files.write(temporary.resolve("app.jar"), bytes.toByteArray());

        assertThat(inspector.inspect(file, Progress.NONE).mainClass()).isEqualTo("app.Main");
    }

    @Test
    void refuses_a_jar_that_was_cut_short_anywhere() throws Exception {
        byte[] whole =
                TestJar.executable().file("db/migration/V1__a.sql", "SELECT 1;").bytes();
        Path file = temporary.resolve("app.jar");
        for (int length = 4; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));

            assertThatThrownBy(() -> inspector.inspect(file, Progress.NONE))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("its table of contents is missing or damaged")
                    .satisfies(e -> assertThat(((Fault) e).remedy()).contains("cut short"));
        }
    }

    @Test
    void finds_a_changed_byte_in_any_entry() throws Exception {
        String marker = "a text that nothing but its checksum protects";
        byte[] bytes = TestJar.executable().file("notes/readme.txt", marker).bytes();
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(marker);
        bytes[at + 3] ^= 1;
        Path file = Files.write(temporary.resolve("app.jar"), bytes);

        assertThatThrownBy(() -> inspector.inspect(file, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessage("cannot use app.jar: it is damaged, notes/readme.txt in it cannot be read back");
    }

    @Test
    void a_stored_one_is_looked_at_without_reading_what_does_not_matter() throws Exception {
        String marker = "a text that nothing but its checksum protects";
        TestJar jar = TestJar.executable()
                .manifest("Implementation-Version", "1.0")
                .file("db/migration/V1__a.sql", "SELECT 1;")
                .file("notes/readme.txt", marker);
        Inspection whole = inspector.inspect(jar.in(temporary, "app.jar"), Progress.NONE);
        byte[] bytes = jar.bytes();
        bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf(marker)] ^= 1;
        Path file = Files.write(temporary.resolve("app.jar"), bytes);

        assertThat(inspector.look(file, "app.jar")).isEqualTo(whole);
    }

    @Test
    void an_encrypted_entry_is_refused_by_name() throws Exception {
        byte[] bytes = TestJar.executable().file("secret.txt", "x").bytes();
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        // The flags lie 24 bytes before the name in the local header, and 38 in the table of contents.
        bytes[text.indexOf("secret.txt") - 24] |= 1;
        bytes[text.lastIndexOf("secret.txt") - 38] |= 1;
        Path file = Files.write(temporary.resolve("app.jar"), bytes);

        assertThatThrownBy(() -> inspector.inspect(file, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessage("cannot read secret.txt in app.jar: it is encrypted");
    }

    @Test
    void what_java_alone_does_not_open_is_told_in_javas_words() throws Exception {
        byte[] bytes = TestJar.executable().file("ab.txt", "x").bytes();
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        for (int name : new int[] {text.indexOf("ab.txt"), text.lastIndexOf("ab.txt")}) {
            // No UTF-8, though the flags say so: 24 bytes before the name in the local header, 38 in the table of
            // contents.
            bytes[name] = (byte) 0xC3;
            bytes[name + 1] = '(';
            bytes[name - (name == text.indexOf("ab.txt") ? 24 : 38) + 1] |= 8;
        }
        Path file = Files.write(temporary.resolve("app.jar"), bytes);

        assertThatThrownBy(() -> inspector.inspect(file, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessage("cannot use app.jar: Java does not open it: invalid CEN header (bad entry name)");
    }

    @Test
    void finds_damage_in_a_compressed_entry() throws Exception {
        byte[] bytes = TestJar.executable()
                .file("db/migration/V1__a.sql", "SELECT 'some text to compress, some text to compress';")
                .bytes();
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("V1__a.sql") + "V1__a.sql".length();
        Path file = temporary.resolve("app.jar");
        for (int i = 0; i < 20; i++) {
            byte[] damaged = bytes.clone();
            damaged[at + i] ^= (byte) 0xFF;
            Files.write(file, damaged);

            assertThatThrownBy(() -> inspector.inspect(file, Progress.NONE))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("it is damaged, db/migration/V1__a.sql");
        }
    }

    @Test
    void names_a_nested_jar_that_is_damaged() throws Exception {
        byte[] nested =
                new TestJar().file("db/migration/V1__a.sql", "SELECT 1;").bytes();
        Path jar = TestJar.executable()
                .file(
                        "BOOT-INF/lib/db.jar",
                        new String(Arrays.copyOf(nested, nested.length / 2), StandardCharsets.US_ASCII))
                .in(temporary, "app.jar");

        assertThatThrownBy(() -> inspector.inspect(jar, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessage("cannot use app.jar: the jar BOOT-INF/lib/db.jar inside it is damaged");
    }

    @Test
    void tells_a_library_from_a_program() throws Exception {
        refused(
                TestJar.executable().withoutManifest(),
                "cannot run app.jar: it has no manifest (META-INF/MANIFEST.MF)");
        refused(new TestJar().classFile("app/Main.class", 17), "cannot run app.jar: its manifest names no Main-Class");
        refused(
                new TestJar().manifest("Main-Class", "app.Main"),
                "cannot run app.jar: its manifest names the Main-Class app.Main, which is not inside");
        refused(
                TestJar.executable().manifest("Start-Class", "app.Boot"),
                "cannot run app.jar: its manifest names the Start-Class app.Boot, which is not inside");
        refused(
                TestJar.executable().file("app/Main.class", "text"),
                "cannot run app.jar: app/Main.class is not a class file");
    }

    @Test
    void names_what_is_no_file() {
        assertThatThrownBy(() -> inspector.inspect(temporary.resolve("no.jar"), Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageEndingWith("no.jar: there is no such file");
        assertThatThrownBy(() -> inspector.inspect(temporary, Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageEndingWith("it is a directory");
        assertThatThrownBy(() -> inspector.inspect(Path.of("/dev/null"), Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageEndingWith("it is not a regular file");
    }

    @Test
    void progress_adds_up() throws Exception {
        Path jar = TestJar.executable().file("big.txt", "x".repeat(10_000)).in(temporary, "app.jar");
        List<String> seen = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        inspector.inspect(jar, new Progress() {
            @Override
            public void begin(String what, long total) {
                seen.add(what);
                numbers.add(total);
            }

            @Override
            public void at(long done) {
                numbers.add(done);
            }

            @Override
            public void end() {
                seen.add("end");
            }
        });

        assertThat(seen).containsExactly("checking app.jar", "end");
        assertThat(numbers.get(numbers.size() - 1)).isEqualTo(numbers.get(0)).isGreaterThan(10_000);
    }

    private void refused(TestJar jar, String message) throws IOException {
        Path file = jar.in(temporary, "app.jar");
        assertThatThrownBy(() -> inspector.inspect(file, Progress.NONE))
                .isInstanceOf(Refused.class)
                .hasMessage(message);
    }
}
