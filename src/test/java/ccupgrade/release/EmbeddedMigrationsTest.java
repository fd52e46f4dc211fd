package ccupgrade.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedMigrationsTest {

    private static final String V1 = "V1__create_jobs.sql";
    private static final String V2 = "V2__add_index.sql";
    private static final String V3 = "V3__add_user.sql";
    private static final String R = "R__busy_view.sql";
    private static final Map<String, String> SCRIPTS = new TreeMap<>(Map.of(
            V1, "CREATE TABLE jobs (id INTEGER PRIMARY KEY, name TEXT);\n",
            V2, "-- größer\r\nCREATE INDEX by_name ON jobs (name);\r\n",
            V3, "ALTER TABLE jobs ADD COLUMN user TEXT;\n",
            R, "DROP VIEW IF EXISTS busy; CREATE VIEW busy AS SELECT * FROM jobs;\n"));

    @TempDir
    Path temporary;

    private final EmbeddedMigrations migrations = new EmbeddedMigrations(new Random(1));

    @Test
    void says_what_flyway_says_after_a_real_migration() throws Exception {
        Path scripts = scriptsOnDisk(SCRIPTS);
        for (String target : List.of("1", "2", "3")) {
            Path database = temporary.resolve("to-" + target + ".db");
            migrate(scripts, database, target);
            List<String> flyways = Arrays.stream(
                            flyway(scripts, database, "latest").info().pending())
                    .map(MigrationInfo::getDescription)
                    .toList();

            MigrationComparison comparison = migrations.compare(jar(SCRIPTS), history(database));

            assertThat(comparison.pending())
                    .extracting(EmbeddedMigration::description)
                    .isEqualTo(flyways);
            assertThat(comparison.differing()).isEmpty();
            assertThat(comparison.unknown()).isEmpty();
            assertThat(comparison.failed()).isEmpty();
            assertThat(comparison.skipped()).isEmpty();
        }
    }

    @Test
    void says_the_same_of_a_spring_boot_jar_with_migrations_in_classes_and_in_a_nested_jar() throws Exception {
        Path scripts = scriptsOnDisk(SCRIPTS);
        Path database = temporary.resolve("jobs.db");
        migrate(scripts, database, "2");
        TestJar library =
                new TestJar().file("db/migration/" + V2, SCRIPTS.get(V2)).file("other.txt", "x");
        Path jar = TestJar.executable()
                .file("BOOT-INF/classes/db/migration/" + V1, SCRIPTS.get(V1))
                .nested("BOOT-INF/lib/jobs-db.jar", library)
                .file("BOOT-INF/classes/db/migration/" + V3, SCRIPTS.get(V3))
                .file("BOOT-INF/classes/db/migration/" + R, SCRIPTS.get(R))
                .in(temporary, "boot.jar");

        MigrationComparison comparison = migrations.compare(jar, history(database));

        assertThat(comparison)
                .isEqualTo(new MigrationComparison(
                        List.of(new EmbeddedMigration(
                                "3", "add user", "BOOT-INF/classes/db/migration/" + V3, EmbeddedMigration.Kind.SQL)),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()));
    }

    @Test
    void everything_is_pending_for_a_database_that_was_never_migrated() throws Exception {
        MigrationComparison comparison = migrations.compare(jar(SCRIPTS), List.of());

        assertThat(comparison.pending())
                .extracting(EmbeddedMigration::label)
                .containsExactly("V1 create jobs", "V2 add index", "V3 add user", "R busy view");
    }

    @Test
    void names_are_read_as_flyway_reads_them() throws Exception {
        TestJar jar = TestJar.executable();
        for (String name : List.of(
                "V1__a.sql",
                "V1_1__b_c.sql",
                "V1.2__d.sql",
                "V003__e.sql",
                "V20260131120000__f.sql",
                "V4__g__h.sql",
                "V5__.sql",
                "V6.sql",
                "V7_i.sql",
                "v8__j.sql",
                "R__k.sql",
                "R_l.sql",
                "U1__m.sql",
                "V9__n.SQL",
                "V10__o.sql.bak",
                "V2.0__p.sql",
                "afterMigrate.sql",
                "V1x__q.sql",
                "V11__r.s.sql")) {
            jar.file("db/migration/" + name, "SELECT 1;");
        }
        Path file = jar.in(temporary, "odd.jar");

        assertThat(migrations.compare(file, List.of()).pending())
                .isEqualTo(new JarInspector().inspect(file, Progress.NONE).migrations());
    }

    @Test
    void an_older_jar_does_not_know_what_a_newer_one_applied() throws Exception {
        List<AppliedMigration> applied = migrated(SCRIPTS);

        MigrationComparison comparison = migrations.compare(jar(Map.of(V1, SCRIPTS.get(V1))), applied);

        assertThat(comparison.unknown()).containsExactlyInAnyOrder("V2 add index", "V3 add user", "R busy view");
        assertThat(comparison.pending()).isEmpty();
        assertThat(comparison.differing()).isEmpty();
    }

    @Test
    void a_migration_that_vanished_from_the_middle_is_unknown() throws Exception {
        List<AppliedMigration> applied = migrated(SCRIPTS);
        Map<String, String> without = new TreeMap<>(SCRIPTS);
        without.remove(V2);

        assertThat(migrations.compare(jar(without), applied).unknown()).containsExactly("V2 add index");
    }

    @Test
    void a_changed_script_differs() throws Exception {
        List<AppliedMigration> applied = migrated(SCRIPTS);
        Map<String, String> changed = new TreeMap<>(SCRIPTS);
        changed.put(V2, "CREATE INDEX by_name ON jobs (id);");

        MigrationComparison comparison = migrations.compare(jar(changed), applied);

        assertThat(comparison.differing()).containsExactly("V2 add index");
        assertThat(comparison.pending()).isEmpty();
    }

    @Test
    void a_changed_description_differs_and_names_the_old_one() throws Exception {
        List<AppliedMigration> applied = migrated(SCRIPTS);
        Map<String, String> renamed = new TreeMap<>(SCRIPTS);
        renamed.put("V2__index_names.sql", renamed.remove(V2));

        assertThat(migrations.compare(jar(renamed), applied).differing())
                .containsExactly("V2 index names (applied as \"add index\")");
    }

    @Test
    void a_script_that_became_a_class_is_another_migration() throws Exception {
        List<AppliedMigration> applied = migrated(SCRIPTS);
        TestJar jar = TestJar.executable().classFile("db/migration/V2__add_index.class", 17);
        SCRIPTS.forEach((name, text) -> {
            if (!name.equals(V2)) {
                jar.file("db/migration/" + name, text);
            }
        });

        assertThat(migrations.compare(jar.in(temporary, "app.jar"), applied).unknown())
                .containsExactly("V2 add index");
    }

    @Test
    void a_changed_repeatable_is_pending_again_and_does_not_differ() throws Exception {
        List<AppliedMigration> applied = migrated(SCRIPTS);
        Map<String, String> changed = new TreeMap<>(SCRIPTS);
        changed.put(R, "DROP VIEW IF EXISTS busy; CREATE VIEW busy AS SELECT id FROM jobs;\n");

        MigrationComparison comparison = migrations.compare(jar(changed), applied);

        assertThat(comparison.pending()).extracting(EmbeddedMigration::label).containsExactly("R busy view");
        assertThat(comparison.differing()).isEmpty();
        assertThat(comparison.unknown()).isEmpty();
    }

    @Test
    void a_repeatable_that_ran_several_times_is_in_order() throws Exception {
        List<AppliedMigration> applied = new ArrayList<>(migrated(SCRIPTS));
        AppliedMigration last = applied.get(3);
        applied.set(3, new AppliedMigration(4, null, "busy view", "SQL", R, 12345, true));
        applied.add(new AppliedMigration(5, null, "busy view", "SQL", R, last.checksum(), true));

        assertThat(migrations.compare(jar(SCRIPTS), applied)).isEqualTo(nothingToSay());
    }

    @Test
    void a_failed_row_is_failed() throws Exception {
        List<AppliedMigration> applied = new ArrayList<>(migrated(SCRIPTS).subList(0, 1));
        applied.add(new AppliedMigration(2, "2", "add index", "SQL", V2, 7, false));
        applied.add(new AppliedMigration(3, "9", "from elsewhere", "SQL", "V9__from_elsewhere.sql", 7, false));

        MigrationComparison comparison = migrations.compare(jar(SCRIPTS), applied);

        assertThat(comparison.failed()).containsExactly("V2 add index", "V9 from elsewhere");
        assertThat(comparison.unknown()).containsExactly("V9 from elsewhere");
    }

    @Test
    void what_lies_below_a_baseline_is_not_pending() throws Exception {
        AppliedMigration baseline =
                new AppliedMigration(1, "2", "<< Flyway Baseline >>", "BASELINE", "<< Flyway Baseline >>", null, true);

        MigrationComparison comparison = migrations.compare(jar(SCRIPTS), List.of(baseline));

        assertThat(comparison.pending())
                .extracting(EmbeddedMigration::label)
                .containsExactly("V3 add user", "R busy view");
        assertThat(comparison.unknown()).isEmpty();
        assertThat(comparison.skipped()).isEmpty();
    }

    @Test
    void one_that_comes_too_late_is_skipped_unless_the_history_shows_that_the_order_is_free() throws Exception {
        List<AppliedMigration> applied = migrated(SCRIPTS);
        Map<String, String> more = new TreeMap<>(SCRIPTS);
        more.put("V2_5__late.sql", "SELECT 1;");

        MigrationComparison strict = migrations.compare(jar(more), applied);
        assertThat(strict.skipped()).extracting(EmbeddedMigration::label).containsExactly("V2.5 late");
        assertThat(strict.pending()).isEmpty();

        List<AppliedMigration> swapped =
                List.of(applied.get(0), ranked(2, applied.get(2)), ranked(3, applied.get(1)), applied.get(3));
        MigrationComparison free = migrations.compare(jar(more), swapped);
        assertThat(free.pending()).extracting(EmbeddedMigration::label).containsExactly("V2.5 late");
        assertThat(free.skipped()).isEmpty();
        assertThat(free.differing()).isEmpty();
    }

    @Test
    void migration_classes_are_reckoned_with_and_never_loaded() throws Exception {
        List<AppliedMigration> applied = new ArrayList<>(migrated(Map.of(V1, SCRIPTS.get(V1))));
        applied.add(new AppliedMigration(2, "2", "Fill names", "JDBC", "db.migration.V2__Fill_names", null, true));
        applied.add(new AppliedMigration(3, "3", "Own words", "JDBC", "app.OwnMigration", 42, true));
        Path jar = TestJar.executable()
                .file("db/migration/" + V1, SCRIPTS.get(V1))
                .classFile("db/migration/V2__Fill_names.class", 17)
                .classFile("app/OwnMigration.class", 17)
                .classFile("db/migration/V4__Next.class", 17)
                .classFile("db/migration/V4__Next$1.class", 17)
                .classFile("db/migration/Tools.class", 17)
                .in(temporary, "java.jar");

        MigrationComparison comparison = migrations.compare(jar, applied);

        assertThat(comparison.pending())
                .containsExactly(
                        new EmbeddedMigration("4", "Next", "db/migration/V4__Next.class", EmbeddedMigration.Kind.JAVA));
        assertThat(comparison.unknown()).isEmpty();
        assertThat(comparison.differing()).isEmpty();

        Path without = jar(Map.of(V1, SCRIPTS.get(V1)));
        assertThat(migrations.compare(without, applied).unknown()).containsExactly("V2 Fill names", "V3 Own words");
    }

    @Test
    void what_was_undone_is_pending_again() throws Exception {
        List<AppliedMigration> applied = new ArrayList<>(migrated(SCRIPTS).subList(0, 2));
        applied.add(new AppliedMigration(3, "2", "add index", "UNDO_SQL", "U2__add_index.sql", 5, true));

        MigrationComparison comparison = migrations.compare(jar(SCRIPTS), applied);

        assertThat(comparison.pending())
                .extracting(EmbeddedMigration::label)
                .containsExactly("V2 add index", "V3 add user", "R busy view");
        assertThat(comparison.unknown()).isEmpty();
    }

    @Test
    void a_baseline_script_stands_for_all_before_it_in_an_empty_database() throws Exception {
        Map<String, String> scripts = new TreeMap<>(SCRIPTS);
        scripts.put("B2__whole_schema.sql", "SELECT 1;");

        MigrationComparison comparison = migrations.compare(jar(scripts), List.of());

        assertThat(comparison.pending())
                .extracting(EmbeddedMigration::label)
                .containsExactly("B2 whole schema", "V3 add user", "R busy view");
    }

    @Test
    void scripts_with_placeholders_and_other_databases_scripts_do_no_harm() throws Exception {
        Path jar = TestJar.executable()
                .file("db/migration/sqlite/V1__create.sql", "CREATE TABLE ${name} (id INTEGER);")
                .file("db/migration/postgresql/V1__create.sql", "CREATE TABLE t (id BIGSERIAL);")
                .file("db/migration/sqlite/V1__create.sql.conf", "executeInTransaction=false\n")
                .file("db/migration/readme.sql", "not a migration")
                .in(temporary, "several.jar");

        assertThat(migrations.compare(jar, List.of()).pending())
                .extracting(EmbeddedMigration::script)
                .containsExactly("db/migration/sqlite/V1__create.sql");
    }

    @Test
    void finds_migrations_in_the_only_directory_that_has_any() throws Exception {
        List<AppliedMigration> applied = migrated(Map.of(V1, SCRIPTS.get(V1)));
        Path jar = TestJar.executable()
                .file("sql/schema/" + V1, SCRIPTS.get(V1))
                .file("sql/schema/" + V2, SCRIPTS.get(V2))
                .in(temporary, "unusual.jar");

        MigrationComparison comparison = migrations.compare(jar, applied);

        assertThat(comparison.pending()).extracting(EmbeddedMigration::label).containsExactly("V2 add index");
        assertThat(comparison.unknown()).isEmpty();
    }

    @Test
    void two_scripts_of_one_version_are_refused() throws Exception {
        Path jar = jar(Map.of(V1, "SELECT 1;", "V1__other.sql", "SELECT 2;"));

        assertThatThrownBy(() -> migrations.compare(jar, "app-2.jar", List.of()))
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith("cannot compare the migrations in app-2.jar")
                .cause()
                .hasMessageContaining("more than one migration with version 1");
    }

    @Test
    void flyway_stays_silent() throws Exception {
        List<String> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        // SQLite's driver says things of its own when it is first loaded, which is none of Flyway's business.
        DriverManager.getConnection("jdbc:sqlite::memory:").close();
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            migrations.compare(jar(SCRIPTS), List.of(new AppliedMigration(1, "1", "create jobs", "SQL", V1, 1, true)));
        } finally {
            System.setErr(err);
            root.removeHandler(handler);
        }
        assertThat(logged).isEmpty();
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void writes_nothing() throws Exception {
        Path jar = jar(SCRIPTS);
        migrations.compare(jar, List.of(new AppliedMigration(1, "1", "create jobs", "SQL", V1, 1, true)));

        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files).containsExactly(jar);
        }
    }

    private static MigrationComparison nothingToSay() {
        return new MigrationComparison(List.of(), List.of(), List.of(), List.of(), List.of());
    }

    private static AppliedMigration ranked(int rank, AppliedMigration row) {
        return new AppliedMigration(
                rank, row.version(), row.description(), row.type(), row.script(), row.checksum(), row.success());
    }

    private Path jar(Map<String, String> scripts) throws IOException {
        TestJar jar = TestJar.executable();
        scripts.forEach((name, text) -> jar.file("db/migration/" + name, text));
        return jar.in(temporary, "app.jar");
    }

    private Path scriptsOnDisk(Map<String, String> scripts) throws IOException {
        Path directory = Files.createTempDirectory(temporary, "scripts");
        for (Map.Entry<String, String> script : scripts.entrySet()) {
            Files.writeString(directory.resolve(script.getKey()), script.getValue());
        }
        return directory;
    }

    private List<AppliedMigration> migrated(Map<String, String> scripts) throws Exception {
        Path database = Files.createTempDirectory(temporary, "db").resolve("jobs.db");
        migrate(scriptsOnDisk(scripts), database, "latest");
        return history(database);
    }

    private static void migrate(Path scripts, Path database, String target) {
        flyway(scripts, database, target).migrate();
    }

    private static Flyway flyway(Path scripts, Path database, String target) {
        return Flyway.configure()
                .loggers(SilentLog.class.getName())
                .dataSource("jdbc:sqlite:" + database, null, null)
                .locations("filesystem:" + scripts)
                .target(MigrationVersion.fromVersion(target))
                .load();
    }

    private static List<AppliedMigration> history(Path database) throws SQLException {
        List<AppliedMigration> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("SELECT * FROM flyway_schema_history ORDER BY installed_rank")) {
            while (row.next()) {
                int checksum = row.getInt("checksum");
                rows.add(new AppliedMigration(
                        row.getInt("installed_rank"),
                        row.getString("version"),
                        row.getString("description"),
                        row.getString("type"),
                        row.getString("script"),
                        row.wasNull() ? null : checksum,
                        row.getBoolean("success")));
            }
        }
        return rows;
    }
}
