package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration files and an archive go forward and back with the release. */
class WholeStateIT {

    @TempDir
    Path directory;

    private Deployed jobs;
    private Path config;
    private Path newConfig;
    private Path archive;

    @BeforeEach
    void deploy() throws Exception {
        jobs = new Deployed(directory);
        config = Files.writeString(jobs.home.resolve("config.json"), "old");
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r-----"));
        newConfig = Files.writeString(directory.resolve("new.json"), "new");
        archive = jobs.home.resolve("var/archive");
        Files.createDirectories(archive.resolve("emmy/1"));
        Files.writeString(archive.resolve("version.txt"), "2");
        Files.writeString(archive.resolve("emmy/1/meta.json"), "two");
    }

    @AfterEach
    void leave_nothing_running() throws Exception {
        jobs.close();
    }

    private Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    private String replaced() {
        return "config.json=" + newConfig;
    }

    private void configure(String more) throws IOException {
        jobs.configure(
                "[state]\ndatabases = [\"var/jobs.db\"]\nfiles = [\"config.json\", \".env\"]\narchive = \"var/archive\"\n"
                        + "archive-migration-writes-new-files = true\n" + more);
    }

    @Test
    void a_replaced_file_comes_back_with_a_failed_migration_and_with_a_rollback() throws Exception {
        configure("");
        done(jobs.install("jobs-1.0"));
        Result failed = jobs.install("jobs-3.0-half", "--replace", replaced());
        assertThat(failed.exit()).as(failed.all()).isEqualTo(4);
        assertThat(config).hasContent("old");
        assertThat(jobs.home.resolve(".ccupgrade/operations/2/evidence/config.json"))
                .hasContent("new");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.0");

        assertThat(jobs.install("jobs-1.1", "--replace", "other.json=" + newConfig)
                        .exit())
                .isEqualTo(2);
        Result missing = jobs.install("jobs-1.1", "--replace", "config.json=" + directory.resolve("none"));
        assertThat(missing.exit()).as(missing.all()).isEqualTo(3);
        assertThat(missing.err()).contains("cannot replace config.json").contains("there is no such file");

        Result plan = done(jobs.install("jobs-1.1", "--replace", replaced(), "--dry-run"));
        assertThat(plan.out())
                .contains("config.json is replaced, by " + newConfig)
                .contains("the archive is not touched by this upgrade");
        assertThat(config).hasContent("old");

        done(jobs.install("jobs-1.1", "--replace", replaced()));
        assertThat(config).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config)))
                .isEqualTo("rw-r-----");
        // Edited by somebody, and replaced by no install: it stays.
        Path env = Files.writeString(jobs.home.resolve(".env"), "edited");
        Deployed.Row before = jobs.acknowledged();
        Result back = done(jobs.run("rollback"));
        assertThat(back.err()).contains("all rows are kept").contains("config.json");
        assertThat(config).hasContent("old");
        assertThat(env).hasContent("edited");
        jobs.requireKept(before);
        done(jobs.run("rollback", "1.1"));
        assertThat(config).hasContent("new");
        jobs.requireKept(before);
    }

    @Test
    void an_archive_comes_back_byte_for_byte_with_a_migration_that_fails_and_with_a_rollback() throws Exception {
        configure("");
        done(jobs.install("jobs-1.0"));
        migrate("cp new var/archive/emmy/1/n; mv var/archive/emmy/1/n var/archive/emmy/1/meta.json; exit 1");
        Map<String, String> before = Deployed.contents(archive);
        Result failed = jobs.install("jobs-1.1");
        assertThat(failed.exit()).as(failed.all()).isEqualTo(4);
        assertThat(failed.err()).containsPattern("the archive as (hard links|clones)");
        assertThat(Deployed.contents(archive)).isEqualTo(before);
        assertThat(jobs.home.resolve(".ccupgrade/operations/2/evidence/archive/emmy/1/meta.json"))
                .hasContent("three");
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.0");

        migrate("cp new var/archive/emmy/1/n; mv var/archive/emmy/1/n var/archive/emmy/1/meta.json;"
                + " echo 3 >var/archive/v; mv var/archive/v var/archive/version.txt");
        Result upgraded = done(jobs.install("jobs-1.1"));
        assertThat(upgraded.err()).contains("archive 2 → 3");
        Map<String, String> migrated = Deployed.contents(archive);

        assertThat(jobs.run("rollback").exit()).isEqualTo(3);
        done(jobs.run("rollback", "--accept-data-loss"));
        assertThat(Deployed.contents(archive)).isEqualTo(before);
        assertThat(jobs.get("/health")).isEqualTo("200 ok jobs 1.0");
        // The bad release has the same version.
        String number = jobs.releases().get(2).replace(".jar", "");
        done(jobs.run("rollback", number, "--accept-data-loss"));
        assertThat(Deployed.contents(archive)).isEqualTo(migrated);
    }

    private void migrate(String script) throws IOException {
        Files.writeString(jobs.home.resolve("new"), "three");
        configure("[migration]\nof = \"archive\"\ncommand = [\"/bin/sh\", \"-c\", \"" + script + "\"]\n");
    }
}
