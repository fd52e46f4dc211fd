package ccupgrade.saga;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.saga.Machine.Effect;
import ccupgrade.saga.Machine.PowerOff;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The engine on a machine that loses its power, or whose disk fails, at every point there is. */
class SimulationTest {

    private final Machine machine = new Machine();

    @Test
    void ends_old_or_new_wherever_the_power_goes_and_wherever_it_goes_again_in_the_recovery() throws Exception {
        Plan plan = machine.plan("a", "b", "c");
        int ends = 0;
        int news = 0;
        for (int first = 0; ; first++) {
            machine.reset();
            if (!runUntil(plan, first)) {
                break;
            }
            for (int second = 0; ; second++) {
                machine.reset();
                runUntil(plan, first);
                boolean interrupted = recoverUntil(plan, second);
                recoverUntil(plan, Integer.MAX_VALUE);
                assertConsistent("off at " + first + " and " + second);
                assertThat(machine.repeated).isEmpty();
                ends++;
                news += machine.isAll(Machine.NEW) ? 1 : 0;
                if (!interrupted) {
                    break;
                }
            }
        }
        // Proves that the loops went where they should: both ends were seen, from many points.
        assertThat(ends).isGreaterThan(500);
        assertThat(news).isBetween(20, ends - 20);
    }

    @Test
    void ends_old_wherever_the_power_goes_while_a_failure_is_taken_back() throws Exception {
        Plan plan = machine.failingPlan("a", "b", "c");
        for (int first = 0; ; first++) {
            machine.reset();
            boolean interrupted = runUntil(plan, first);
            if (interrupted) {
                recoverUntil(plan, Integer.MAX_VALUE);
            }
            assertConsistent("off at " + first);
            assertThat(machine.isAll(Machine.OLD)).isTrue();
            if (!interrupted) {
                assertThat(first).isGreaterThan(50);
                return;
            }
        }
    }

    @Test
    void ends_old_or_new_when_each_of_many_recoveries_is_interrupted() throws Exception {
        Plan plan = machine.plan("a", "b", "c");
        Random random = new Random(20261101);
        for (int round = 0; round < 600; round++) {
            machine.reset();
            StringBuilder offs = new StringBuilder();
            boolean interrupted = runUntil(plan, next(random, 70, offs));
            while (interrupted) {
                interrupted = recoverUntil(plan, next(random, 20, offs));
            }
            assertConsistent("off at " + offs);
        }
    }

    private static int next(Random random, int bound, StringBuilder offs) {
        int off = random.nextInt(bound);
        offs.append(off).append(' ');
        return off;
    }

    @Test
    void never_reports_one_end_and_records_the_other_when_the_disk_fails_once() throws Exception {
        for (Plan plan : new Plan[] {machine.plan("a", "b", "c"), machine.failingPlan("a", "b", "c")}) {
            for (Effect effect : Effect.values()) {
                for (int failing = 0; runOnFailingDisk(plan, failing, failing, effect); failing++) {
                    assertThat(failing).isLessThan(100);
                }
            }
        }
    }

    @Test
    void never_reports_one_end_and_records_the_other_when_the_disk_fails_for_a_while() throws Exception {
        for (Plan plan : new Plan[] {machine.plan("a", "b", "c"), machine.failingPlan("a", "b", "c")}) {
            for (Effect effect : Effect.values()) {
                for (int length = 2; length < 8; length++) {
                    for (int failing = 0; runOnFailingDisk(plan, failing, failing + length - 1, effect); failing++) {
                        assertThat(failing).isLessThan(100);
                    }
                }
            }
        }
    }

    @Test
    void never_reports_one_end_and_records_the_other_when_the_disk_fails_for_good() throws Exception {
        Plan plan = machine.plan("a", "b", "c");
        for (Effect effect : Effect.values()) {
            for (int failing = 0; runOnFailingDisk(plan, failing, Integer.MAX_VALUE, effect); failing++) {
                assertThat(failing).isLessThan(100);
            }
        }
    }

    /** @return whether the disk failed at all */
    private boolean runOnFailingDisk(Plan plan, int from, int to, Effect effect) throws Exception {
        machine.reset();
        String where = effect + " from " + from + " to " + to;
        machine.trouble((call, verb) -> call < from || call > to ? null : call == from ? effect : Effect.NONE);
        Ending ending;
        try {
            Journal journal = machine.journals.begin(plan.kind(), Map.of());
            ending = Machine.saga().run(plan, journal);
        } catch (IOException e) {
            assertThat(machine.isAll(Machine.OLD)).isTrue();
            return true;
        }
        int calls = machine.calls();
        Optional<Journal> read = machine.journals.read(1);
        boolean committed = read.isPresent() && read.get().isCommitted();
        String seen = where + " " + ending + " " + machine + "\n" + machine.written();
        if (ending instanceof Ending.Completed) {
            assertThat(machine.isAll(Machine.NEW) && committed).as(seen).isTrue();
        } else if (ending instanceof Ending.TakenBack) {
            assertThat(machine.isAll(Machine.OLD) && !committed).as(seen).isTrue();
        } else {
            assertThat(machine.journals.open()).as(seen).isPresent();
        }
        recoverUntil(plan, Integer.MAX_VALUE);
        assertConsistent(seen);
        return from < calls;
    }

    /** @return whether the power went before the end */
    private boolean runUntil(Plan plan, int powerOffAt) throws Exception {
        machine.start(powerOffAt);
        try {
            Journal journal = machine.journals.begin(plan.kind(), Map.of());
            Machine.saga().run(plan, journal);
        } catch (PowerOff e) {
            assertThat(machine.isOff()).isTrue();
        }
        return machine.isOff();
    }

    private boolean recoverUntil(Plan plan, int powerOffAt) throws Exception {
        machine.start(powerOffAt);
        try {
            Optional<Journal> open = machine.journals.open();
            if (open.isPresent()) {
                Machine.saga().recover(plan, open.get());
            }
        } catch (PowerOff e) {
            assertThat(machine.isOff()).isTrue();
        }
        return machine.isOff();
    }

    private void assertConsistent(String where) throws Exception {
        String seen = where + ": " + machine + "\n" + machine.written();
        assertThat(machine.violations).as(seen).isEmpty();
        assertThat(machine.journals.open()).as(seen).isEmpty();
        Optional<Journal> journal = machine.journals.read(1);
        boolean committed = journal.isPresent() && journal.get().isCommitted();
        assertThat(machine.isAll(committed ? Machine.NEW : Machine.OLD))
                .as(seen)
                .isTrue();
        assertThat(machine.isFinished()).as(seen).isEqualTo(committed);
        journal.flatMap(Journal::end)
                .ifPresent(
                        end -> assertThat(end.step()).as(seen).isEqualTo(committed ? Saga.COMPLETED : Saga.TAKEN_BACK));
    }
}
