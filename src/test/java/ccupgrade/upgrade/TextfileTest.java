package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.upgrade.DeploymentStatus.OpenOperation;
import ccupgrade.upgrade.DeploymentStatus.OpenOperation.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextfileTest {

    @TempDir
    private Path directory;

    private Example example;

    @BeforeEach
    void makeExample() throws Exception {
        example = new Example(directory.toRealPath()).whole();
    }

    private Optional<String> write(String name, @Nullable OpenOperation open) throws Exception {
        Files.writeString(directory.resolve("ccupgrade.toml"), "[metrics]\ntextfile = \"" + name + "\"\n");
        return new Textfile(Site.of(example.deployment(), example.surroundings())).write(open);
    }

    @Test
    void it_has_the_figures_of_the_deployment_for_everybody_to_read() throws Exception {
        assertThat(write("jobs.prom", null)).isEmpty();
        Path file = directory.resolve("jobs.prom");
        String home = "{home=\"" + directory.toRealPath();
        assertThat(file)
                .content()
                .contains(
                        "\nccupgrade_release_info" + home + "\",release=\"" + Example.SECOND
                                + "\",version=\"1.1\"} 1\n",
                        "\nccupgrade_releases" + home + "\"} 3\n",
                        "\nccupgrade_snapshots" + home + "\"} 1\n",
                        "\nccupgrade_last_operation_result" + home
                                + "\",command=\"install\",result=\"taken-back\"} 1\n",
                        "\nccupgrade_last_operation_result" + home + "\",command=\"install\",result=\"done\"} 0\n",
                        "\nccupgrade_operation_open" + home + "\"} 0\n",
                        "\nccupgrade_needs_operator" + home + "\"} 0\n");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void an_operation_that_nobody_works_on_any_more_asks_for_somebody() throws Exception {
        Instant since = Instant.ofEpochSecond(Example.SECOND);
        assertThat(write("jobs.prom", new OpenOperation(3L, "install", since, 0, Stage.TO_BE_TAKEN_BACK, null)))
                .isEmpty();
        assertThat(Files.readString(directory.resolve("jobs.prom")))
                .containsPattern("ccupgrade_operation_open\\S* 1\n")
                .containsPattern("ccupgrade_operation_open_since_timestamp_seconds\\S* " + Example.SECOND + "\n")
                .containsPattern("ccupgrade_needs_operator\\S* 1\n");
    }

    @Test
    void that_it_cannot_be_written_is_told_and_no_failure() throws Exception {
        Files.createFile(directory.resolve("collector"));
        assertThat(write("collector/jobs.prom", null))
                .get()
                .asString()
                .startsWith("cannot write the metrics to " + directory.toRealPath() + "/collector/jobs.prom: ");
    }

    @Test
    void without_the_key_nothing_is_written() throws Exception {
        var before = example.listing();
        assertThat(new Textfile(Site.of(example.deployment(), example.surroundings())).write(null))
                .isEmpty();
        assertThat(example.listing()).isEqualTo(before);
    }
}
