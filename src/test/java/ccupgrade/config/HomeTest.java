package ccupgrade.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.fault.Misuse;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HomeTest {

    private final Path root = Jimfs.newFileSystem(Configuration.unix()).getPath("/");
    private final Path deep = root.resolve("srv/jobs/var/archive");

    @Test
    void is_the_nearest_directory_upwards_with_a_file() throws Exception {
        Files.createDirectories(deep);
        Files.createFile(root.resolve("srv/ccupgrade.toml"));
        Files.createFile(root.resolve("srv/jobs/ccupgrade.toml"));

        assertThat(Home.find(deep, null)).isEqualTo(root.resolve("srv/jobs"));
    }

    @Test
    void is_the_working_directory_when_there_is_no_file() throws Exception {
        Files.createDirectories(deep);

        assertThat(Home.find(deep, null)).isEqualTo(deep);
    }

    @Test
    void is_what_was_given_even_without_a_file() throws Exception {
        Files.createDirectories(deep);
        Files.createFile(deep.resolve("ccupgrade.toml"));

        assertThat(Home.find(deep, root.resolve("srv/jobs"))).isEqualTo(root.resolve("srv/jobs"));
        assertThat(Home.find(root.resolve("srv"), root.getFileSystem().getPath("jobs/.")))
                .isEqualTo(root.resolve("srv/jobs"));
    }

    @Test
    void asks_the_file_system_what_lies_above_a_link() throws Exception {
        Files.createDirectories(deep);
        Files.createSymbolicLink(root.resolve("link"), deep);

        assertThat(Home.find(root, root.getFileSystem().getPath("link/.."))).isEqualTo(root.resolve("srv/jobs/var"));
    }

    @Test
    void is_not_what_is_no_directory() throws Exception {
        Files.createFile(root.resolve("file"));

        assertThatThrownBy(() -> Home.find(root, root.resolve("file")))
                .isInstanceOf(Misuse.class)
                .hasMessage("cannot use /file as the home: it is not a directory");
        assertThatThrownBy(() -> Home.find(root, root.resolve("absent")))
                .isInstanceOf(Misuse.class)
                .hasMessage("cannot use /absent as the home: there is no such directory");
    }
}
