package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.disk.Progress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowCountsTest {

    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"wal", "delete"})
    void counts_the_rows_that_were_there_when_it_was_asked_to_hold_them(String journalMode) throws Exception {
        Path db = home.resolve("jobs.db");
        Sqlite.run(db, "PRAGMA journal_mode=" + journalMode, "CREATE TABLE t(x)", "INSERT INTO t VALUES(1), (2)");
        try (RowCounts counts = RowCounts.hold(db, Sqlite.reader(home), Progress.NONE)) {
            Sqlite.run(db, "INSERT INTO t VALUES(3)", "CREATE TABLE later(x)");
            assertThat(counts.count(Progress.NONE)).containsOnlyKeys("t").containsEntry("t", 2L);
        }
    }

    @Test
    void an_absent_database_has_no_tables() throws Exception {
        try (RowCounts counts = RowCounts.hold(home.resolve("none.db"), Sqlite.reader(home), Progress.NONE)) {
            assertThat(counts.count(Progress.NONE)).isEmpty();
        }
        assertThat(home).isEmptyDirectory();
    }
}
