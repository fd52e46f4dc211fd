package ccupgrade.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseReaderTest {

    @TempDir
    Path home;

    private Path var;
    private Path db;
    private DatabaseReader reader;

    @BeforeEach
    void setUp() throws Exception {
        var = Files.createDirectory(home.resolve("var ?%#ä"));
        db = var.resolve("jobs.db");
        reader = Sqlite.reader(home);
    }

    private SchemaVersion schema() throws Exception {
        return reader.schema(db).orElseThrow();
    }

    @Test
    void an_absent_database_has_no_schema_no_rows_and_no_faults_and_stays_absent() throws Exception {
        assertThat(reader.schema(db)).isEmpty();
        assertThat(reader.rowCounts(db, Progress.NONE)).isEmpty();
        assertThat(reader.integrityCheck(db, Progress.NONE)).isEmpty();
        assertThat(reader.isSqlite(db)).isFalse();
        assertThat(Sqlite.listing(var)).hasSize(1);
    }

    @Test
    void an_empty_file_is_an_empty_database() throws Exception {
        Files.createFile(db);
        assertThat(reader.isSqlite(db)).isTrue();
        assertThat(schema().text()).isEqualTo("none");
    }

    @Test
    void golang_migrate_has_one_row_that_says_version_and_dirty() throws Exception {
        Sqlite.run(db, "CREATE TABLE schema_migrations(version uint64, dirty bool)");
        assertThat(schema().kind()).isEqualTo(VersionKind.GOLANG_MIGRATE);
        assertThat(schema().text()).isEqualTo("none");
        Sqlite.run(db, "INSERT INTO schema_migrations VALUES(8, 0)");
        assertThat(schema().text()).isEqualTo("8");
        String clean = schema().identity();
        Sqlite.run(db, "UPDATE schema_migrations SET dirty = 1");
        assertThat(schema().text()).isEqualTo("8 (dirty)");
        assertThat(schema().identity()).isNotEqualTo(clean);
        Sqlite.run(db, "UPDATE schema_migrations SET dirty = 0", "INSERT INTO schema_migrations VALUES(9, 0)");
        assertThat(schema().text()).isEqualTo("8,9 (dirty)");
    }

    @Test
    void a_table_of_that_name_without_dirty_is_not_golang_migrates() throws Exception {
        Sqlite.run(db, "CREATE TABLE schema_migrations(version text)", "INSERT INTO schema_migrations VALUES('2024')");
        assertThat(schema().kind()).isEqualTo(VersionKind.NONE);
    }

    private static final String FLYWAY =
            "CREATE TABLE flyway_schema_history(installed_rank INT PRIMARY KEY, version VARCHAR,"
                    + " description VARCHAR, type VARCHAR, script VARCHAR, checksum INT, installed_by VARCHAR, installed_on TEXT,"
                    + " execution_time INT, success BOOLEAN)";

    private static String row(int rank, String version, String type, String checksum, int success) {
        return "INSERT INTO flyway_schema_history VALUES(" + rank + ", " + version + ", 'd', '" + type + "', 's', "
                + checksum + ", 'u', 't', 1, " + success + ")";
    }

    @Test
    void flyway_is_at_the_highest_version_that_succeeded_and_was_not_undone() throws Exception {
        Sqlite.run(db, FLYWAY);
        assertThat(schema().text()).isEqualTo("none");
        assertThat(schema().kind()).isEqualTo(VersionKind.FLYWAY);
        Sqlite.run(
                db,
                row(1, "'9'", "SQL", "-5", 1),
                row(2, "'10'", "SQL", "NULL", 1),
                row(3, "'9.5'", "SQL", "7", 1),
                row(4, "NULL", "SQL", "8", 1));
        assertThat(schema().text()).isEqualTo("10");
        assertThat(schema().flywayHistory())
                .hasSize(4)
                .contains(new HistoryRow(1, "9", "d", "SQL", "s", -5, true))
                .contains(new HistoryRow(2, "10", "d", "SQL", "s", null, true))
                .contains(new HistoryRow(4, null, "d", "SQL", "s", 8, true));
        Sqlite.run(db, row(5, "'10'", "UNDO_SQL", "NULL", 1));
        assertThat(schema().text()).isEqualTo("9.5");
        Sqlite.run(db, row(6, "'11'", "SQL", "9", 0));
        assertThat(schema().text()).isEqualTo("9.5 (dirty)");
    }

    @Test
    void a_repeatable_migration_of_flyway_changes_the_identity_though_neither_version_nor_schema_changed()
            throws Exception {
        Sqlite.run(db, FLYWAY, row(1, "'1'", "SQL", "1", 1));
        String before = schema().identity();
        Sqlite.run(db, row(2, "NULL", "SQL", "1", 1));
        assertThat(schema().identity()).isNotEqualTo(before);
    }

    @Test
    void of_two_version_tables_the_one_with_rows_counts() throws Exception {
        Sqlite.run(db, "CREATE TABLE schema_migrations(version uint64, dirty bool)", FLYWAY);
        assertThat(schema().kind()).isEqualTo(VersionKind.GOLANG_MIGRATE);
        Sqlite.run(db, row(1, "'3'", "SQL", "1", 1));
        assertThat(schema().kind()).isEqualTo(VersionKind.FLYWAY);
        Sqlite.run(db, "INSERT INTO schema_migrations VALUES(8, 0)");
        assertThat(schema().kind()).isEqualTo(VersionKind.GOLANG_MIGRATE);
    }

    @Test
    void user_version_counts_when_it_is_not_zero() throws Exception {
        Sqlite.run(db, "CREATE TABLE t(x)");
        assertThat(schema().kind()).isEqualTo(VersionKind.NONE);
        Sqlite.run(db, "PRAGMA user_version = 7");
        assertThat(schema().kind()).isEqualTo(VersionKind.USER_VERSION);
        assertThat(schema().text()).isEqualTo("7");
    }

    @Test
    void rows_do_not_change_the_identity_and_an_index_does() throws Exception {
        Sqlite.run(db, "CREATE TABLE t(x INTEGER PRIMARY KEY AUTOINCREMENT)");
        String before = schema().identity();
        Sqlite.run(db, "INSERT INTO t DEFAULT VALUES", "ANALYZE");
        assertThat(schema().identity()).isEqualTo(before);
        Sqlite.run(db, "CREATE INDEX i ON t(x)");
        assertThat(schema().identity()).isNotEqualTo(before);
    }

    @Test
    void counts_the_rows_of_every_table_but_sqlites_own_and_virtual_ones() throws Exception {
        Sqlite.run(
                db,
                "CREATE TABLE b(x INTEGER PRIMARY KEY AUTOINCREMENT)",
                "INSERT INTO b DEFAULT VALUES",
                "CREATE TABLE \"a \"\"quoted\"(x)",
                "CREATE TABLE sqliteish(x)",
                "CREATE VIRTUAL TABLE v USING fts5(body)");
        assertThat(reader.rowCounts(db, Progress.NONE))
                .containsEntry("b", 1L)
                .containsEntry("a \"quoted", 0L)
                .containsEntry("sqliteish", 0L)
                .doesNotContainKeys("sqlite_sequence", "v");
    }

    @Test
    void a_table_that_lost_all_its_rows_stands_out() {
        List<RowChange> changes = RowChange.compare(
                Map.of("jobtag", 5L, "same", 1L, "gone", 2L, "goneempty", 0L),
                Map.of("jobtag", 0L, "same", 1L, "new", 0L));
        assertThat(changes)
                .containsExactly(
                        new RowChange("gone", 2L, null),
                        new RowChange("goneempty", 0L, null),
                        new RowChange("jobtag", 5L, 0L),
                        new RowChange("new", null, 0L));
        assertThat(changes.stream().filter(RowChange::lostAll).map(RowChange::table))
                .containsExactly("gone", "jobtag");
    }

    @Test
    void lists_rows_that_refer_to_nothing_but_not_without_end() throws Exception {
        Sqlite.run(db, "CREATE TABLE p(id INTEGER PRIMARY KEY)", "CREATE TABLE c(p REFERENCES p(id))");
        assertThat(reader.foreignKeyCheck(db, Progress.NONE)).isEmpty();
        Sqlite.run(db, "INSERT INTO c VALUES(4)");
        assertThat(reader.foreignKeyCheck(db, Progress.NONE))
                .containsExactly("a row of c (rowid 1) refers to a row of p that is not there");
        for (int i = 0; i < 30; i++) {
            Sqlite.run(db, "INSERT INTO c VALUES(4)");
        }
        assertThat(reader.foreignKeyCheck(db, Progress.NONE)).hasSize(21).endsWith("… and more");
    }

    @Test
    void a_text_file_is_refused_with_what_it_starts_with() throws Exception {
        Files.writeString(db, "hello, I am a text file\n and no more");
        assertThatThrownBy(() -> reader.schema(db))
                .isInstanceOf(Refused.class)
                .hasMessage("cannot read var ?%#ä/jobs.db: not an SQLite database (starts with"
                        + " \"hello, I am a text f\")");
    }

    @Test
    void a_corrupt_schema_is_refused_and_corrupt_pages_are_found() throws Exception {
        Sqlite.run(db, "CREATE TABLE t(x)", "CREATE INDEX i ON t(x)", "INSERT INTO t VALUES(1)");
        byte[] bytes = Files.readAllBytes(db);
        for (int i = 4096 + 1; i < 4096 + 100; i++) {
            bytes[i] = (byte) 0xee;
        }
        Files.write(db, bytes);
        assertThat(reader.quickCheck(db, Progress.NONE)).isNotEmpty();
        for (int i = 100; i < 200; i++) {
            bytes[i] = (byte) 0xee;
        }
        Files.write(db, bytes);
        assertThatThrownBy(() -> reader.schema(db))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("jobs.db: it is corrupt: ");
    }

    @Test
    void a_locked_database_is_refused_with_the_name_of_who_locks_it() throws Exception {
        Sqlite.run(db, "CREATE TABLE t(x)");
        try (LockHolder holder = new LockHolder(db)) {
            assertThatThrownBy(() -> reader.schema(db))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("jobs.db: locked by process " + holder.pid() + " (");
        }
        assertThat(reader.schema(db)).isPresent();
    }

    @Test
    void reads_what_stands_in_the_log_alone() throws Exception {
        Sqlite.crashedWal(db, false);
        assertThat(reader.rowCounts(db, Progress.NONE)).containsEntry("t", 2L);
    }

    @Test
    void reads_a_journals_old_content_without_touching_the_database() throws Exception {
        Sqlite.crashedJournal(db);
        byte[] before = Files.readAllBytes(db);
        List<String> listing = Sqlite.listing(var);
        assertThat(reader.isReadByCopyOnly(db)).isTrue();
        assertThat(reader.rowCounts(db, Progress.NONE)).containsEntry("t", 1L);
        assertThat(Sqlite.listing(var)).isEqualTo(listing);
        assertThat(Files.readAllBytes(db)).isEqualTo(before);
        assertThat(home.resolve("scratch")).isEmptyDirectory();
    }

    @Test
    void reads_while_a_service_writes_and_leaves_its_files_alone() throws Exception {
        for (String mode : List.of("wal", "delete", "truncate", "persist")) {
            Path file = var.resolve(mode + ".db");
            try (Connection service = Sqlite.open(file)) {
                Sqlite.run(service, "PRAGMA journal_mode=" + mode, "CREATE TABLE t(x)", "INSERT INTO t VALUES(1)");
                Sqlite.run(service, "BEGIN IMMEDIATE", "INSERT INTO t VALUES(2)");
                List<String> listing = Sqlite.listing(var);
                assertThat(reader.rowCounts(file, Progress.NONE)).as(mode).containsEntry("t", 1L);
                assertThat(Sqlite.listing(var)).as(mode).isEqualTo(listing);
                Sqlite.run(service, "COMMIT");
                assertThat(reader.rowCounts(file, Progress.NONE)).as(mode).containsEntry("t", 2L);
            }
            assertThat(Sqlite.column(file, "SELECT x FROM t")).containsExactly("1", "2");
        }
    }

    @Test
    void reading_a_database_of_another_user_as_root_leaves_the_directory_as_it_was() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        Sqlite.run(var.resolve("closed.db"), "PRAGMA journal_mode=wal", "CREATE TABLE t(x)");
        Sqlite.run(var.resolve("delete.db"), "CREATE TABLE t(x)");
        Sqlite.crashedWal(var.resolve("crashed.db"), true);
        Sqlite.crashedWal(var.resolve("noindex.db"), false);
        Sqlite.crashedJournal(var.resolve("hot.db"));
        List<Path> files;
        try (Stream<Path> list = Files.list(var)) {
            files = list.toList();
        }
        for (Path file : files) {
            Files.setAttribute(file, "unix:uid", 65534);
            Files.setAttribute(file, "unix:gid", 65534);
        }
        List<String> before = Sqlite.listing(var);
        for (String name : List.of("closed.db", "delete.db", "crashed.db", "noindex.db", "hot.db")) {
            assertThat(reader.schema(var.resolve(name))).as(name).isPresent();
            reader.rowCounts(var.resolve(name), Progress.NONE);
            assertThat(reader.integrityCheck(var.resolve(name), Progress.NONE))
                    .as(name)
                    .isEmpty();
            assertThat(Sqlite.listing(var)).as(name).isEqualTo(before);
        }
    }
}
