package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumesTest {

    @TempDir
    Path directory;

    @Test
    void what_is_not_there_yet_lies_where_it_would_be_made() throws Exception {
        Volumes.Volume here = Volumes.MOUNTED.of(directory);
        Volumes.Volume there = Volumes.MOUNTED.of(directory.resolve("not/there"));
        assertThat(there.identity()).isEqualTo(here.identity());
        assertThat(there.name()).isEqualTo(here.name());
        assertThat(here.free()).isPositive();
    }

    @Test
    void a_link_leads_to_where_it_points() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/dev/shm")), "needs a disk in memory");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/shm"));
        Volumes.Volume there = Volumes.MOUNTED.of(link);
        // The directory is not to be tidied up through it.
        Files.delete(link);
        assertThat(there.name()).isEqualTo("/dev/shm (tmpfs)");
        assertThat(there.identity()).isNotEqualTo(Volumes.MOUNTED.of(directory).identity());
    }
}
