package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.config.Config;
import ccupgrade.fault.Failed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldTest {

    @TempDir
    Path directory;

    private World world;
    private Path root;
    private Hold hold;

    @BeforeEach
    void begin() throws Exception {
        Path home = Files.createDirectories(directory.resolve("100% ours"));
        world = new World(home);
        Files.createDirectories(world.deployment().dotDirectory());
        root = directory.resolve("root");
        hold = Services.hold(world.deployment(), world.disk, world.environment, root);
    }

    /** Knows the drop-ins that are there, unless it was told to be deaf. */
    private void underSystemd() throws Exception {
        world.manager = Config.Manager.SYSTEMD;
        Path bin = world.home.resolve("bin");
        World.script(bin.resolve("systemctl"), """
                echo "$3" >> '%1$s/calls'
                [ "$3" = show ] || exit 0
                echo LoadState=loaded
                echo NeedDaemonReload=no
                [ -f '%1$s/deaf' ] || echo DropInPaths=$(find '%2$s' -name '*.conf' | tr '\\n' ' ')
                """.formatted(world.home, root));
        world.environment.put("PATH", bin + ":/usr/bin:/bin");
        hold = Services.hold(world.deployment(), world.disk, world.environment, root);
    }

    private List<String> files() throws Exception {
        try (var all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void is_a_file_that_says_why() throws Exception {
        hold.begin("an upgrade is not over");

        assertThat(hold.isHeld()).isTrue();
        assertThat(Files.readString(world.deployment().hold())).contains("an upgrade is not over", "ccupgrade status");
    }

    @Test
    void becomes_a_watch_and_again_a_hold_by_renaming() throws Exception {
        hold.begin("first");
        hold.watch();
        assertThat(hold.isHeld()).isFalse();
        assertThat(world.deployment().watch()).exists();

        hold.hold("second");
        assertThat(Files.readString(world.deployment().hold())).contains("first");
        assertThat(world.deployment().watch()).doesNotExist();
    }

    @Test
    void every_verb_can_be_repeated() throws Exception {
        hold.watch();
        assertThat(world.deployment().watch()).doesNotExist();
        hold.begin("x");
        hold.begin("x");
        hold.watch();
        hold.watch();
        hold.end();
        hold.end();
        assertThat(world.deployment().hold()).doesNotExist();
        assertThat(world.deployment().watch()).doesNotExist();
    }

    @Test
    void holds_systemd_until_a_reboot_where_nothing_was_installed() throws Exception {
        underSystemd();
        hold.begin("x");

        assertThat(files())
                .containsExactly(
                        "run/ccupgrade/jobs.service.attended",
                        "run/systemd/system/jobs.service.d/50-ccupgrade-until-reboot.conf");
        assertThat(Files.readString(root.resolve("run/systemd/system/jobs.service.d/50-ccupgrade-until-reboot.conf")))
                .isEqualTo("[Unit]\nAssertPathExists=!"
                        + world.deployment().hold().toString().replace("%", "%%") + "\n");
        assertThat(Files.readAllLines(world.home.resolve("calls"))).contains("daemon-reload");
    }

    @Test
    void has_systemd_read_nothing_again_where_the_drop_in_is_installed() throws Exception {
        underSystemd();
        Services.units(world.deployment(), world.disk, world.environment, root).install(List.of("/bin/ccupgrade"));
        Files.delete(world.home.resolve("calls"));

        hold.begin("x");

        assertThat(Files.readAllLines(world.home.resolve("calls"))).containsOnly("show");
        assertThat(files()).noneMatch(file -> file.contains("until-reboot"));
    }

    @Test
    void is_not_begun_when_systemd_does_not_read_the_drop_in() throws Exception {
        underSystemd();
        Files.createFile(world.home.resolve("deaf"));

        assertThatThrownBy(() -> hold.begin("x"))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("cannot keep systemd from starting jobs.service");
        assertThat(hold.isHeld()).isFalse();
    }

    @Test
    void the_recovery_unit_names_the_deployment_in_systemds_spelling() throws Exception {
        underSystemd();
        Services.units(world.deployment(), world.disk, world.environment, root)
                .install(List.of("/opt/cc upgrade/bin", "$HOME"));

        String home = world.home.toString().replace("%", "%%");
        assertThat(Files.readString(root.resolve("etc/systemd/system/ccupgrade-recover-jobs.service")))
                .contains("Before=jobs.service\n")
                .contains("RequiresMountsFor=\"" + home + "\"\n")
                .contains("ConditionPathExists=|" + home + "/.ccupgrade/hold\n")
                .contains("ConditionPathExists=|" + home + "/.ccupgrade/watch\n")
                .contains("ConditionPathExists=!" + root + "/run/ccupgrade/jobs.service.attended\n")
                .contains("ExecStart=\"/opt/cc upgrade/bin\" \"$$HOME\" -C \"" + home + "\" recover --boot\n");
    }

    @Test
    void a_unit_that_was_edited_is_missing_and_one_that_calls_ccupgrade_otherwise_is_not() throws Exception {
        underSystemd();
        SystemdUnits units = Services.units(world.deployment(), world.disk, world.environment, root);
        assertThat(units.missing()).hasSize(2);
        units.install(List.of("/bin/ccupgrade"));
        assertThat(units.missing()).isEmpty();

        Path recovery = root.resolve("etc/systemd/system/ccupgrade-recover-jobs.service");
        Files.writeString(recovery, Files.readString(recovery).replace("/bin/ccupgrade", "/usr/local/bin/ccupgrade"));
        assertThat(units.missing()).isEmpty();

        assertThat(units.missingCommand()).contains(Path.of("/usr/local/bin/ccupgrade"));
        Files.writeString(recovery, Files.readString(recovery).replace("/usr/local/bin/ccupgrade", "/bin/sh"));
        assertThat(units.missingCommand()).isEmpty();

        Files.writeString(recovery, Files.readString(recovery).replace("ConditionPathExists=|", "#"));
        assertThat(units.missing()).containsExactly(recovery);
    }
}
