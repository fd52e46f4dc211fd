package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.config.Config;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutionsTest {

    @TempDir
    Path directory;

    private World world;

    /** A systemctl that shows the file {@code unit}. */
    @BeforeEach
    void begin() throws Exception {
        world = new World(directory);
        world.manager = Config.Manager.SYSTEMD;
        Path bin = world.home.resolve("bin");
        World.script(bin.resolve("systemctl"), "cat " + world.home + "/unit");
        world.environment.put("PATH", bin + ":" + System.getenv("PATH"));
    }

    private void unit(String... lines) throws Exception {
        Files.writeString(world.home.resolve("unit"), "LoadState=loaded\n" + String.join("\n", lines) + "\n");
    }

    private Execution found() throws Exception {
        return Services.execution(world.deployment(), world.environment);
    }

    private static void assumeRoot() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root becomes another");
    }

    @Test
    void a_unit_that_says_nothing_runs_as_who_asks_in_the_home() throws Exception {
        unit("User=", "Group=", "WorkingDirectory=", "Environment=", "DynamicUser=no");

        assertThat(found()).isEqualTo(new Execution(null, List.of(), world.home, Map.of()));
    }

    @Test
    void the_units_user_runs_it_in_its_directory_with_its_environment() throws Exception {
        assumeRoot();
        Files.createDirectories(world.home.resolve("var"));
        Files.writeString(world.home.resolve("first"), "A=1\nB=2\n");
        Files.writeString(world.home.resolve("second"), "B=3\n");
        world.added = Map.of("D", "ours");
        unit(
                "User=nobody",
                "WorkingDirectory=" + world.home.resolve("var"),
                "Environment=A=0 \"C=x y\" D=theirs",
                "EnvironmentFiles=" + world.home.resolve("first") + " (ignore_errors=no)",
                "EnvironmentFiles=" + world.home.resolve("second") + " (ignore_errors=no)",
                "EnvironmentFiles=" + world.home.resolve("none") + " (ignore_errors=yes)");

        Execution execution = found();

        assertThat(execution.account()).isEqualTo("nobody");
        assertThat(execution.directory()).isEqualTo(world.home.resolve("var"));
        assertThat(execution.environment())
                .containsEntry("A", "1")
                .containsEntry("B", "3")
                .containsEntry("C", "x y")
                .containsEntry("D", "ours")
                .containsEntry("USER", "nobody")
                .containsKey("HOME");
        Process id = new ProcessBuilder(execution.command(List.of("id", "-un"))).start();
        assertThat(new String(id.getInputStream().readAllBytes()).strip()).isEqualTo("nobody");
    }

    @Test
    void the_configured_user_counts_where_the_unit_names_none() throws Exception {
        assumeRoot();
        world.user = "nobody";
        unit("User=");
        assertThat(found().account()).isEqualTo("nobody");

        world.manager = Config.Manager.PROCESS;
        assertThat(found().account()).isEqualTo("nobody");
    }

    @Test
    void who_asks_needs_not_become_itself() throws Exception {
        unit("User=" + System.getProperty("user.name"));

        assertThat(found().as()).isEmpty();
    }

    @Test
    void the_directory_may_be_the_users_own_or_may_be_missing_where_the_unit_says_so() throws Exception {
        assumeRoot();
        unit("User=root", "WorkingDirectory=!~");
        assertThat(found().directory()).isEqualTo(Path.of("/root"));

        unit("WorkingDirectory=!/nowhere");
        assertThat(found().directory()).isEqualTo(world.home);

        unit("WorkingDirectory=/nowhere");
        assertThatThrownBy(this::found).isInstanceOf(Failed.class).hasMessageContaining("/nowhere");
    }

    @Test
    void all_files_count_that_a_pattern_names() throws Exception {
        Files.writeString(world.home.resolve("1.env"), "A=1\n");
        Files.writeString(world.home.resolve("2.env"), "A=2\nB=2\n");
        unit("EnvironmentFiles=" + world.home + "/*.env (ignore_errors=no)");

        assertThat(found().environment()).containsEntry("A", "2").containsEntry("B", "2");
    }

    @Test
    void a_file_that_the_unit_needs_has_to_be_there() throws Exception {
        unit("EnvironmentFiles=/nowhere/env (ignore_errors=no)");

        assertThatThrownBy(this::found)
                .isInstanceOf(Failed.class)
                .hasMessageContaining("/nowhere/env")
                .hasMessageContaining("jobs.service");
    }

    @Test
    void a_user_that_is_only_there_while_the_service_runs_cannot_migrate() throws Exception {
        unit("User=jobs", "DynamicUser=yes");

        assertThatThrownBy(this::found).isInstanceOf(Refused.class).hasMessageContaining("DynamicUser");
    }

    @Test
    void an_account_that_nobody_knows_is_refused() throws Exception {
        unit("User=nobody-knows-it");

        assertThatThrownBy(this::found).isInstanceOf(Refused.class).hasMessageContaining("nobody-knows-it");
    }
}
