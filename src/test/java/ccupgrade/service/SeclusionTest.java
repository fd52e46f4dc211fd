package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeclusionTest {

    @TempDir
    Path directory;

    private World world;
    private Path scratch;

    @BeforeEach
    void begin() throws Exception {
        world = new World(directory);
        scratch = world.home.resolve(".ccupgrade/scratch/versions");
        Files.writeString(world.home.resolve("state"), "live");
    }

    private Seclusion.Answer ask(String script, Duration limit) throws Exception {
        Path release = world.release("1700000000", script);
        return new Seclusion(world.disk, world.processes, world.environment, world.home)
                .ask(scratch, release, List.of(), limit, seen -> List.of(seen.toString(), "-version"));
    }

    @Test
    void a_release_answers() throws Exception {
        Seclusion.Answer answer = ask("echo \"asked $1\"; exit 3", World.LONG);

        assertThat(answer).isEqualTo(new Seclusion.Answer(3, false, "asked -version"));
        assertThat(scratch).doesNotExist();
    }

    @Test
    void it_finds_an_empty_directory_and_no_environment_and_nothing_to_read() throws Exception {
        world.environment.put("SECRET", "x");

        Seclusion.Answer answer = ask("ls; cat; env | cut -d= -f1 | grep -v PWD | sort | tr '\\n' ' '", World.LONG);

        assertThat(answer.output().lines().filter(line -> !line.equals("release")))
                .containsExactly("CCUPGRADE_OPERATION HOME LANG PATH ");
    }

    @Test
    void not_even_an_absolute_path_leads_to_the_live_state_where_the_kernel_can_hide_it() throws Exception {
        boolean hidden = Isolation.find(world.environment, world.home).isPossible();

        Seclusion.Answer answer =
                ask("cat " + world.home + "/state; echo spoilt > " + world.home + "/state; echo $HOME", World.LONG);

        if (hidden) {
            assertThat(answer.output()).doesNotContain("live").endsWith(world.home.toString());
        }
        assertThat(world.home.resolve("state")).hasContent(hidden ? "live" : "spoilt");
    }

    @Test
    void one_that_hangs_is_killed_with_all_that_it_started() throws Exception {
        Seclusion.Answer answer = ask("setsid sleep 1000 & sleep 1000", World.SHORT);

        assertThat(answer.timedOut()).isTrue();
        assertThat(world.processes.startedWith("HOME=" + world.home)).isEmpty();
    }
}
