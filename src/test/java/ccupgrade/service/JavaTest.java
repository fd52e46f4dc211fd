package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaTest {

    @TempDir
    Path directory;

    private final Java java = new Java(System.getenv());

    private Path installation(String name, String says) throws IOException {
        World.script(directory.resolve(name).resolve("bin/java"), "echo '" + says + "' >&2");
        return directory.resolve(name);
    }

    @Test
    void the_configured_one_comes_before_java_home_and_that_before_path() throws Exception {
        Path a = installation("a", "");
        Path b = installation("b", "");
        Path c = installation("c", "");
        Map<String, String> environment = Map.of("JAVA_HOME", b.toString(), "PATH", "/nowhere:" + c.resolve("bin"));

        assertThat(java.find(a.resolve("bin/java"), environment)).isEqualTo(a.resolve("bin/java"));
        assertThat(java.find(a, environment)).isEqualTo(a.resolve("bin/java"));
        assertThat(java.find(null, environment)).isEqualTo(b.resolve("bin/java"));
        assertThat(java.find(null, Map.of("PATH", environment.get("PATH")))).isEqualTo(c.resolve("bin/java"));
    }

    @Test
    void one_that_was_asked_for_and_is_not_there_is_not_replaced() throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", "/nowhere", "PATH", installation("a", "") + "/bin");

        assertThatThrownBy(() -> java.find(null, environment))
                .isInstanceOfSatisfying(
                        Refused.class, e -> assertThat(e.remedy()).contains("JAVA_HOME"));
        assertThatThrownBy(() -> java.find(Path.of("/nowhere/java"), environment))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("/nowhere/java");
    }

    @Test
    void without_any_the_way_out_is_named() {
        assertThatThrownBy(() -> java.find(null, Map.of("PATH", directory.toString())))
                .isInstanceOfSatisfying(
                        Refused.class, e -> assertThat(e.remedy()).contains("apt install"));
    }

    @Test
    void the_version_is_read_beside_the_real_executable() throws Exception {
        Path a = installation("a", "");
        Files.writeString(a.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"21.0.4\"\n");
        Path link = Files.createSymbolicLink(directory.resolve("java"), a.resolve("bin/java"));

        assertThat(java.featureVersion(link)).isEqualTo(21);
    }

    @Test
    void a_jdk_8_keeps_its_java_one_level_deeper() throws Exception {
        Path jre = installation("jdk8/jre", "");
        Files.writeString(directory.resolve("jdk8/release"), "JAVA_VERSION=\"1.8.0_392\"\n");

        assertThat(java.featureVersion(jre.resolve("bin/java"))).isEqualTo(8);
    }

    @Test
    void without_a_release_file_it_is_asked() throws Exception {
        Path a = installation("a", "openjdk version \"25-ea\" 2025-09-16");

        assertThat(java.featureVersion(a.resolve("bin/java"))).isEqualTo(25);
    }

    @Test
    void one_that_makes_no_sense_is_refused_with_what_it_said() throws Exception {
        Path a = installation("a", "out of licences");

        assertThatThrownBy(() -> java.featureVersion(a.resolve("bin/java")))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("out of licences");
    }

    @Test
    void the_java_of_this_test_knows_its_version() throws Exception {
        Path here = Path.of(System.getProperty("java.home"), "bin/java");

        assertThat(java.featureVersion(here)).isEqualTo(Runtime.version().feature());
    }
}
