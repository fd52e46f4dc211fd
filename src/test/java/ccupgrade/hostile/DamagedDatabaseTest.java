package ccupgrade.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.DurableDisk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.state.DatabaseReader;
import ccupgrade.state.OpenFiles;
import ccupgrade.state.Preparation;
import ccupgrade.state.SavedFile;
import ccupgrade.state.Scope;
import ccupgrade.state.Snapshot;
import ccupgrade.state.SnapshotStore;
import ccupgrade.state.VersionKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SQLite files with damaged headers, pages and logs: read or refused by name, never changed, and never in a snapshot that is not sound. */
class DamagedDatabaseTest {

    @TempDir
    Path home;

    private Path database;
    private DatabaseReader reader;
    private SnapshotStore snapshots;

    @BeforeEach
    void make() throws Exception {
        database = home.resolve("jobs.db");
        sql(
                "CREATE TABLE jobs(id INTEGER PRIMARY KEY, name TEXT)",
                "CREATE INDEX jobs_name ON jobs(name)",
                "CREATE TABLE flyway_schema_history(installed_rank INT PRIMARY KEY, version TEXT, description TEXT,"
                        + " type TEXT, script TEXT, checksum INT, success BOOLEAN)",
                "INSERT INTO flyway_schema_history VALUES (1, '1', 'jobs', 'SQL', 'V1__jobs.sql', 7, 1)",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
                        + " INSERT INTO jobs SELECT i, 'job number ' || i FROM n");
        DurableDisk disk = new DurableDisk(new Random(1));
        reader = new DatabaseReader(home, home.resolve("scratch"), disk, new OpenFiles());
        snapshots = new SnapshotStore(home.resolve("snapshots"), home, disk, reader, Clock.systemUTC());
    }

    private void sql(String... statements) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                var statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** Headers and the schema's page more often: there is more to be got wrong. */
    private static byte[] damaged(byte[] bytes, SplittableRandom random) {
        int reach = random.nextBoolean() ? 100 : random.nextBoolean() ? 4096 : bytes.length;
        int from = random.nextInt(Math.min(reach, bytes.length));
        byte[] part = Fuzz.damaged(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 64)), random);
        byte[] rest = Arrays.copyOfRange(bytes, Math.min(bytes.length, from + 64), bytes.length);
        return Fuzz.concat(Fuzz.concat(Arrays.copyOf(bytes, from), part), rest);
    }

    private void examine(byte[] mutant) throws Exception {
        try {
            reader.schema(database);
            reader.rowCounts(database, Progress.NONE);
            reader.quickCheck(database, Progress.NONE);
            reader.foreignKeyCheck(database, Progress.NONE);
        } catch (Fault e) {
            assertThat(e.getMessage()).startsWith("cannot ").contains("jobs.db");
        }
        try {
            Snapshot taken;
            try (Preparation preparation =
                    snapshots.prepare("s", 1L, 1, "test", new Scope(List.of(database)), 0, Progress.NONE)) {
                taken = preparation.finish(List.of(database), Progress.NONE);
            }
            try {
                SavedFile saved = Objects.requireNonNull(snapshots
                        .settle(taken, false, Progress.NONE)
                        .databases()
                        .get(0)
                        .saved());
                // Damage is not the snapshot's to hide.
                if (saved.isSound()) {
                    assertThat(reader.quickCheck(home.resolve("snapshots/s/1-jobs.db"), Progress.NONE))
                            .isEmpty();
                }
            } catch (Fault e) {
                assertThat(e.getMessage()).startsWith("cannot ").contains("jobs.db");
            }
            snapshots.delete("s");
        } catch (Fault e) {
            assertThat(e.getMessage()).startsWith("cannot ").contains("jobs.db");
            assertThat(home.resolve("snapshots/s")).doesNotExist();
        }
        assertThat(Files.readAllBytes(database)).isEqualTo(mutant);
    }

    @Test
    void damage_anywhere_in_the_file() throws Exception {
        byte[] whole = Files.readAllBytes(database);
        examine(whole);
        Fuzz.rounds(150, random -> {
            byte[] mutant = damaged(whole, random);
            Files.write(database, mutant);
            examine(mutant);
        });
    }

    @Test
    void damage_anywhere_in_a_log_that_a_crash_left() throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("INSERT INTO jobs(name) VALUES ('in the log')");
            Files.copy(database, home.resolve("kept"));
            Files.copy(home.resolve("jobs.db-wal"), home.resolve("kept-wal"));
        }
        byte[] main = Files.readAllBytes(home.resolve("kept"));
        byte[] log = Files.readAllBytes(home.resolve("kept-wal"));
        Fuzz.rounds(60, random -> {
            Files.write(database, main);
            Files.write(home.resolve("jobs.db-wal"), damaged(log, random));
            examine(main);
        });
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_view_in_the_place_of_a_version_table_is_not_asked_for_rows_without_end() throws Exception {
        String endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
        sql(
                "DROP TABLE flyway_schema_history",
                "CREATE VIEW schema_migrations AS " + endless + " SELECT i AS version, 0 AS dirty FROM n",
                "CREATE VIEW flyway_schema_history AS " + endless + " SELECT i AS installed_rank FROM n");
        assertThat(reader.schema(database).orElseThrow().kind()).isEqualTo(VersionKind.NONE);
        assertThat(reader.rowCounts(database, Progress.NONE)).containsOnlyKeys("jobs");
    }

    @Test
    void a_directory_a_pipe_and_a_link_in_a_circle_are_no_databases() throws Exception {
        Files.delete(database);
        Files.createDirectory(database);
        assertThatThrownBy(() -> reader.schema(database))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("jobs.db");
        Files.delete(database);
        new ProcessBuilder("mkfifo", database.toString()).start().waitFor();
        assertThatThrownBy(() -> reader.schema(database))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("jobs.db");
        Files.delete(database);
        Files.createSymbolicLink(database, database.getFileName());
        assertThatThrownBy(() -> reader.schema(database)).hasMessageContaining("jobs.db");
    }
}
