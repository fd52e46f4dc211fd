package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandRunnerTest {

    @TempDir
    Path directory;

    private World world;
    private Path output;
    private String marker;
    private CommandRunner runner;

    @BeforeEach
    void begin() throws Exception {
        world = new World(directory);
        output = world.home.resolve("operations/7/migration.log");
        marker = CommandRunner.marker(world.home, 7);
        runner = new CommandRunner(world.disk, world.processes, world.environment);
    }

    @AfterEach
    void end() throws Exception {
        runner.killLeftovers(marker);
    }

    private CommandRunner.Command command(String script, Duration timeout) throws IOException {
        return new CommandRunner.Command(
                "the migration",
                List.of(World.script(world.home.resolve("migrate"), script).toString(), "-migrate-db"),
                world.home,
                Map.of("KEY", "value"),
                marker,
                output,
                timeout);
    }

    private CommandRunner.Command asked(String script, String stdin) throws IOException {
        CommandRunner.Command plain = command(script, World.LONG);
        return new CommandRunner.Command(
                plain.what(),
                plain.argv(),
                plain.directory(),
                plain.environment(),
                plain.marker(),
                plain.output(),
                plain.timeout(),
                stdin);
    }

    private List<Processes.Seen> marked() throws IOException {
        return new Marker(Marker.OPERATION, marker).find(world.processes);
    }

    @Test
    void gives_the_exit_code_and_keeps_the_output() throws Exception {
        CommandRunner.Result result =
                runner.run(command("echo \"$1 $KEY $PWD\"; echo wrong >&2; exit 3", World.LONG), Progress.NONE);

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.timedOut()).isFalse();
        assertThat(result.output()).isEqualTo(output).hasContent("-migrate-db value " + world.home + "\nwrong");
        assertThat(result.lastOutput(1)).isEqualTo("wrong");
    }

    @Test
    void a_question_on_standard_input_gets_no_answer() throws Exception {
        CommandRunner.Result result =
                runner.run(command("read answer || echo 'end of file'", World.LONG), Progress.NONE);

        assertThat(result.lastOutput(1)).isEqualTo("end of file");
    }

    @Test
    void a_question_gets_the_answer_that_was_given_and_then_the_end_of_file() throws Exception {
        CommandRunner.Result result = runner.run(
                asked("read answer; echo \"got $answer\"; read more || echo 'end of file'", "y\n"), Progress.NONE);

        assertThat(result.lastOutput(2)).isEqualTo("got y\nend of file");
    }

    @Test
    void one_that_reads_nothing_of_more_than_a_pipe_holds_ends_all_the_same() throws Exception {
        CommandRunner.Result result = runner.run(asked("exit 3", "y\n".repeat(1 << 20)), Progress.NONE);

        assertThat(result.timedOut()).isFalse();
        assertThat(result.exitCode()).isEqualTo(3);
    }

    @Test
    void one_that_reads_late_gets_more_than_a_pipe_holds() throws Exception {
        CommandRunner.Result result = runner.run(asked("sleep 0.3; wc -c", "y\n".repeat(1 << 20)), Progress.NONE);

        assertThat(result.lastOutput(1)).isEqualTo(String.valueOf(2 << 20));
    }

    @Test
    void does_not_pass_on_the_markers_that_ccupgrade_was_started_with() throws Exception {
        world.environment.put(Marker.SERVICE, "/srv/other");
        runner = new CommandRunner(world.disk, world.processes, world.environment);

        CommandRunner.Result result = runner.run(
                command("echo \"service=$CCUPGRADE_SERVICE operation=$CCUPGRADE_OPERATION\"", World.LONG),
                Progress.NONE);

        assertThat(result.lastOutput(1)).isEqualTo("service= operation=" + marker);
    }

    @Test
    void over_its_time_all_its_processes_are_killed() throws Exception {
        CommandRunner.Result result = runner.run(
                command("setsid sleep 1000 & trap '' TERM; sleep 1000 & echo begun; wait; wait", World.SHORT),
                Progress.NONE);

        assertThat(result.timedOut()).isTrue();
        assertThat(marked()).isEmpty();
        assertThat(result.lastOutput(1)).isEqualTo("begun");
    }

    @Test
    void one_that_ends_and_leaves_a_process_behind_is_not_finished() throws Exception {
        assertThatThrownBy(() -> runner.run(command("setsid sleep 1000 & exit 0", World.LONG), Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("the migration")
                .hasMessageContaining("(sleep)");
        assertThat(marked()).isEmpty();
    }

    @Test
    void a_process_that_ends_a_little_later_is_waited_for() throws Exception {
        CommandRunner.Result result = runner.run(command("(sleep 0.2; echo last) & exit 0", World.LONG), Progress.NONE);

        assertThat(result.exitCode()).isZero();
        assertThat(result.lastOutput(1)).isEqualTo("last");
    }

    @Test
    void an_interrupted_caller_leaves_nothing_running() throws Exception {
        CommandRunner.Command command = command("setsid sleep 1000 & sleep 1000", World.LONG);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try {
                runner.run(command, Progress.NONE);
            } catch (Exception e) {
                thrown.set(e);
            }
        });
        caller.start();
        World.until(() -> marked().size() >= 2);

        caller.interrupt();
        caller.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(marked()).isEmpty();
    }

    @Test
    void a_later_ccupgrade_kills_what_a_killed_one_left() throws Exception {
        Process left = new Launcher(Map.of("PATH", "/usr/bin:/bin"))
                .prepareDetached(
                        List.of("sleep", "1000"),
                        world.home,
                        Map.of(Marker.OPERATION, marker),
                        Files.createFile(world.home.resolve("out")))
                .start();
        World.until(() -> !marked().isEmpty());

        new CommandRunner(world.disk, world.processes, Map.of()).killLeftovers(marker);

        assertThat(left.waitFor()).isEqualTo(137);
    }

    @Test
    void another_operation_is_left_alone() throws Exception {
        String other = CommandRunner.marker(world.home, 77);
        Process left = new Launcher(Map.of())
                .prepareDetached(
                        List.of("/bin/sleep", "1000"),
                        world.home,
                        Map.of(Marker.OPERATION, other),
                        Files.createFile(world.home.resolve("out")))
                .start();
        runner.killLeftovers(marker);

        assertThat(left.isAlive()).isTrue();
        left.destroyForcibly();
    }

    @Test
    void a_program_that_is_not_there_is_named() {
        assertThatThrownBy(() -> runner.run(
                        new CommandRunner.Command(
                                "the migration",
                                List.of("no-such-program"),
                                world.home,
                                Map.of(),
                                marker,
                                output,
                                World.LONG),
                        Progress.NONE))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("no-such-program");
    }

    @Test
    void progress_begins_shows_life_and_ends() throws Exception {
        List<String> told = new ArrayList<>();
        Progress progress = new Progress() {
            @Override
            public void begin(String what, long total) {
                told.add(what + " " + total);
            }

            @Override
            public void at(long done) {
                told.add("at");
            }

            @Override
            public void end() {
                told.add("end");
            }
        };

        runner.run(command("exit 0", World.LONG), progress);

        assertThat(told).startsWith("the migration -1", "at").endsWith("end");
    }
}
