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
    void doctor_sees_when_systemd_starts_something_else_than_the_current_release() throws Exception {
        protectAndInstall();
        assertThat(host.run("doctor").out())
                .contains("jobs.service starts what releases/current names")
                .doesNotContain("warning");
        dropIn("ExecStart=", "ExecStart=/bin/sleep infinity");
        assertThat(host.run("doctor").out())
                .contains("jobs.service starts \"/bin/sleep infinity\", as /etc/systemd/system/jobs.service.d/")
                .contains("let ExecStart= in /etc/systemd/system/jobs.service.d/test.conf go through");
    }

    @Test
    void migration_and_rehearsal_run_as_the_units_user_with_its_environment() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        host.exec("chown", "nobody", host.home.toString());
        dropIn("User=nobody", "EnvironmentFile=/etc/default/jobs");
        host.write("/etc/default/jobs", "JOBS_GREETING='from the unit'\n");
        Path configuration = host.home.resolve("ccupgrade.toml");
        Files.writeString(
                configuration,
                Files.readString(configuration).replace("[migration]\nargs = [\"-migrate-db\"]", """
                        [[migration]]
                        name = "database"
                        args = ["-migrate-db"]
                        [[migration]]
                        name = "look"
                        command = ["sh", "-c", "echo $(id -un) $JOBS_GREETING $PWD"]""") + """
                        [rehearsal]
                        environment = { JOBS_PORT = "18090" }
                        args = ["-server"]
                        command = ["bash", "-c", "pgrep -u nobody -f rehearsed.jar && echo > /dev/tcp/127.0.0.1/18090"]
                        """);
        protectAndInstall();
        Row promised = host.acknowledged();
        assertThat(Files.readString(host.home.resolve(".ccupgrade/operations/1/migration-look.log")))
                .isEqualTo("nobody from the unit " + host.home + "\n");
        assertThat(host.exec("stat", "-c", "%U", host.home + "/var/jobs.db").out())
                .isEqualTo("nobody\n");

        assertThat(done(host.run("rehearse", SystemdHost.sample("jobs-2.0"))).out())
                .contains("to the first healthy answer, on the copy");

        host.requireKept(promised);
        assertThat(host.version()).contains("jobs 1.0");
        assertThat(host.exec("pgrep", "-f", "rehearsed.jar").out()).isEmpty();
    }

    private static void dropIn(String... lines) throws Exception {
        host.exec("mkdir", "-p", "/etc/systemd/system/jobs.service.d");
        host.write("/etc/systemd/system/jobs.service.d/test.conf", "[Service]\n" + String.join("\n", lines) + "\n");
        host.systemctl("daemon-reload");
    }

    /** Only the first release that was installed says that it is ready. */
    @Test
    void a_release_that_never_tells_systemd_that_it_is_ready_is_taken_back_with_its_own_words() throws Exception {
        Path run = host.home.resolve("run");
        Files.writeString(run, """
                echo "starting $(readlink releases/current)"
                if [ ! -e first ] || [ "$(cat first)" = "$(readlink releases/current)" ]; then
                  (sleep 1; systemd-notify --ready) &
                fi
                exec "$1" -jar releases/current -server
                """);
        dropIn(
                "Type=notify",
                "NotifyAccess=all",
                "TimeoutStartSec=5",
                "ExecStart=",
                "ExecStart=/bin/sh %s %s/bin/java".formatted(run, System.getProperty("java.home")));
        protectAndInstall();
        String release = host.current();
        Files.writeString(host.home.resolve("first"), release + "\n");
        Row promised = host.acknowledged();

        Result result = host.run("install", SystemdHost.sample("jobs-2.0"));

        assertThat(result.exit()).as(result.all()).isEqualTo(4);
        assertThat(result.err())
                .contains(
                        "cannot start jobs.service", "because a timeout was exceeded", "journalctl --unit=jobs.service")
                .doesNotContain("| starting " + release);
        assertBackAndWell(release, promised);
        // Among the service's own lines, for who looks there first.
        assertThat(host.exec("journalctl", "-u", "jobs", "-t", "ccupgrade", "-o", "cat")
                        .out())
                .contains("the install of jobs-2.0.jar began", "everything is taken back");
    }

    @Test
    void of_a_service_that_forks_the_process_of_its_pid_file_counts() throws Exception {
        Path run = host.home.resolve("run");
        Files.writeString(run, "setsid \"$1\" -jar releases/current -server & echo $! > jobs.pid\n");
        dropIn(
                "Type=forking",
                "PIDFile=" + host.home.resolve("jobs.pid"),
                "ExecStart=",
                "ExecStart=/bin/sh %s %s/bin/java".formatted(run, System.getProperty("java.home")));
        protectAndInstall();
        done(host.run("install", SystemdHost.sample("jobs-2.0")));

        String pid = Files.readString(host.home.resolve("jobs.pid")).strip();
        assertThat(done(host.run("status")).out()).contains("running as process " + pid);
        assertThat(host.version()).contains("jobs 2.0");
        done(host.run("stop"));
        assertThat(host.property("ActiveState")).isEqualTo("inactive");
        assertThat(host.exec("kill", "-0", pid).exit()).isNotZero();
    }
}
