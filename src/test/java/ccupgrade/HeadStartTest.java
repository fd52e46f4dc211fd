package ccupgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.release.EmbeddedMigrations;
import ccupgrade.state.DatabaseReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HeadStartTest {

    @Test
    void no_command_that_changes_something_has_one() {
        assertThat(HeadStart.isWorthwhile(Set.of("status"))).isTrue();
        assertThat(HeadStart.isWorthwhile(Set.of("install"))).isFalse();
        // A release that is called like a command.
        assertThat(HeadStart.isWorthwhile(Set.of("install", "status"))).isFalse();
        assertThat(HeadStart.isWorthwhile(Set.of())).isFalse();
    }

    @Test
    void what_it_loads_leaves_no_file() throws Exception {
        Set<String> before = files();
        DatabaseReader.load();
        EmbeddedMigrations.load();
        assertThat(files()).isEqualTo(before);
    }

    /** Where a database in memory would lie that was taken for a file. */
    private static Set<String> files() throws Exception {
        try (Stream<Path> files = Files.list(Path.of(""))) {
            return Set.copyOf(files.map(Path::toString).toList());
        }
    }
}
