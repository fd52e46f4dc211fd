package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.fault.Failed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndingTest {

    /** Processes that only exist here. */
    private static class Invented extends NoProcesses {

        final List<Seen> living = new ArrayList<>();
        final List<String> signals = new ArrayList<>();
        String marker = "";

        @Override
        public List<Seen> all() {
            return List.copyOf(living);
        }

        @Override
        public List<String> environment(long pid) {
            return List.of("PATH=/bin", marker);
        }

        @Override
        public boolean signal(Seen process, boolean force) {
            signals.add((force ? "kill " : "term ") + process.pid());
            return true;
        }
    }

    private static Processes.Seen process(long pid, char state) {
        return new Processes.Seen(pid, 100 + pid, state, pid, "p" + pid);
    }

    @Test
    void a_process_of_another_user_is_told_as_that_without_waiting() {
        Invented processes = new Invented() {
            @Override
            public boolean signal(Seen process, boolean force) {
                return false;
            }
        };
        processes.living.add(process(7, 'S'));

        assertThatThrownBy(() -> new Ending(processes).end("the service", processes::all, Duration.ofDays(9)))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("process 7 (p7) belongs to another user");
    }

    @Test
    void a_child_that_comes_up_to_tidy_up_is_told_only_when_its_parent_is_gone() throws Exception {
        Invented processes = new Invented() {
            @Override
            public boolean signal(Seen process, boolean force) {
                if (process.pid() == 7) {
                    living.add(process(8, 'S'));
                } else {
                    living.remove(process);
                }
                return super.signal(process, force);
            }
        };
        processes.living.add(process(7, 'S'));
        List<Integer> looks = new ArrayList<>();

        new Ending(processes)
                .end(
                        "the service",
                        () -> {
                            looks.add(looks.size());
                            if (looks.size() == 4) {
                                processes.living.removeIf(process -> process.pid() == 7);
                            }
                            return processes.all();
                        },
                        World.LONG);

        assertThat(processes.signals).containsExactly("term 7", "term 8");
        assertThat(looks).hasSizeGreaterThan(4);
    }

    @Test
    void a_zombie_and_the_one_that_asks_do_not_count_as_living() throws Exception {
        Invented processes = new Invented();
        processes.marker = "CCUPGRADE_SERVICE=/srv/jobs";
        processes.living.addAll(List.of(process(1, 'R'), process(7, 'Z'), process(9, 'S'), process(8, 'D')));

        assertThat(new Marker(Marker.SERVICE, "/srv/jobs").find(processes))
                .extracting(Processes.Seen::pid)
                .containsExactly(8L, 9L);
        assertThat(new Marker(Marker.SERVICE, "/srv/job").find(processes)).isEmpty();
    }

    @Test
    void a_signal_goes_to_the_same_process_or_to_none(@TempDir Path directory) throws Exception {
        Path program = directory.resolve("a) (b");
        Files.copy(Path.of("/bin/sleep").toRealPath(), program);
        Process process = new ProcessBuilder(program.toString(), "1000").start();
        try {
            LinuxProcesses processes = new LinuxProcesses();
            Processes.Seen seen = processes.find(process.pid()).orElseThrow();
            assertThat(seen.name()).isEqualTo("a) (b");
            Processes.Seen earlier = new Processes.Seen(seen.pid(), seen.startTicks() - 1, 'S', seen.session(), "");

            assertThat(processes.signal(earlier, true)).isFalse();
            assertThat(process.isAlive()).isTrue();
            assertThat(processes.signal(seen, true)).isTrue();
            assertThat(process.waitFor()).isEqualTo(137);
        } finally {
            process.destroyForcibly();
        }
    }
}
