package ccupgrade.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.fault.Failed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456789Z");

    @TempDir
    Path directory;

    @Test
    void gives_back_what_it_was_given() throws Exception {
        OperationEntry full = new OperationEntry(
                7,
                "install",
                NOON,
                NOON.plusSeconds(90),
                "taken back",
                1800000000L,
                "1.2 \u00e4\u4e16",
                1700000000L,
                Duration.ofNanos(1_234_567_891),
                "ada@pts/1",
                "the migration failed\nwith exit code 1",
                new RehearsalEntry(
                        "ab12",
                        true,
                        5,
                        Duration.ofMillis(7),
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(4),
                        Duration.ofMillis(80),
                        false,
                        null,
                        11,
                        4,
                        6,
                        -3,
                        "3",
                        "4"),
                List.of(
                        new StepEntry(1, "Stage", "do", "done", Duration.ofMillis(5), null),
                        new StepEntry(2, "Migrate", "do", "interrupted", null, "exit code 1"),
                        new StepEntry(1, "Stage", "undo", "done", Duration.ZERO, null)),
                List.of(new RowEntry("var/jobs.db", "job", 10L, 0L), new RowEntry("var/jobs.db", "new", null, 3L)));
        OperationEntry bare = bare(8);
        try (Ledger ledger = Ledger.open(file())) {
            ledger.record(full);
            ledger.record(bare);
        }

        try (Ledger ledger = Ledger.open(file())) {
            assertThat(ledger.find(7)).contains(full);
            assertThat(ledger.find(8)).contains(bare);
            assertThat(ledger.find(9)).isEmpty();
            assertThat(ledger.numbers()).containsExactly(7L, 8L);
        }
    }

    @Test
    void of_a_rehearsal_that_an_earlier_version_recorded_each_part_may_have_been_all_of_it() throws Exception {
        OperationEntry rehearsed = new OperationEntry(
                7,
                "rehearse",
                Instant.EPOCH,
                Instant.EPOCH,
                "rehearsed",
                null,
                null,
                null,
                null,
                "ada",
                null,
                new RehearsalEntry(
                        "ab12", true, 5, Duration.ZERO, Duration.ZERO, null, null, true, null, 11, 4, 3, -3, "3", "4"),
                List.of(),
                List.of());
        try (Ledger ledger = Ledger.open(file())) {
            ledger.record(rehearsed);
        }
        run("ALTER TABLE rehearsal DROP COLUMN added_bytes");
        run("ALTER TABLE rehearsal DROP COLUMN temporary_bytes");
        run("ALTER TABLE rehearsal DROP COLUMN archive_ns");
        run("ALTER TABLE rehearsal DROP COLUMN whole");
        run("ALTER TABLE rehearsal DROP COLUMN look_ns");
        run("DELETE FROM flyway_schema_history WHERE version IN ('3', '4', '5')");

        try (Ledger ledger = Ledger.open(file())) {
            RehearsalEntry entry = ledger.rehearsalOf("ab12").orElseThrow();
            assertThat(entry.peakBytes()).isEqualTo(11);
            assertThat(entry.addedBytes()).isEqualTo(11 - 5);
            assertThat(entry.temporaryBytes()).isEqualTo(11 - 5);
        }
    }

    @Test
    void recording_again_replaces_and_adds_nothing() throws Exception {
        OperationEntry first = withSteps(1, "first", 3);
        OperationEntry second = withSteps(1, "second", 1);
        try (Ledger ledger = Ledger.open(file())) {
            ledger.record(first);
            ledger.record(first);
            assertThat(ledger.find(1)).contains(first);

            ledger.record(second);

            assertThat(ledger.find(1)).contains(second);
            assertThat(ledger.list(10)).hasSize(1);
        }
        assertThat(query("SELECT count(*) FROM step")).isEqualTo("1");
    }

    @Test
    void lists_the_newest_first_without_their_steps() throws Exception {
        try (Ledger ledger = Ledger.open(file())) {
            ledger.recordAll(LongStream.rangeClosed(1, 50)
                    .mapToObj(number -> withSteps(number, "done", 2))
                    .toList());

            assertThat(ledger.list(3)).extracting(OperationEntry::number).containsExactly(50L, 49L, 48L);
            assertThat(ledger.list(3))
                    .allSatisfy(entry -> assertThat(entry.steps()).isEmpty());
            assertThat(ledger.list(1000)).hasSize(50);
            assertThat(ledger.list(0)).isEmpty();
            assertThat(ledger.list(-1)).isEmpty();
        }
    }

    @Test
    void records_all_of_an_operation_or_nothing() throws Exception {
        try (Ledger ledger = Ledger.open(file())) {
            ledger.record(withSteps(1, "kept", 2));
            run("CREATE TRIGGER full BEFORE INSERT ON step WHEN NEW.nth = 1 AND NEW.operation = 2 "
                    + "BEGIN SELECT RAISE(ABORT, 'full'); END");

            assertThatThrownBy(() -> ledger.recordAll(List.of(withSteps(1, "lost", 1), withSteps(2, "lost", 2))))
                    .isInstanceOf(Failed.class)
                    .hasMessage("cannot write " + file());

            assertThat(ledger.find(1)).contains(withSteps(1, "kept", 2));
            assertThat(ledger.numbers()).containsExactly(1L);
            ledger.record(withSteps(2, "one step fits", 1));
            assertThat(ledger.numbers()).containsExactly(1L, 2L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "what?mode=memory", "100%41", "a#b", "\u00e4"})
    void any_directory_name_will_do(String name) throws Exception {
        Path file = Files.createDirectory(directory.resolve(name)).resolve("ledger.db");
        try (Ledger ledger = Ledger.open(file)) {
            ledger.record(bare(1));
        }

        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void logs_nothing_while_the_schema_is_migrated() throws Exception {
        List<String> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                logged.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        try {
            Ledger.open(file()).close();
        } finally {
            root.removeHandler(handler);
        }
        assertThat(logged).isEmpty();
    }

    @Test
    void does_not_load_flyway_when_the_schema_is_at_its_newest() throws Exception {
        ClassLoader withoutFlyway = new WithoutFlyway(getClass().getClassLoader());
        Class<?> ledger = Class.forName(Ledger.class.getName(), true, withoutFlyway);

        assertThatThrownBy(() -> ledger.getMethod("open", Path.class).invoke(null, file()))
                .hasRootCauseInstanceOf(ClassNotFoundException.class);
        Ledger.open(file()).close();

        try (AutoCloseable opened =
                (AutoCloseable) ledger.getMethod("open", Path.class).invoke(null, file())) {
            assertThat(opened.getClass().getClassLoader()).isSameAs(withoutFlyway);
        }
    }

    @Test
    void knows_the_newest_migration_and_sets_the_mark() throws Exception {
        Path migrations = Path.of(
                Ledger.class.getResource("/ccupgrade/ledger/V1__operations.sql").toURI());
        try (Stream<Path> files = Files.list(migrations.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".sql"))
                            .mapToInt(name -> Integer.parseInt(name.replaceAll("V(\\d+)__.*", "$1")))
                            .max())
                    .hasValue(LedgerSchema.NEWEST);
        }
        Ledger.open(file()).close();
        assertThat(query("PRAGMA application_id")).isEqualTo(Integer.toString(LedgerSchema.APPLICATION_ID));
        assertThat(query("PRAGMA journal_mode")).isEqualTo("delete");
    }

    @Test
    void an_empty_file_and_an_interrupted_first_migration_become_a_ledger() throws Exception {
        Files.createFile(file());
        try (Ledger ledger = Ledger.open(file())) {
            ledger.record(bare(1));
        }
        // What Flyway has committed before it begins with the first migration.
        run("DELETE FROM flyway_schema_history");
        run("DROP TABLE rehearsal");
        run("DROP TABLE step");
        run("DROP TABLE table_rows");
        run("DROP TABLE operation");
        run("DROP TABLE needs");
        run("PRAGMA application_id = 0");

        try (Ledger ledger = Ledger.open(file())) {
            assertThat(ledger.numbers()).isEmpty();
        }
    }

    @RepeatedTest(10)
    void two_who_open_a_new_ledger_at_once_both_get_it() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Integer>> both = new ArrayList<>();
            for (int i = 1; i <= 2; i++) {
                long number = i;
                Callable<Integer> work = () -> {
                    together.await();
                    try (Ledger ledger = Ledger.open(file())) {
                        ledger.record(bare(number));
                        return ledger.list(10).size();
                    }
                };
                both.add(threads.submit(work));
            }
            for (Future<Integer> one : both) {
                assertThat(one.get()).isPositive();
            }
        } finally {
            threads.shutdownNow();
        }
        try (Ledger ledger = Ledger.open(file())) {
            assertThat(ledger.numbers()).containsExactly(1L, 2L);
        }
    }

    @Test
    void a_newer_ledger_names_the_ccupgrade_that_reads_it() throws Exception {
        Ledger.open(file()).close();
        run("UPDATE needs SET ccupgrade = '9.1.0'");
        run("INSERT INTO flyway_schema_history SELECT 99, '99', description, type, script, checksum, installed_by, "
                + "installed_on, execution_time, success FROM flyway_schema_history WHERE installed_rank = 1");

        assertThatThrownBy(() -> Ledger.open(file()))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.remedy()).isEqualTo("use ccupgrade 9.1.0 or newer"))
                .hasMessage(
                        "cannot use " + file() + ": its schema has version 99, and this ccupgrade knows versions up to "
                                + LedgerSchema.NEWEST);
    }

    @Test
    void a_foreign_database_is_left_alone() throws Exception {
        run("CREATE TABLE customers (name TEXT)");
        byte[] before = Files.readAllBytes(file());

        assertThatThrownBy(() -> Ledger.open(file()))
                .isInstanceOf(Failed.class)
                .hasMessage("cannot use " + file() + ": it is an SQLite database, but no ledger of ccupgrade's");

        assertThat(Files.readAllBytes(file())).isEqualTo(before);
    }

    @Test
    void what_is_no_database_may_be_deleted() throws Exception {
        Files.writeString(file(), "this is not a database, and it is longer than a header of SQLite's".repeat(100));

        assertThatThrownBy(() -> Ledger.open(file()))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.remedy())
                                .endsWith("from the journals of the operations: rm " + file()))
                .hasMessage("cannot use " + file() + ": it is not an SQLite database");
    }

    @Test
    void a_damaged_ledger_may_be_deleted_wherever_the_damage_is() throws Exception {
        try (Ledger ledger = Ledger.open(file())) {
            ledger.recordAll(LongStream.rangeClosed(1, 200)
                    .mapToObj(number -> withSteps(number, "done", 5))
                    .toList());
        }
        byte[] whole = Files.readAllBytes(file());
        int noticed = 0;
        for (int at = 0; at + 4096 <= whole.length; at += 4096) {
            byte[] damaged = whole.clone();
            for (int i = at; i < at + 4096; i++) {
                damaged[i] ^= 0x5a;
            }
            Files.write(file(), damaged);
            try (Ledger ledger = Ledger.open(file())) {
                ledger.numbers();
                ledger.list(1000);
                for (long number = 1; number <= 200; number++) {
                    ledger.find(number);
                }
            } catch (Failed e) {
                assertThat(e.remedy()).contains("rm ");
                noticed++;
            }
        }
        assertThat(noticed).isGreaterThan(whole.length / 4096 / 2);
    }

    @Test
    void a_directory_that_is_missing_is_not_made() {
        Path file = directory.resolve("absent/ledger.db");

        assertThatThrownBy(() -> Ledger.open(file)).isInstanceOf(Failed.class).hasMessage("cannot open " + file);
        assertThat(file.getParent()).doesNotExist();
    }

    private Path file() {
        return directory.resolve("ledger.db");
    }

    private static OperationEntry bare(long number) {
        return new OperationEntry(
                number,
                "rollback",
                NOON,
                NOON,
                "refused",
                null,
                null,
                null,
                null,
                "root",
                null,
                null,
                List.of(),
                List.of());
    }

    private static OperationEntry withSteps(long number, String outcome, int count) {
        List<StepEntry> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(new StepEntry(i, "Step" + i, "do", "done", Duration.ofSeconds(i), "a message of some length"));
        }
        return new OperationEntry(
                number,
                "install",
                NOON,
                NOON,
                outcome,
                number,
                "1.0",
                null,
                Duration.ZERO,
                "root",
                null,
                null,
                steps,
                List.of());
    }

    private void run(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private String query(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            return statement.executeQuery(sql).getString(1);
        }
    }

    /** Loads the ledger's classes anew and lets them find everything but Flyway. */
    private static final class WithoutFlyway extends ClassLoader {

        WithoutFlyway(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.flywaydb.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("ccupgrade.ledger.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream stream = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = stream.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
