package ccupgrade.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The sample of the sweep: one point in each step, forwards, backwards and in a recovery. In a step it is the first call that replaces or
 * removes something, otherwise the first at all. All of the points: {@code scripts/faults}.
 */
class FaultSweepIT {

    @TempDir
    static Path kept;

    private static Bench bench;
    private static Sweep sweep;

    @BeforeAll
    static void prepare() throws Exception {
        Optional<Bench> opened = Bench.open();
        assumeTrue(opened.isPresent(), "needs a C compiler, called cc or named by CC, and libsqlite3.so.0");
        bench = opened.get();
        sweep = new Sweep(bench, 2, true, kept);
    }

    @AfterAll
    static void leave_nothing() throws Exception {
        if (bench != null) {
            bench.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INSTALL, KILL, intent|commit|begin",
        "WHOLE_TAKEN_BACK, KILL, undo",
        "TAKEN_BACK, ENOSPC, undo",
        "ROLLBACK, KILL, intent|commit",
        "RECOVER_WHOLE, KILL, undo|recover",
    })
    void ends_in_exactly_old_or_new(Scenario scenario, Mode mode, String steps) throws Exception {
        Prepared prepared = sweep.prepare(scenario);
        List<Sweep.Task> tasks = new ArrayList<>();
        for (int number : sample(prepared, steps)) {
            tasks.add(new Sweep.Task(prepared, mode, number));
        }
        List<Verdict> verdicts = new ArrayList<>();
        sweep.run(tasks, verdicts::add);
        assertThat(verdicts).hasSize(tasks.size()).allMatch(Verdict::isWell).allMatch(Verdict::reached);
    }

    private static Iterable<Integer> sample(Prepared prepared, String steps) {
        Map<String, Point> chosen = new LinkedHashMap<>();
        for (Point point : prepared.points()) {
            String step = prepared.step(point.number());
            if (step.matches("(" + steps + ")( .*)?")) {
                chosen.merge(step, point, (first, next) -> !first.isTelling() && next.isTelling() ? next : first);
            }
        }
        assertThat(chosen).isNotEmpty();
        return chosen.values().stream().map(Point::number).toList();
    }
}
