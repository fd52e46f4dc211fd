package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import ccupgrade.it.Deployed.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Upgrades of a database that is too large to be looked through while the service stands still. */
class LargeDatabaseIT {

    @TempDir
    Path directory;

    private Deployed jobs;

    @BeforeEach
    void deploy() throws Exception {
        jobs = new Deployed(directory);
        done(jobs.install("jobs-2.0"));
        jobs.execute("CREATE TABLE parent(id INTEGER PRIMARY KEY)");
        jobs.execute("CREATE TABLE child(parent INTEGER REFERENCES parent(id), content BLOB)");
        jobs.execute("INSERT INTO parent VALUES(1), (2)");
        jobs.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                + " INSERT INTO child SELECT 1 + i % 2, zeroblob(100000) FROM n");
        jobs.execute("PRAGMA wal_checkpoint(RESTART)");
        assertThat(Files.size(jobs.database())).isGreaterThan(25 << 20);
    }

    @AfterEach
    void leave_nothing_running() throws Exception {
        jobs.close();
    }

    private static Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    /** The release's own migration; then, once the file {@code break} is there, a deletion that no foreign key prevents. */
    private void migrateAndBreakKeys() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path program = Files.writeString(directory.resolve("Break.java"), """
                class Break {
                    public static void main(String[] arguments) throws Exception {
                        try (var connection = java.sql.DriverManager.getConnection("jdbc:sqlite:var/jobs.db")) {
                            connection.createStatement().execute("DELETE FROM parent WHERE id = 2");
                        }
                    }
                }
                """);
        jobs.configure(
                "[migration]\ncommand = [\"sh\", \"-c\", '''%s -jar {release} -migrate-db && if [ -e %s ]; then %s -cp %s %s; fi''']\n"
                        .formatted(
                                java,
                                breaking(),
                                java,
                                Path.of("target", "ccupgrade.jar").toAbsolutePath(),
                                program));
    }

    private Path breaking() {
        return directory.resolve("break");
    }

    @Test
    void a_table_that_the_migration_empties_is_named_and_all_rows_are_counted_in_the_end() throws Exception {
        Result result = done(jobs.install("jobs-3.0-loses"));
        assertThat(result.err()).contains("the migration removed ALL ROWS of table tag in var/jobs.db");
        assertThat(done(jobs.run("history", "" + jobs.operation())).out())
                .containsPattern("child +300 +300")
                .containsPattern("tag +[1-9]\\d* +0");
    }

    @Test
    void references_that_the_migration_broke_are_found_when_the_release_is_up_and_all_is_taken_back() throws Exception {
        migrateAndBreakKeys();
        Files.createFile(breaking());
        Row promised = jobs.acknowledged();
        Result result = jobs.install("jobs-3.0-loses");
        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(result.err()).containsPattern("ok +health").containsPattern("failed +verify");
        assertThat(result.err())
                .contains(
                        "in var/jobs.db rows refer to rows that are not there: a row of child",
                        "everything is taken back");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.0");
        assertThat(jobs.schema()).isEqualTo("4");
        assertThat(jobs.value("SELECT count(*) FROM parent")).isEqualTo("2");
        jobs.requireKept(promised);
    }

    @Test
    void references_that_a_rehearsal_has_checked_are_not_checked_again() throws Exception {
        migrateAndBreakKeys();
        done(jobs.run("rehearse", jobs.sample("jobs-3.0-loses").toString(), "--accept-row-loss"));
        Files.createFile(breaking());
        done(jobs.install("jobs-3.0-loses"));
        assertThat(jobs.value("SELECT count(*) FROM parent")).isEqualTo("1");
    }
}
