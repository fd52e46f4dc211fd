package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.service.Isolation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskUseTest {

    @TempDir
    Path home;

    private final AtomicLong nanos = new AtomicLong();
    private StandIn stage;
    private Path copy;
    private DiskUse use;

    @BeforeEach
    void copy() throws Exception {
        Example example = new Example(home);
        example.sql("CREATE TABLE t(x)");
        Files.write(home.resolve("configuration"), new byte[700]);
        Site site = Site.of(example.deployment(), example.surroundings());
        stage = new StandIn(site, 1, Isolation.none());
        stage.furnish(new ArrayList<>());
        copy = Files.write(stage.copyOf(site.databases().get(0)), new byte[1000]);
        use = new DiskUse(stage, new MigrationCommand(site, 1), nanos::get);
    }

    private void write(String suffix, int bytes) throws Exception {
        Files.write(copy.resolveSibling(copy.getFileName() + suffix), new byte[bytes]);
    }

    @Test
    void only_what_came_after_the_copy_counts() throws Exception {
        use.lookLast();
        assertThat(use.added()).isZero();
        write("-journal", 300);
        use.lookNowAndThen();
        Files.delete(copy.resolveSibling(copy.getFileName() + "-journal"));
        use.lookLast();
        assertThat(use.added()).isEqualTo(300);
        assertThat(use.together()).isEqualTo(300);
    }

    @Test
    void the_log_and_what_was_made_of_it_at_the_end_were_there_together_though_nobody_saw_it() throws Exception {
        write("-wal", 5000);
        use.lookNowAndThen();
        Files.delete(copy.resolveSibling(copy.getFileName() + "-wal"));
        write("", 4000);
        use.lookLast();
        assertThat(use.added()).isEqualTo(5000 + 3000);
        assertThat(use.together()).isEqualTo(8000);
    }

    @Test
    void a_log_that_is_left_counts_once() throws Exception {
        write("-wal", 5000);
        use.lookLast();
        assertThat(use.added()).isEqualTo(5000);
    }
}
