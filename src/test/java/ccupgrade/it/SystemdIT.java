package ccupgrade.it;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.it.Deployed.Result;
import ccupgrade.it.Deployed.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A real systemd, whose power is cut; {@code Restart=always} and an enabled unit, as on a server. */
class SystemdIT {

    @TempDir
    static Path directory;

    private static SystemdHost host;

    @BeforeAll
    static void boot() throws Exception {
        host = new SystemdHost(directory);
    }

    @AfterAll
    static void shut_down() throws Exception {
        if (host != null) {
            host.close();
        }
    }

    @BeforeEach
    void deploy(TestInfo test) throws Exception {
        host.deploy(String.valueOf(test.getTestMethod().orElseThrow().getName().hashCode()));
    }

    @AfterEach
    void remove() throws Exception {
        host.remove();
    }

    private static Result done(Result result) {
        assertThat(result.exit()).as(result.all()).isZero();
        return result;
    }

    private static void protectAndInstall() throws Exception {
        done(host.run("init", "--systemd"));
        done(host.run("install", SystemdHost.sample("jobs-1.0")));
    }

    /** The old release runs, nothing that was promised is lost, and nothing is left to be done. */
    private static void assertBackAndWell(String release, Row promised) throws Exception {
        host.requireKept(promised);
        assertThat(host.version()).contains("jobs 1.0");
        assertThat(host.current()).isEqualTo(release);
        assertThat(host.isHeld()).isFalse();
        assertThat(done(host.run("recover")).out()).contains("No operation was interrupted");
    }

    @Test
    void a_power_failure_during_the_migration_is_taken_back_before_the_service_starts() throws Exception {
        protectAndInstall();
        String release = host.current();
        host.begin("install", SystemdHost.sample("jobs-2.2-hangs"));
        host.awaitIntent(2, "migrate");
        Row promised = host.acknowledged();
        host.cutPowerAndReboot();
        assertBackAndWell(release, promised);

        done(host.run("install", SystemdHost.sample("jobs-2.0")));
        host.requireKept(promised);
        assertThat(host.version()).contains("jobs 2.0");
    }

    @Test
    void a_release_that_was_on_trial_when_the_power_failed_is_taken_back_before_the_service_starts() throws Exception {
        protectAndInstall();
        String release = host.current();
        host.begin("install", SystemdHost.sample("jobs-2.2-unhealthy"));
        host.awaitIntent(2, "start");
        Row promised = host.acknowledged();
        host.awaitIntent(2, "health");
        Thread.sleep(500);
        host.cutPowerAndReboot();
        assertBackAndWell(release, promised);
    }

    @Test
    void what_was_committed_before_the_power_failed_stays() throws Exception {
        protectAndInstall();
        String release = host.current();
        host.begin("install", SystemdHost.sample("jobs-2.0"));
        host.awaitJournal(2, "\"event\":\"commit\"");
        host.cutPower();
        Row promised = host.acknowledged();
        host.cutPowerAndReboot();
        host.requireKept(promised);
        assertThat(host.version()).contains("jobs 2.0");
        assertThat(host.current()).isNotEqualTo(release);
        assertThat(host.isHeld()).isFalse();
        done(host.run("recover"));
        assertThat(done(host.run("list")).out()).contains("good");
    }

    @Test
    void a_service_whose_state_could_not_be_put_back_at_boot_stays_down_until_it_can() throws Exception {
        protectAndInstall();
        String release = host.current();
        host.begin("install", SystemdHost.sample("jobs-2.2-hangs"));
        host.awaitIntent(2, "migrate");
        Row promised = host.acknowledged();
        host.cutPower();
        Path snapshot;
        try (Stream<Path> snapshots = Files.list(host.home.resolve(".ccupgrade/snapshots"))) {
            snapshot = snapshots
                    .filter(each -> each.getFileName().toString().startsWith("2-"))
                    .findFirst()
                    .orElseThrow();
        }
        Path elsewhere = Files.move(snapshot, directory.resolve("elsewhere"));
        host.cutPowerAndReboot();
        assertThat(host.property("ActiveState")).isEqualTo("inactive");
        assertThat(host.isHeld()).isTrue();
        assertThat(host.systemctl("start", "jobs").exit()).isNotZero();
        assertThat(host.exec("journalctl", "-u", "ccupgrade-recover-jobs", "-o", "cat")
                        .out())
                .contains("cannot put the state back");

        Files.move(elsewhere, snapshot);
        done(host.run("recover"));
        assertBackAndWell(release, promised);
    }

    @Test
    void nobody_starts_the_service_in_the_middle_even_where_nothing_was_installed_for_it() throws Exception {
        assertThat(host.run("doctor").out())
                .contains("warning")
                .contains("/etc/systemd/system/jobs.service.d/50-ccupgrade.conf")
                .contains("/etc/systemd/system/ccupgrade-recover-jobs.service")
                .contains("ccupgrade init --systemd");
        assertThat(done(host.run("install", SystemdHost.sample("jobs-1.0"))).err())
                .contains("ccupgrade init --systemd");
        String release = host.current();
        host.begin("install", SystemdHost.sample("jobs-2.2-hangs"));
        host.awaitIntent(2, "migrate");
        Row promised = host.acknowledged();

        for (String verb : List.of("start", "restart")) {
            Result start = host.systemctl(verb, "jobs");
            assertThat(start.exit()).isNotZero();
            assertThat(start.err()).contains("Assertion failed");
        }
        assertThat(host.property("ActiveState")).isEqualTo("inactive");
        host.exec("pkill", "-KILL", "-f", "ccupgrade.jar");
        assertThat(host.systemctl("start", "jobs").exit()).isNotZero();
        assertThat(host.run("status").all()).contains("was interrupted");

        done(host.run("recover"));
        assertBackAndWell(release, promised);
    }

    @Test
    void doctor_sees_when_a_unit_was_removed_or_changed() throws Exception {
        done(host.run("init", "--systemd"));
        assertThat(host.run("doctor").out()).contains("is taken back before systemd starts the service");
        done(host.exec("rm", "/etc/systemd/system/ccupgrade-recover-jobs.service"));
        assertThat(host.run("doctor").out())
                .contains("ccupgrade-recover-jobs.service is missing or out of date")
                .doesNotContain("50-ccupgrade.conf");
        done(host.run("init", "--systemd"));
        done(host.exec("sed", "-i", "s/^Assert/#/", "/etc/systemd/system/jobs.service.d/50-ccupgrade.conf"));
        assertThat(host.run("doctor").out()).contains("50-ccupgrade.conf is missing or out of date");
    }

    @Test
    void a_rehearsal_starts_the_release_as_the_units_user() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        host.exec("chown", "nobody", host.home.toString());
        host.exec("mkdir", "-p", "/etc/systemd/system/jobs.service.d");
        host.write("/etc/systemd/system/jobs.service.d/user.conf", "[Service]\nUser=nobody\n");
        host.systemctl("daemon-reload");
        Path configuration = host.home.resolve("ccupgrade.toml");
        Files.writeString(
                configuration,
                Files.readString(configuration)
                                .replace("args = [\"-migrate-db\"]", """
                                        command = ["runuser", "-u", "nobody", "--", "%s/bin/java", "-jar", "{release}", "-migrate-db"]
                                        """.formatted(System.getProperty("java.home")))
                        + """
                        [rehearsal]
                        environment = { JOBS_PORT = "18090" }
                        args = ["-server"]
                        command = ["bash", "-c", "pgrep -u nobody -f rehearsed.jar && echo > /dev/tcp/127.0.0.1/18090"]
                        """);
        protectAndInstall();
        Row promised = host.acknowledged();

        assertThat(done(host.run("rehearse", SystemdHost.sample("jobs-2.0"))).out())
                .contains("to the first healthy answer, on the copy");

        host.requireKept(promised);
        assertThat(host.version()).contains("jobs 1.0");
        assertThat(host.exec("pgrep", "-f", "rehearsed.jar").out()).isEmpty();
    }
}
