package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.it.Deployed.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A disk that becomes full at the worst moments: the whole deployment lies on a small one. The service takes its time to stop. */
@TestInstance(Lifecycle.PER_CLASS)
class BadDiskIT {

    private static final int MEGABYTE = 1 << 20;

    private Path mounted;
    private Deployed jobs;
    private String release;

    @BeforeAll
    void install_on_a_small_disk(@TempDir Path directory) throws Exception {
        assumeTrue(
                BadInputIT.isRoot() && BadInputIT.works("mount", "--version"), "needs root to mount a disk in memory");
        Path disk = Files.createDirectories(directory.resolve("jobs"));
        assumeTrue(
                BadInputIT.works("mount", "-t", "tmpfs", "-o", "size=110m", "none", disk.toString()),
                "cannot mount a disk in memory here");
        mounted = disk;
        jobs = new Deployed(directory);
        configure("");
        Result installed = jobs.install("jobs-2.2-stubborn");
        assertThat(installed.exit()).as(installed.all()).isZero();
        release = jobs.current();
        // More than a service needs to start, so that giving up a copy of it makes enough room.
        jobs.execute("CREATE TABLE ballast AS SELECT zeroblob(2000000) AS weight");
    }

    @AfterAll
    void leave_nothing_running_and_nothing_mounted() throws Exception {
        if (mounted != null) {
            jobs.close();
            assertThat(BadInputIT.works("umount", "-l", mounted.toString())).isTrue();
        }
    }

    /** Without the writer: it would not outlive a full disk itself. */
    private void configure(String more) throws IOException {
        jobs.configure("""
                [service]
                args = ["-server"]
                environment = { JOBS_PORT = "%d" }
                stop-timeout = "2s"
                """.formatted(jobs.port) + more);
    }

    @AfterEach
    void the_old_release_runs() throws Exception {
        Files.deleteIfExists(filler());
        configure("");
        for (String name : jobs.releases()) {
            if (!name.equals(release)) {
                Files.delete(jobs.home.resolve("releases").resolve(name));
            }
        }
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 2.2");
        assertThat(jobs.current()).isEqualTo(release);
        assertThat(jobs.schema()).isEqualTo("4");
        jobs.rows();
        assertThat(jobs.temporaries()).isEmpty();
        assertThat(Deployed.tree(jobs.home.resolve(".ccupgrade/snapshots")).stream()
                        .filter(name -> name.matches("\\d+-before-\\d+"))
                        .toList())
                .as("snapshots")
                .hasSize(1);
        assertThat(jobs.run("recover").out()).contains("No operation was interrupted");
    }

    private Path filler() {
        return jobs.home.resolve("filler");
    }

    /** Takes all the space but this. */
    private void fill(long leave) throws IOException {
        long take = Files.getFileStore(jobs.home).getUsableSpace() - leave;
        byte[] piece = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler())) {
            for (long written = 0; written < take; written += piece.length) {
                out.write(piece);
            }
        } catch (IOException e) {
            assertThat(leave).as("full to the brim").isZero();
        }
    }

    @Test
    void no_room_for_the_release_fails_before_anything_is_changed() throws Exception {
        long pid = jobs.pid();
        fill(MEGABYTE);
        Result result = jobs.install("jobs-2.1");
        assertThat(result.exit()).as(result.all()).isEqualTo(1);
        assertThat(result.err())
                .contains(
                        "failed before anything was changed",
                        "cannot store release",
                        "No space left on device",
                        "df -h");
        assertThat(jobs.releases()).containsExactly(release);
        assertThat(jobs.pid()).isEqualTo(pid);
    }

    @Test
    void no_room_even_for_the_journal_fails_before_anything_is_changed() throws Exception {
        long pid = jobs.pid();
        int operation = jobs.operation();
        fill(0);
        Result result = jobs.install("jobs-2.1");
        assertThat(result.exit()).as(result.all()).isEqualTo(1);
        assertThat(result.err())
                .contains("its journal cannot be kept", "journal.jsonl", "No space left on device", "df -h");
        assertThat(jobs.operation()).isEqualTo(operation);
        assertThat(jobs.releases()).containsExactly(release);
        assertThat(jobs.pid()).isEqualTo(pid);
    }

    @Test
    void a_disk_that_fills_up_before_the_snapshot_is_taken_back_from() throws Exception {
        int operation = jobs.operation() + 1;
        Process install = jobs.begin("install", jobs.sample("jobs-2.1").toString());
        Deployed.await("the stop", () -> jobs.journal(operation).contains("\"step\":\"hold\""));
        fill(MEGABYTE);
        assertThat(install.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(install.exitValue()).isEqualTo(4);
        assertThat(jobs.journal(operation)).contains("cannot complete snapshot", "No space left on device");
        assertThat(jobs.releases()).containsExactly(release);
    }

    @Test
    void a_migration_that_fills_the_disk_is_taken_back_and_what_it_made_gives_way_to_the_old_release()
            throws Exception {
        configure("[migration]\ncommand = [\"sh\", \"-c\", \"cat /dev/zero >> var/jobs.db\"]\n");
        Result result = jobs.install("jobs-3.0-loses");
        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(result.err())
                .contains("everything is taken back", "are free on the disk", "to make room on a full disk");
    }

    @Test
    void a_disk_that_others_have_filled_meanwhile_is_taken_back_from_with_what_the_state_itself_gives_up()
            throws Exception {
        configure("[migration]\ncommand = [\"sh\", \"-c\", \"cat /dev/zero > filler\"]\n");
        Result result = jobs.install("jobs-3.0-loses");
        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(filler()).exists();
        assertThat(result.err()).contains("are free on the disk", "service: running");
    }

    @Test
    void a_rehearsal_is_ended_before_it_fills_the_disk() throws Exception {
        long pid = jobs.pid();
        configure(
                "[migration]\ncommand = [\"sh\", \"-c\", \"while head -c 4096 /dev/zero; do :; done >> var/jobs.db\"]\n");
        fill(100L * MEGABYTE - 4 * MEGABYTE);
        Result result = jobs.run(
                "rehearse", "--accept-low-space", jobs.sample("jobs-3.0-loses").toString());
        assertThat(result.exit()).as(result.all()).isEqualTo(1);
        assertThat(result.err()).contains("cannot finish the rehearsal", "was killed before it filled", "are free");
        assertThat(jobs.pid()).isEqualTo(pid);
    }
}
