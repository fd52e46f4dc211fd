package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import ccupgrade.it.Deployed.Row;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots by hand of a service that writes all the time: taken, checked, taken out, put back. */
class SnapshotIT {

    @TempDir
    Path directory;

    private Deployed jobs;
    private long pid;

    @BeforeEach
    void deploy() throws Exception {
        jobs = new Deployed(directory);
        done(jobs.install("jobs-2.0"));
        pid = jobs.pid();
    }

    @AfterEach
    void leave_nothing_running() throws Exception {
        jobs.close();
    }

    private static Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    private List<String> snapshots(String pattern) throws Exception {
        return Deployed.names(jobs.home.resolve(".ccupgrade/snapshots"), pattern);
    }

    /** Rows of an exported database. @throws AssertionError when one is not the successor of the one before it */
    private static long unbrokenRows(Path database) throws Exception {
        String head = "0".repeat(64);
        long rows = 0;
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT id, previous, hash, written_by FROM chain ORDER BY id")) {
            while (row.next()) {
                rows++;
                String link = head + '|' + rows + '|' + row.getString(4);
                head = HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(link.getBytes(StandardCharsets.UTF_8)));
                assertThat(row.getLong(1)).isEqualTo(rows);
                assertThat(row.getString(3)).isEqualTo(head);
            }
        }
        return rows;
    }

    /** The service is healthy only while no state is given up: a restore fails in its last step, and its way back does not. */
    private void failWhereAStateIsGivenUp() throws Exception {
        jobs.configure("""
                [health]
                command = ["sh", "-c", "test -z \\"$(ls -d %s/.ccupgrade/snapshots/*-abandoned 2>/dev/null)\\""]
                timeout = "10s"
                stable = "300ms"
                """.formatted(jobs.home));
    }

    @Test
    void what_is_taken_while_the_service_writes_holds_every_row_of_before_and_goes_out_as_a_plain_copy()
            throws Exception {
        Row promised = jobs.acknowledged();
        Result created = done(jobs.run("snapshot", "create", "--note", "before the cleanup"));
        assertThat(created.out()).contains("2-by-hand");
        assertThat(jobs.pid()).isEqualTo(pid);
        assertThat(jobs.temporaries()).isEmpty();

        assertThat(done(jobs.run("snapshot", "list")).out())
                .containsPattern("2-by-hand +.* 2\\.0 +4 .* by hand: before the cleanup");
        assertThat(done(jobs.run("-o", "json", "snapshot", "list")).out())
                .contains("\"id\": \"2-by-hand\"", "\"settled\": true", "\"compressed\": true");
        assertThat(done(jobs.run("snapshot", "verify", "2-by-hand")).out()).contains("1 database, as taken");

        Path out = directory.resolve("out");
        done(jobs.run("snapshot", "export", "2-by-hand", out.toString()));
        assertThat(Deployed.tree(out)).containsExactly("", "SHA256SUMS", "var", "var/jobs.db");
        assertThat(unbrokenRows(out.resolve("var/jobs.db"))).isGreaterThanOrEqualTo(promised.id());
        assertThat(Deployed.names(directory, ".*\\.ccupgrade-tmp")).isEmpty();
        jobs.requireKept(promised);
    }

    @Test
    void with_stop_the_service_is_stopped_and_runs_again_and_a_stopped_one_stays_stopped() throws Exception {
        Row promised = jobs.acknowledged();
        Result created = done(jobs.run("snapshot", "create", "--stop"));
        assertThat(created.err()).contains("hold", "resume");
        assertThat(jobs.pid()).isNotEqualTo(pid);
        jobs.requireKept(promised);

        done(jobs.run("stop"));
        done(jobs.run("snapshot", "create"));
        assertThat(jobs.get("/health")).isEmpty();
        assertThat(jobs.home.resolve(".ccupgrade/hold")).doesNotExist();
        assertThat(snapshots(".*-by-hand")).containsExactly("2-by-hand", "3-by-hand");
        done(jobs.run("start"));
        jobs.requireKept(promised);
    }

    @Test
    void a_killed_one_leaves_nothing_or_all_of_it() throws Exception {
        for (int operation = 2; operation < 6; operation++) {
            int number = operation;
            Process create = jobs.begin("snapshot", "create");
            String reached = operation % 2 == 0 ? "\"event\":\"intent\",\"step\":\"take\"" : "\"event\":\"commit\"";
            Deployed.await(reached, () -> jobs.journal(number).contains(reached) || !create.isAlive());
            create.destroyForcibly().waitFor();
            done(jobs.run("recover"));
            assertThat(jobs.temporaries()).isEmpty();
            if (!snapshots(operation + "-by-hand").isEmpty()) {
                assertThat(done(jobs.run("snapshot", "verify", operation + "-by-hand"))
                                .out())
                        .contains("as taken");
            }
            assertThat(jobs.pid()).isEqualTo(pid);
        }
        assertThat(snapshots("3-by-hand")).hasSize(1);
    }

    @Test
    void a_flipped_byte_is_found_named_and_neither_exported_nor_put_back() throws Exception {
        done(jobs.run("snapshot", "create"));
        Path copy = jobs.home.resolve(".ccupgrade/snapshots/2-by-hand/1-jobs.db.zst");
        byte[] bytes = Files.readAllBytes(copy);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(copy, bytes);

        Result verified = jobs.run("snapshot", "verify");
        assertThat(verified.exit()).as(verified.all()).isEqualTo(3);
        assertThat(verified.out()).contains("snapshot 2-by-hand", "1-jobs.db.zst was altered");

        Result exported = jobs.run("snapshot", "export", "2-by-hand", directory + "/out");
        assertThat(exported.exit()).as(exported.all()).isEqualTo(1);
        assertThat(Deployed.names(directory, ".*out.*")).isEmpty();

        Result restored = jobs.run("snapshot", "restore", "2-by-hand", "--accept-data-loss");
        assertThat(restored.exit()).as(restored.all()).isEqualTo(1);
        assertThat(restored.err()).contains("cannot use snapshot 2-by-hand");
        assertThat(jobs.pid()).isEqualTo(pid);
        assertThat(jobs.temporaries()).isEmpty();
    }

    @Test
    void a_restore_is_refused_until_the_loss_is_accepted_and_keeps_what_it_gives_up() throws Exception {
        done(jobs.run("snapshot", "create"));
        long then = jobs.rows();
        Deployed.await("rows are written", () -> jobs.rows() > then + 5);
        Result refused = jobs.run("snapshot", "restore", "2-by-hand");
        assertThat(refused.exit()).as(refused.all()).isEqualTo(3);
        assertThat(refused.err()).contains("chain:", "more", "--accept-data-loss");
        assertThat(jobs.run("snapshot", "restore", "2-by-hand", "--dry-run").exit())
                .isEqualTo(3);
        assertThat(jobs.pid()).isEqualTo(pid);

        Row given = jobs.acknowledged();
        Result restored = done(jobs.run("snapshot", "restore", "2-by-hand", "--accept-data-loss"));
        assertThat(restored.out()).contains("what it was is kept as 4-abandoned");
        jobs.rows();
        assertThat(jobs.value("SELECT count(*) FROM chain WHERE hash = '" + given.hash() + "'"))
                .isEqualTo("0");
        // It stays, and so does the way back from it.
        assertThat(snapshots("2-by-hand")).hasSize(1);
        done(jobs.run("snapshot", "restore", "4-abandoned", "--accept-data-loss"));
        jobs.requireKept(given);
        assertThat(done(jobs.run("history")).out()).contains("restored", "kept");
    }

    @Test
    void a_state_given_up_comes_back_under_a_third_release_of_the_same_schema() throws Exception {
        jobs.close();
        jobs = new Deployed(directory.resolve("again"));
        done(jobs.install("jobs-1.0"));
        done(jobs.install("jobs-2.0"));
        Row given = jobs.acknowledged();
        done(jobs.run("rollback", "--accept-data-loss"));
        String kept = snapshotOf(".*-abandoned");

        Result unfit = jobs.run("snapshot", "restore", kept, "--accept-data-loss");
        assertThat(unfit.exit()).as(unfit.all()).isEqualTo(3);
        assertThat(unfit.err()).contains("with schema 4", "with schema 3", "ccupgrade rollback ");

        done(jobs.install("jobs-2.1"));
        done(jobs.run("snapshot", "restore", kept, "--accept-data-loss"));
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.1");
        jobs.requireKept(given);
    }

    private String snapshotOf(String pattern) throws Exception {
        List<String> found = snapshots(pattern);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void a_restore_after_which_the_service_is_not_healthy_is_taken_back_with_every_row() throws Exception {
        done(jobs.run("snapshot", "create"));
        failWhereAStateIsGivenUp();
        Row promised = jobs.acknowledged();
        Result restored = jobs.run("snapshot", "restore", "2-by-hand", "--accept-data-loss");
        assertThat(restored.exit()).as(restored.all()).isEqualTo(4);
        jobs.requireKept(promised);
        assertThat(snapshots("[2-9]-.*")).containsExactly("2-by-hand");
        assertThat(done(jobs.run("snapshot", "verify")).out()).contains("as taken");
    }

    @Test
    void a_restore_that_is_killed_half_way_is_taken_back_with_every_row() throws Exception {
        done(jobs.run("snapshot", "create"));
        failWhereAStateIsGivenUp();
        Row promised = jobs.acknowledged();
        Process restore = jobs.begin("snapshot", "restore", "2-by-hand", "--accept-data-loss");
        Deployed.await("the state is put back", () -> jobs.journal(3).contains("\"step\":\"start\""));
        restore.destroyForcibly().waitFor();
        done(jobs.run("recover"));
        jobs.requireKept(promised);
        assertThat(jobs.temporaries()).isEmpty();
        assertThat(snapshots("[2-9]-.*")).containsExactly("2-by-hand");
    }
}
