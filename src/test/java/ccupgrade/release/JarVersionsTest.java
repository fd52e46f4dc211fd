package ccupgrade.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarVersionsTest {

    @TempDir
    Path directory;

    @Test
    void the_manifest_says_what_the_release_works_on() throws Exception {
        Path jar = TestJar.executable()
                .manifest("Ccupgrade-Database-Version", "11")
                .manifest("Ccupgrade-Archive-Version", "3")
                .in(directory, "x.jar");

        assertThat(JarVersions.read(jar)).isEqualTo(new Supported("11", "3"));
    }

    @Test
    void a_jar_that_says_nothing_and_a_file_that_is_none_are_unknown() throws Exception {
        assertThat(JarVersions.read(TestJar.executable().in(directory, "x.jar")))
                .isEqualTo(Supported.UNKNOWN);
        assertThat(JarVersions.read(Files.writeString(directory.resolve("script"), "#!/bin/sh\n")))
                .isEqualTo(Supported.UNKNOWN);
        assertThat(JarVersions.read(directory.resolve("none"))).isEqualTo(Supported.UNKNOWN);
    }
}
