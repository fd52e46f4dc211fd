package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.fault.Failed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveVersionTest {

    @TempDir
    Path archive;

    @Test
    void is_the_number_in_the_file_whatever_blanks_are_around_it() throws Exception {
        for (String text : List.of("3", "3\n", " 3 \r\n", "003")) {
            Files.writeString(archive.resolve("version.txt"), text);
            assertThat(ArchiveVersion.read(archive, "version.txt")).contains(3L);
        }
    }

    @Test
    void is_none_without_the_file_and_without_the_directory() throws Exception {
        assertThat(ArchiveVersion.read(archive, "version.txt")).isEmpty();
        assertThat(ArchiveVersion.read(archive.resolve("none"), "version.txt")).isEmpty();
        Files.writeString(archive.resolve("file"), "3");
        assertThat(ArchiveVersion.read(archive.resolve("file"), "version.txt")).isEmpty();
    }

    @Test
    void anything_but_an_unsigned_integer_is_told_with_the_file() throws Exception {
        Path file = archive.resolve("version.txt");
        for (String text : List.of("", "-1", "2.0", "two", "3 4", "9".repeat(19), "\u0663")) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> ArchiveVersion.read(archive, "version.txt"))
                    .as(text)
                    .isInstanceOf(Failed.class)
                    .hasMessageContaining(file + " does not hold an unsigned integer");
        }
        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> ArchiveVersion.read(archive, "version.txt")).isInstanceOf(Failed.class);
    }
}
