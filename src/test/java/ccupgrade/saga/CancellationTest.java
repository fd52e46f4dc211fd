package ccupgrade.saga;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.disk.DurableDisk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests to stop, from another thread, to a thread that works on a real disk. */
class CancellationTest {

    @TempDir
    Path directory;

    private final Cancellation cancellation = new Cancellation();
    private final Script script = new Script();
    private final CountDownLatch acting = new CountDownLatch(1);

    /** How an act answers an interruption. */
    private enum Answer {
        SLEEP_ENDS,
        CHANNEL_CLOSES,
        WRAPPED_IN_A_FAULT,
        WRAPPED_IN_A_DEFECT
    }

    @ParameterizedTest
    @EnumSource
    void stops_the_act_under_way_and_takes_everything_back(Answer answer) throws Exception {
        Plan plan = planWith(facts -> {
            acting.countDown();
            return answer(answer);
        });
        Journal journal = journal();
        Thread signal = onceActing(cancellation::request);
        Ending ending = Machine.saga(cancellation).run(plan, journal);
        signal.join();

        assertThat(Script.show(ending)).isEqualTo("taken back after x CANCELLED");
        assertThat(script.happened()).isEqualTo("a -x -a");
        // An interrupt in the middle of a write would have closed the journal: all of it is there.
        assertThat(Script.show(reread())).isEqualTo("begin a? a x? x! -x? -x -a? -a end:taken-back");
        assertThat(Thread.interrupted()).isFalse();
    }

    private String answer(Answer answer) throws Fault, IOException, InterruptedException {
        switch (answer) {
            case SLEEP_ENDS -> Thread.sleep(60_000);
            case CHANNEL_CLOSES -> writeForever();
            case WRAPPED_IN_A_FAULT -> {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    throw new Failed("cannot migrate", null, new IllegalStateException(e));
                }
            }
            case WRAPPED_IN_A_DEFECT -> {
                try {
                    writeForever();
                } catch (ClosedByInterruptException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return "";
    }

    private void writeForever() throws IOException {
        try (FileChannel channel =
                FileChannel.open(directory.resolve("big"), StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            while (true) {
                channel.write(ByteBuffer.allocate(4096), 0);
            }
        }
    }

    @Test
    void stops_before_the_first_act_when_asked_before() throws Exception {
        cancellation.request();
        Journal journal = journal();
        Ending ending = Machine.saga(cancellation).run(script.plan("a b"), journal);
        assertThat(Script.show(ending)).isEqualTo("taken back after a CANCELLED");
        assertThat(script.happened()).isEqualTo("-a");
        assertThat(Script.show(reread())).isEqualTo("begin a? a! -a? -a end:taken-back");
    }

    @Test
    void an_act_that_does_not_listen_is_the_last_one() throws Exception {
        Journal journal = journal();
        Plan plan = planWith(facts -> {
            cancellation.request();
            return "";
        });
        Ending ending = Machine.saga(cancellation).run(plan, journal);
        assertThat(Script.show(ending)).isEqualTo("taken back after z CANCELLED");
        assertThat(Script.show(reread())).isEqualTo("begin a? a x? x z? z! -z? -z -x? -x -a? -a end:taken-back");
    }

    @Test
    void a_request_after_the_last_act_changes_nothing() throws Exception {
        Journal journal = journal();
        Plan plan = script.plan("a b / f");
        // The clock is asked between the acts and the records: every moment of it is a moment for a signal.
        LongSupplier nanos = () -> {
            if (script.happened().equals("a b")) {
                cancellation.request();
            }
            return 0;
        };
        Ending ending = new Saga(nanos, new Machine.Deaf(), cancellation).run(plan, journal);
        assertThat(Script.show(ending)).isEqualTo("completed");
        assertThat(Script.show(reread())).isEqualTo("begin a? a b? b commit f? f end:completed");
    }

    @Test
    void a_request_while_going_back_does_not_stop_the_way_back() throws Exception {
        Journal journal = journal();
        List<String> undone = new ArrayList<>();
        Step slow = new Step("x", facts -> {}, facts -> "", facts -> {
            acting.countDown();
            Thread.sleep(200);
            undone.add("x");
            return "";
        });
        Plan plan = new Plan("script", List.of(slow, script.plan("b!").steps().get(0)), List.of());
        Thread signal = onceActing(cancellation::request);
        Ending ending = Machine.saga(cancellation).run(plan, journal);
        signal.join();
        assertThat(Script.show(ending)).isEqualTo("taken back after b REFUSED");
        assertThat(undone).containsExactly("x");
    }

    @Test
    void a_failure_of_the_disk_that_nobody_asked_for_stays_one() throws Exception {
        Journal journal = journal();
        Plan plan = planWith(facts -> {
            throw new IOException("No space left on device");
        });
        Ending ending = Machine.saga(cancellation).run(plan, journal);
        assertThat(Script.show(ending)).isEqualTo("taken back after x FAILED");
    }

    @Test
    void a_fault_that_no_interruption_caused_stays_one_even_when_a_stop_was_asked_for() throws Exception {
        Journal journal = journal();
        Plan plan = planWith(facts -> {
            cancellation.request();
            throw new Failed("cannot migrate: exit code 1", null);
        });
        Ending ending = Machine.saga(cancellation).run(plan, journal);
        assertThat(Script.show(ending)).isEqualTo("taken back after x FAILED");
    }

    private Plan planWith(Step.Act act) {
        List<Step> steps = new ArrayList<>(script.plan("a").steps());
        steps.add(new Step("x", facts -> {}, act, facts -> {
            script.happened.add("-x");
            return "";
        }));
        steps.addAll(script.plan("z").steps());
        return new Plan("script", steps, List.of());
    }

    private Thread onceActing(Runnable signal) {
        Thread thread = new Thread(() -> {
            try {
                acting.await();
                signal.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        return thread;
    }

    private Journals journals() {
        return new Journals(directory.resolve("operations"), new DurableDisk(new Random(7)), Machine.CLOCK);
    }

    private Journal journal() throws IOException {
        return journals().begin("script", Map.of());
    }

    private Journal reread() throws Exception {
        return journals().read(1).orElseThrow();
    }
}
