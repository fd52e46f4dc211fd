package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabaseFinderTest {

    private Path home;

    @BeforeEach
    void setUp() throws IOException {
        home = Files.createDirectories(Jimfs.newFileSystem(Configuration.unix()).getPath("/srv/a [b]"));
        Files.createDirectories(home.resolve("var/deep/.hidden"));
    }

    private void files(String... names) throws IOException {
        for (String name : names) {
            Files.createFile(home.resolve(name));
        }
    }

    private List<String> found(String... patterns) throws IOException {
        return DatabaseFinder.resolve(home, List.of(patterns)).stream()
                .map(path -> home.relativize(path).toString())
                .toList();
    }

    @Test
    void a_pattern_finds_files_sorted_and_passes_over_what_lies_beside_them() throws IOException {
        files("var/b.db", "var/a.db", "var/a.db-wal", "var/a.db-shm", "var/a.db-journal", "var/.a.db.1f.ccupgrade-tmp");
        files("var/.x.db", "var/a.txt", "var/deep/c.db");
        Files.createDirectory(home.resolve("var/directory.db"));
        assertThat(found("var/*.db")).containsExactly("var/a.db", "var/b.db");
        assertThat(found("var/a*")).containsExactly("var/a.db", "var/a.txt");
    }

    @Test
    void two_stars_go_deep_but_into_nothing_hidden() throws IOException {
        files("var/a.db", "var/deep/c.db", "var/deep/.hidden/d.db");
        assertThat(found("var/**.db")).containsExactly("var/a.db", "var/deep/c.db");
        assertThat(found("**/c.db")).containsExactly("var/deep/c.db");
        assertThat(found("var/{a,x}.db", "none/*.db")).containsExactly("var/a.db");
    }

    @Test
    void an_explicit_name_is_told_even_when_absent() throws IOException {
        assertThat(found("./var/jobs.db", "x.db")).containsExactly("var/jobs.db", "x.db");
    }

    @Test
    void a_database_with_two_names_is_told_once_by_the_explicit_one() throws IOException {
        files("var/a.db");
        Files.createSymbolicLink(home.resolve("var/z.db"), home.getFileSystem().getPath("a.db"));
        assertThat(found("var/*.db")).containsExactly("var/a.db");
        assertThat(found("var/*.db", "var/z.db")).containsExactly("var/z.db");
        assertThat(found("var/a.db", home + "/var/a.db", "var/*.db")).containsExactly("var/a.db");
    }

    @Test
    void a_link_that_leads_nowhere_is_found_by_name_only() throws IOException {
        Files.createSymbolicLink(home.resolve("var/z.db"), home.getFileSystem().getPath("nowhere"));
        assertThat(found("var/*.db")).isEmpty();
        assertThat(found("var/z.db")).containsExactly("var/z.db");
    }
}
