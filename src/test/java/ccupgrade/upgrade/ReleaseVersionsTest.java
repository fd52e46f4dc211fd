package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.config.ConfigFile;
import ccupgrade.disk.DurableDisk;
import ccupgrade.release.EmbeddedMigration;
import ccupgrade.release.Kind;
import ccupgrade.release.Staged;
import ccupgrade.release.Supported;
import ccupgrade.service.LinuxProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseVersionsTest {

    private static final String ANSWER =
            "printf 'Version:\\t\\t1.5.4\\nSQL db version:\\t11\\nJob archive version:\\t3\\n'";

    @TempDir
    Path directory;

    private Path home;
    private Path release;

    @BeforeEach
    void deploy() throws IOException {
        home = Files.createDirectories(directory.resolve("home"));
        release = directory.resolve("cc-backend");
        Files.writeString(home.resolve("ccupgrade.toml"), "profile = \"cc-backend\"\n");
    }

    private ReleaseVersions.Answer answer(String script, EmbeddedMigration... embedded) throws Exception {
        Files.writeString(release, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(release, PosixFilePermissions.fromString("r-xr-xr-x"));
        Surroundings surroundings = new Surroundings(
                new DurableDisk(new Random(1)),
                Clock.systemUTC(),
                System::nanoTime,
                new LinuxProcesses(),
                Map.of(),
                home,
                List.of("ccupgrade"),
                "root",
                "ada");
        return new ReleaseVersions(Site.of(ConfigFile.load(home), surroundings))
                .of(new Staged(Kind.SCRIPT, release, null, false), List.of(embedded));
    }

    @Test
    void the_release_says_it_itself() throws Exception {
        assertThat(answer("test \"$1\" = -version && " + ANSWER))
                .isEqualTo(new ReleaseVersions.Answer("1.5.4", new Supported("11", "3"), List.of()));
        assertThat(home.resolve(".ccupgrade/scratch")).isEmptyDirectory();
    }

    @Test
    void what_was_left_by_one_that_was_killed_while_it_asked_goes_and_that_of_one_at_work_stays() throws Exception {
        Path scratch = Files.createDirectories(home.resolve(".ccupgrade/scratch"));
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path left = Files.createDirectories(scratch.resolve("versions-" + gone.pid() + "/empty/release"));
        Files.writeString(left.resolve("half"), "half");
        Path used = Files.createDirectories(scratch.resolve("versions-1/empty"));

        answer(ANSWER);

        assertThat(scratch).isDirectoryContaining("glob:**/versions-1");
        assertThat(used).isDirectory();
        assertThat(scratch.resolve("versions-" + gone.pid())).doesNotExist();
    }

    @Test
    void one_that_says_nothing_or_fails_is_not_known_and_told() throws Exception {
        ReleaseVersions.Answer silent = answer("echo hello");
        assertThat(silent.supports()).isEqualTo(Supported.UNKNOWN);
        assertThat(silent.warnings()).hasSize(3).anyMatch(warning -> warning.contains("SQL db version"));

        ReleaseVersions.Answer failing = answer(ANSWER + " >/dev/null; echo 'flag provided but not defined'; exit 2");
        assertThat(failing.supports()).isEqualTo(Supported.UNKNOWN);
        assertThat(failing.warnings())
                .singleElement()
                .asString()
                .contains("exit code 2: flag provided but not defined", "[versions]");
    }

    @Test
    void what_it_does_not_say_the_embedded_migrations_do() throws Exception {
        ReleaseVersions.Answer answer = answer(
                "exit 1",
                new EmbeddedMigration("3", "a", "V3__a.sql", EmbeddedMigration.Kind.SQL),
                new EmbeddedMigration("4", "b", "V4__b.sql", EmbeddedMigration.Kind.SQL),
                new EmbeddedMigration(null, "c", "R__c.sql", EmbeddedMigration.Kind.SQL));

        assertThat(answer.supports()).isEqualTo(new Supported("4", null));
    }
}
