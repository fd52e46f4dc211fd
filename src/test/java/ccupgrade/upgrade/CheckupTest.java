package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.disk.Progress;
import ccupgrade.state.Mounts;
import ccupgrade.upgrade.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckupTest {

    private static final Instant NOW = Instant.parse("2026-11-22T18:10:00Z");

    @TempDir
    Path directory;

    private Path home;
    private Example example;
    private Instant now = NOW;
    private String user = System.getProperty("user.name");

    @BeforeEach
    void deployed() throws Exception {
        home = Files.createDirectory(directory.toRealPath().resolve("home"));
        Files.createDirectory(home.resolve("root"));
        Files.writeString(home.resolve("ccupgrade.toml"), "[migration]\nargs = [\"-migrate-db\"]\n");
        example = new Example(home).whole();
        example.sql("PRAGMA journal_mode = WAL");
        written(NOW);
    }

    /** The file system has the time of this machine, the example its own. */
    private void written(Instant instant) throws IOException {
        try (Stream<Path> operations = Files.list(home.resolve(".ccupgrade/operations"))) {
            for (Path operation : operations.toList()) {
                Files.setLastModifiedTime(operation, FileTime.from(instant));
            }
        }
    }

    private Surroundings surroundings() {
        Surroundings its = example.surroundings();
        return new Surroundings(
                its.disk(),
                Clock.fixed(now, ZoneOffset.UTC),
                its.nanos(),
                its.processes(),
                Map.of("PATH", home.resolve("bin") + ":" + System.getenv("PATH")),
                its.root(),
                its.command(),
                user,
                its.who());
    }

    private Site site() throws Exception {
        return Site.toLookAt(example.deployment(), surroundings());
    }

    private List<Finding> checkup(boolean deep) throws Exception {
        return new Checkup(example.deployment(), surroundings(), Progress.NONE).findings(deep);
    }

    @Test
    void what_keeps_several_from_finding_out_is_said_once() throws Exception {
        Path link = example.deployment().link();
        Files.delete(link);
        Files.writeString(home.resolve("old"), "#!/bin/sh\n");
        Files.createSymbolicLink(link, home.resolve("old"));

        assertThat(checkup(false))
                .filteredOn(finding -> finding.text().contains("cannot tell which release"))
                .hasSize(1);
    }

    private static List<Finding> worse(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.level().compareTo(Level.NOTE) > 0)
                .toList();
    }

    private Finding only(Level level, String about) throws Exception {
        List<Finding> found = checkup(false).stream()
                .filter(finding -> finding.level() == level && finding.about().equals(about))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private Path snapshot() {
        return home.resolve(".ccupgrade/snapshots/2-before-" + Example.SECOND);
    }

    private Map<String, Long> everything() throws IOException {
        Map<String, Long> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.put(home.relativize(file).toString(), Files.size(file));
            }
        }
        return all;
    }

    @Test
    void nothing_is_wrong_with_a_good_deployment_and_every_subject_is_told() throws Exception {
        List<Finding> findings = checkup(false);
        // A machine's temporary directory may be memory, which is worth a warning about a service.
        assertThat(worse(findings)).allMatch(finding -> finding.text().contains("is memory"));
        assertThat(findings)
                .extracting(Finding::about)
                .contains(
                        "operation",
                        "release",
                        "java",
                        "service",
                        "database",
                        "space",
                        "permissions",
                        "files",
                        "snapshots",
                        "rehearsal",
                        "clock",
                        "retention");
    }

    @Test
    void it_changes_nothing() throws Exception {
        Map<String, Long> before = everything();
        checkup(true);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void a_service_that_runs_another_release_is_a_warning_here_and_before_an_install() throws Exception {
        example.runs(4242, Example.FIRST);

        assertThat(only(Level.WARNING, "service").text())
                .isEqualTo("it runs releases/" + Example.FIRST + ".jar and not the current release 1.1 ("
                        + Example.SECOND + ")");
        List<Finding> findings = new ArrayList<>();
        new ServiceGate(site(), findings).check();
        assertThat(findings).extracting(Finding::level).contains(Level.WARNING);
    }

    @Test
    void a_java_that_is_too_old_for_the_current_release_is_refused() throws Exception {
        Path java = home.resolve("old/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, "#!/bin/sh\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(home.resolve("old/release"), "JAVA_VERSION=\"11.0.2\"\n");
        Files.writeString(home.resolve("ccupgrade.toml"), "[service]\njava = \"old\"\n");
        Finding finding = only(Level.REFUSED, "java");
        assertThat(finding.text()).contains("needs Java 17", "this is Java 11");
        assertThat(finding.remedy()).contains("install Java 17");
    }

    @Test
    void a_directory_that_everybody_may_write_in_is_a_warning_with_the_command() throws Exception {
        Files.setPosixFilePermissions(home.resolve("releases"), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(only(Level.WARNING, "permissions").remedy()).isEqualTo("chmod o-w " + home.resolve("releases"));
    }

    @Test
    void a_service_that_may_not_reach_its_files_is_a_warning() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: needs root");
        Files.writeString(home.resolve("ccupgrade.toml"), "[service]\nuser = \"nobody\"\n");
        Files.setPosixFilePermissions(home.resolve("releases"), PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(home.resolve("var/jobs.db"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(checkup(false))
                .filteredOn(finding ->
                        finding.level() == Level.WARNING && finding.about().equals("permissions"))
                .extracting(Finding::text)
                .containsExactly(
                        "the service runs as nobody and may not go into " + home.resolve("releases"),
                        "the service runs as nobody and may not write to var/jobs.db, which is root's");
    }

    @Test
    void whoever_looks_as_another_user_is_not_told_to_give_the_files_away() throws Exception {
        user = "somebody-else";
        assertThat(only(Level.REFUSED, "permissions").remedy()).startsWith("run ccupgrade as root");
        assertThat(checkup(false))
                .noneMatch(
                        finding -> finding.remedy() != null && finding.remedy().startsWith("chown"));
    }

    @Test
    void a_snapshot_that_was_cut_or_lacks_a_file_is_a_warning() throws Exception {
        Path copy;
        try (Stream<Path> files = Files.list(snapshot())) {
            copy = files.filter(file -> !file.endsWith("manifest.json"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(copy);
        Files.delete(copy);
        assertThat(only(Level.WARNING, "snapshots").text()).contains(copy.getFileName() + " is missing");
        Files.write(copy, Arrays.copyOf(whole, whole.length - 1));
        assertThat(only(Level.WARNING, "snapshots").text())
                .contains((whole.length - 1) + " bytes and not " + whole.length);
    }

    @Test
    void a_rollback_that_would_find_no_state_to_go_back_to_is_a_warning() throws Exception {
        example.disk.deleteTree(snapshot());
        assertThat(only(Level.WARNING, "snapshots").text())
                .contains("none is left of the state of 1.0", "the schema has changed since");
    }

    @Test
    void a_clock_that_was_set_back_is_a_warning() throws Exception {
        now = Instant.parse("2026-11-22T17:00:00Z");
        written(now);
        assertThat(only(Level.WARNING, "clock").text()).contains("operation 2 lies 1 h 00 min in the future");
    }

    @Test
    void a_file_system_whose_clock_is_ahead_is_a_warning() throws Exception {
        written(NOW.plusSeconds(600));
        assertThat(only(Level.WARNING, "clock").text())
                .contains(
                        ".ccupgrade/operations/2 was changed 10 min 00 s in the future",
                        "that of the file system is ahead");
    }

    @Test
    void a_clock_that_timesyncd_has_not_set_is_worth_a_note_and_any_other_is_not_known_of() throws Exception {
        assertThat(only(Level.OK, "clock")).isNotNull();
        Path timesync = Files.createDirectories(home.resolve("root/run/systemd/timesync"));
        assertThat(only(Level.NOTE, "clock").text()).contains("has not set the clock");
        Files.createFile(timesync.resolve("synchronized"));
        assertThat(only(Level.OK, "clock")).isNotNull();
    }

    @Test
    void a_database_without_a_log_and_rows_that_refer_to_nothing_are_worth_a_note() throws Exception {
        example.sql(
                "PRAGMA journal_mode = DELETE",
                "CREATE TABLE parts(id INTEGER PRIMARY KEY, job INTEGER REFERENCES jobs(id))",
                "INSERT INTO parts VALUES (1, 4711)");
        assertThat(checkup(false))
                .filteredOn(finding ->
                        finding.level() == Level.NOTE && finding.about().equals("database"))
                .extracting(Finding::text)
                .anyMatch(text -> text.contains("rollback journal"))
                .anyMatch(text -> text.contains("a row of parts (rowid 1) refers to a row of jobs that is not there"));
    }

    @Test
    void a_database_above_the_limit_is_not_looked_through_and_that_is_said_with_the_way_to_do_it() throws Exception {
        List<Finding> findings = new Preflight(site(), Progress.NONE).examineDeployment(1);
        assertThat(findings).anySatisfy(finding -> {
            assertThat(finding.level()).isEqualTo(Level.NOTE);
            assertThat(finding.text()).contains("not looked through for damage");
            assertThat(finding.remedy()).isEqualTo("ccupgrade doctor --deep");
        });
    }

    @Test
    void above_rehearse_above_a_rehearsal_is_advised() throws Exception {
        Files.writeString(
                home.resolve("ccupgrade.toml"), "[migration]\nargs = [\"-migrate-db\"]\nrehearse-above = \"1kB\"\n");
        Finding finding = only(Level.NOTE, "rehearsal");
        assertThat(finding.text()).contains("no release was rehearsed here", "more than rehearse-above");
        assertThat(finding.remedy()).isEqualTo("for the next release: ccupgrade rehearse FILE");
    }

    @Test
    void the_last_rehearsal_is_told_whatever_came_after_it() throws Exception {
        example.finished("rehearse", Map.of(), "1.9", 0);
        example.finished("rehearse", Map.of(), "2.0", 0);
        example.finished("install", Map.of(), "2.0", Example.SECOND);

        assertThat(only(Level.OK, "rehearsal").text()).startsWith("2.0 was the last that was rehearsed, ");
    }

    @Test
    void what_an_ended_command_has_left_is_named() throws Exception {
        Files.createFile(home.resolve("releases/.1.given.ccupgrade-tmp"));
        assertThat(only(Level.NOTE, "leftovers").text()).contains("releases/.1.given.ccupgrade-tmp");
    }

    @Test
    void what_is_kept_is_worth_a_note_once_it_takes_more_than_is_free() throws Exception {
        Finding finding = new StockSubject(site(), place -> new Volumes.Volume("a", "/ (ext4)", 100))
                .findings()
                .get(0);
        assertThat(finding.level()).isEqualTo(Level.NOTE);
        assertThat(finding.text()).startsWith("3 releases and 1 snapshot take");
        assertThat(finding.remedy()).contains("ccupgrade prune");
    }

    private List<Finding> on(String type, String options) throws Exception {
        return mounted(home, options, type);
    }

    /** With a file system of its own at one place. */
    private List<Finding> mounted(Path point, String options, String type) throws Exception {
        Path table = Files.writeString(directory.resolve("mountinfo"), """
                1 0 8:1 / / rw,relatime - ext4 /dev/a rw
                2 1 8:2 / %s %s shared:1 - %s /dev/b rw
                """.formatted(point, options, type));
        return new FileSystemSubject(site(), Mounts.of(table)).findings();
    }

    @Test
    void a_file_system_that_cannot_be_written_is_refused_with_the_command_that_changes_it() throws Exception {
        Finding finding = on("ext4", "ro,relatime").get(0);
        assertThat(finding.level()).isEqualTo(Level.REFUSED);
        assertThat(finding.remedy()).contains("mount -o remount,rw " + home);
    }

    @Test
    void a_network_and_memory_are_no_places_for_a_database() throws Exception {
        assertThat(worse(on("nfs4", "rw")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.text()).contains("(nfs4)", "across the network", "databases"));
        assertThat(worse(on("tmpfs", "rw")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.text()).contains("is memory"));
        assertThat(worse(on("btrfs", "rw"))).isEmpty();
    }

    @Test
    void noexec_matters_to_what_is_executed_and_not_to_jars() throws Exception {
        assertThat(worse(on("ext4", "rw,noexec"))).isEmpty();
        example.store().deactivate();
        assertThat(on("ext4", "rw,noexec"))
                .anyMatch(finding ->
                        finding.level() == Level.NOTE && finding.text().contains("mounted with noexec"));
    }

    @Test
    void that_going_back_copies_where_databases_lie_elsewhere_is_worth_a_note() throws Exception {
        assertThat(mounted(home.resolve("var"), "rw", "ext4"))
                .anyMatch(finding -> finding.level() == Level.NOTE
                        && finding.text()
                                .startsWith("var/jobs.db lies on another file system than .ccupgrade/snapshots"));
    }

    /** A systemctl that answers as the real one does. */
    private List<Finding> unit(String execStart, String more) throws Exception {
        Files.writeString(
                home.resolve("ccupgrade.toml"), "[service]\nmanager = \"systemd\"\nunit = \"jobs.service\"\n");
        Path systemctl = Files.createDirectories(home.resolve("bin")).resolve("systemctl");
        Files.writeString(home.resolve("shown"), """
                LoadState=loaded
                ActiveState=inactive
                SubState=dead
                ExecStart={ path=%s ; argv[]=%s ; ignore_errors=no ; start_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
                %s""".formatted(execStart.split(" ")[0], execStart, more));
        Files.writeString(systemctl, "#!/bin/sh\ncat " + home.resolve("shown") + "\n");
        Files.setPosixFilePermissions(systemctl, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new UnitSubject(site()).findings();
    }

    @Test
    void a_unit_that_goes_through_the_link_is_as_it_has_to_be() throws Exception {
        String limits =
                "Restart=on-failure\nRestartUSec=30s\nStartLimitBurst=5\nStartLimitIntervalUSec=10s\nNeedDaemonReload=no\n";
        List<Finding> findings = unit("/usr/bin/java -jar " + home.resolve("releases/current") + " -server", limits);
        assertThat(findings).extracting(Finding::level).containsOnly(Level.OK);
        assertThat(findings.get(1).text())
                .isEqualTo("systemd starts it again (on-failure) after 30.0 s; no more than 5 starts in 10.0 s");
    }

    @Test
    void a_unit_may_start_a_script_that_goes_through_the_link() throws Exception {
        Path script = home.resolve("start.sh");
        Files.writeString(script, "#!/bin/sh\nexec java -jar releases/current -server\n");
        assertThat(worse(unit(script.toString(), ""))).isEmpty();
        Files.writeString(script, "#!/bin/sh\nexec java -jar releases/current.old -server\n");
        assertThat(worse(unit(script.toString(), ""))).hasSize(1);
    }

    @Test
    void a_drop_in_that_starts_something_else_is_a_warning_that_names_it() throws Exception {
        Path dropIn = home.resolve("override.conf");
        Files.writeString(dropIn, "[Service]\nExecStart=\nExecStart=/opt/jobs\n");
        Finding finding =
                unit("/opt/jobs -server", "DropInPaths=" + dropIn + "\n").get(0);
        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.text()).contains("starts \"/opt/jobs -server\", as " + dropIn + " says", "releases/current");
        assertThat(finding.remedy())
                .contains("ExecStart= in " + dropIn + " go through " + home.resolve("releases/current"));
    }

    @Test
    void a_unit_that_systemd_has_not_read_again_is_a_warning() throws Exception {
        assertThat(worse(unit(home.resolve("releases/current").toString(), "NeedDaemonReload=yes\n")))
                .extracting(Finding::remedy)
                .containsExactly("systemctl daemon-reload");
    }

    @Test
    void a_unit_with_another_directory_is_worth_a_note() throws Exception {
        assertThat(unit(home.resolve("releases/current").toString(), "WorkingDirectory=" + directory + "\n"))
                .anyMatch(finding ->
                        finding.level() == Level.NOTE && finding.text().contains("the service runs in " + directory));
    }
}
