package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.it.Deployed.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database and an archive beside it, each with a migration of its own; the archive's asks before it begins. */
class SeveralMigrationsIT {

    @TempDir
    Path directory;

    private Deployed jobs;

    @BeforeEach
    void deploy() throws Exception {
        jobs = new Deployed(directory);
        Path tool = Files.writeString(directory.resolve("archive-migration"), """
                #!/bin/sh
                read answer || { echo "end of file"; exit 1; }
                [ "$answer" = y ] || { echo "not confirmed"; exit 0; }
                echo "migrating $1 as $ROLE"
                echo 3 > "$1/version.txt"
                """);
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        archiveAt("2");
        configure("y\\n", "3");
    }

    @AfterEach
    void leave_nothing_running() throws Exception {
        jobs.close();
    }

    private void archiveAt(String version) throws IOException {
        Files.createDirectories(jobs.home.resolve("var/archive"));
        Files.writeString(version(), version + "\n");
    }

    private Path version() {
        return jobs.home.resolve("var/archive/version.txt");
    }

    /** Whatever release it is, it works on this version of the archive. */
    private void configure(String answer, String worksOn) throws IOException {
        jobs.configure("""
                [state]
                databases = ["var/jobs.db"]
                archive = "var/archive"
                archive-version-file = "version.txt"
                [versions]
                command = ["echo", "archive: %s"]
                archive = 'archive: (\\d+)'
                [[migration]]
                name = "database"
                args = ["-migrate-db"]
                [[migration]]
                name = "archive"
                of = "archive"
                command = ["%s/archive-migration", "{archive}"]
                stdin = "%s"
                environment = { ROLE = "migration" }
                """.formatted(worksOn, directory, answer));
    }

    private Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    private Path output(int operation, String migration) {
        return jobs.home.resolve(".ccupgrade/operations/" + operation + "/migration-" + migration + ".log");
    }

    @Test
    void what_is_due_is_run_in_order_and_nothing_else() throws Exception {
        Result first = done(jobs.install("jobs-1.0"));
        assertThat(first.err()).contains("database, archive", "archive 2 → 3");
        assertThat(Files.readString(output(1, "archive")))
                .contains("migrating " + jobs.home.resolve("var/archive") + " as migration");

        Result second = done(jobs.install("jobs-2.0"));
        assertThat(second.err()).contains("schema 3 → 4");
        assertThat(output(2, "database")).exists();
        assertThat(output(2, "archive")).doesNotExist();
        assertThat(done(jobs.run("show", "2.0")).out()).contains("works on", "database 4, archive 3");
    }

    @Test
    void one_that_ends_well_and_did_nothing_is_taken_back_and_named() throws Exception {
        configure("n\\n", "2");
        done(jobs.install("jobs-1.0"));
        configure("n\\n", "3");

        Result result = jobs.install("jobs-2.0");

        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(result.err())
                .contains("cannot accept the migration of the archive", "at version 2 and not at 3")
                .contains(".ccupgrade/operations/2/evidence", "2/migration-archive.log", "service.log");
        assertThat(jobs.schema()).isEqualTo("3");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.0");
        assertThat(done(jobs.run("history", "2")).out()).contains("not confirmed", "migration-archive.log");
    }

    @Test
    void what_does_not_fit_together_is_refused_before_the_service_is_stopped() throws Exception {
        configure("y\\n", "2");
        done(jobs.install("jobs-1.0"));
        long pid = jobs.pid();

        configure("y\\n", "4");
        Result behind = jobs.install("jobs-2.0", "--dry-run");
        assertThat(behind.exit()).as(behind.all()).isEqualTo(3);
        assertThat(behind.all()).contains("first install a release that works on version 3 of the archive");

        configure("y\\n", "1");
        Result ahead = jobs.install("jobs-2.0");
        assertThat(ahead.exit()).as(ahead.all()).isEqualTo(3);
        assertThat(ahead.err()).contains("works on version 1 of the archive, and this one is at 2 already");
        assertThat(jobs.pid()).isEqualTo(pid);
        assertThat(version()).hasContent("2");
    }

    private void assertUntouched() throws Exception {
        assertThat(version()).hasContent("2");
        assertThat(jobs.schema()).isEqualTo("3");
        assertThat(jobs.temporaries()).isEmpty();
    }

    @Test
    void a_rehearsal_migrates_the_archive_too_through_a_layer_and_touches_nothing() throws Exception {
        assumeTrue(layersCanBeLaid(), "needs root, and a kernel with overlays");
        configure("y\\n", "2");
        done(jobs.install("jobs-1.0"));
        configure("y\\n", "3");

        Result result = done(jobs.run("rehearse", jobs.sample("jobs-2.0").toString()));

        assertThat(result.all())
                .contains("schema     3 → 4")
                .containsPattern("archive +.* of that; 2 B were written")
                .contains("and a look at each file of the archive, as rehearsed");
        assertThat(Files.readString(output(2, "archive")))
                .contains("migrating " + jobs.home.resolve("var/archive") + " as migration");
        assertUntouched();

        configure("n\\n", "3");
        Result nothing = jobs.run("rehearse", jobs.sample("jobs-2.0").toString());
        assertThat(nothing.exit()).as(nothing.all()).isEqualTo(1);
        assertThat(nothing.err()).contains("cannot accept the migration of the archive", "at version 2 and not at 3");
        assertUntouched();
    }

    private boolean layersCanBeLaid() throws Exception {
        Path lower = Files.createDirectories(directory.resolve("layers/lower"));
        for (String name : List.of("upper", "work", "place")) {
            Files.createDirectories(lower.resolveSibling(name));
        }
        return new ProcessBuilder(
                                "unshare",
                                "--mount",
                                "mount",
                                "-t",
                                "overlay",
                                "overlay",
                                "-o",
                                "lowerdir=lower,upperdir=upper,workdir=work",
                                "place")
                        .directory(lower.getParent().toFile())
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    void where_the_archive_cannot_be_kept_untouched_it_is_not_rehearsed_and_the_forecast_is_open() throws Exception {
        configure("y\\n", "2");
        done(jobs.install("jobs-1.0"));
        configure("y\\n", "3");
        List<String> unable = BadInputIT.isRoot() ? List.of("setpriv", "--bounding-set", "-sys_admin") : List.of();

        Result result = done(jobs.runUnder(
                unable, Map.of(), "rehearse", jobs.sample("jobs-2.0").toString()));

        assertThat(result.all())
                .contains("schema     3 → 4", "the migration of the archive was not rehearsed")
                .containsPattern("archive +not rehearsed: ")
                .containsPattern("downtime +at least .* that is not known");
        assertUntouched();
        Result limited = jobs.install("jobs-2.0", "--max-downtime", "1h", "--dry-run");
        assertThat(limited.exit()).as(limited.all()).isEqualTo(3);
        assertThat(limited.all()).contains("cannot promise a downtime under");
    }
}
