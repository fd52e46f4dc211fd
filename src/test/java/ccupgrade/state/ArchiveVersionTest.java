package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveVersionTest {

    @TempDir
    Path archive;

    @Test
    void one_unsigned_integer_is_a_version_and_nothing_else_is() throws Exception {
        assertThat(ArchiveVersion.read(archive, "version.txt")).isEmpty();
        Files.writeString(archive.resolve("version.txt"), " 3\n");
        assertThat(ArchiveVersion.read(archive, "version.txt")).contains(3L);
        for (String other : new String[] {"", "-3", "3.1", "three", "3 4", "9".repeat(30)}) {
            Files.writeString(archive.resolve("version.txt"), other);
            assertThat(ArchiveVersion.read(archive, "version.txt")).as(other).isEmpty();
        }
    }
}
