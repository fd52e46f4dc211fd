package ccupgrade.saga;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.saga.Entry.Event;
import ccupgrade.saga.Listener.Phase;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Walks a plan forwards, and backwards when a step fails. A failure of the way back ends the walk at once: the undos that would follow
 * rely on the one that failed (no old service on a state that was not restored).
 *
 * <p>Errors of the Java machine count as failures too: a class that cannot be loaded, because our own jar was replaced meanwhile, must
 * not leave the service stopped.
 */
public final class Saga {

    /** The outcome in the record that ends a journal. */
    public static final String COMPLETED = "completed";

    /** The other one. */
    public static final String TAKEN_BACK = "taken-back";

    /** The fact by which the undos learn which step failed; absent when a crash interrupted the operation. */
    public static final String FAILED_STEP = "failed.step";

    /** A {@link Failure.Kind}'s name. */
    public static final String FAILED_KIND = "failed.kind";

    /** The message of the failure, causes included. */
    public static final String FAILED_MESSAGE = "failed.message";

    /** What a failure is attributed to when the record of the point of no return could not be made. */
    private static final String COMMIT = "commit";

    private final LongSupplier nanos;
    private final Listener listener;
    private final Cancellation cancellation;
    private final List<Failure> unrecorded = new ArrayList<>();

    /** @param nanos a clock that nobody sets, as {@link System#nanoTime} */
    public Saga(LongSupplier nanos, Listener listener, Cancellation cancellation) {
        this.nanos = nanos;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    /** Does the plan. The journal has been begun and holds nothing else. */
    public Ending run(Plan plan, Journal journal) {
        for (Step step : plan.steps()) {
            Failure failure = forwards(Phase.DO, step, journal);
            if (failure != null) {
                return takeBack(plan, journal, failure);
            }
        }
        try {
            journal.append(Event.COMMIT, "", null, null);
        } catch (IOException e) {
            Failure failure = Failure.of(COMMIT, e);
            if (journal.isInDoubt()) {
                // The record may be there for the next reader, who would call the operation done: nothing may be taken
                // back.
                Failed doubt = new Failed(
                        "cannot tell whether the operation is committed",
                        "see that " + journal.file() + " can be written");
                return new Ending.Stuck(failure, Failure.of(COMMIT, doubt));
            }
            remember(journal, failure, null);
            return takeBack(plan, journal, failure);
        }
        return finish(plan, journal);
    }

    /** Tells the undos, and the reader of the journal, why we go back. */
    private void remember(Journal journal, Failure failure, @Nullable Duration took) {
        journal.facts().put(FAILED_STEP, failure.step());
        journal.facts().put(FAILED_KIND, failure.kind().name());
        journal.facts().put(FAILED_MESSAGE, failure.message());
        record(journal, Event.FAILED, failure.step(), took, failure);
    }

    /**
     * Ends an operation that another process left open: finishes it when it was committed, takes it back otherwise. May itself be
     * interrupted and repeated.
     */
    public Ending recover(Plan plan, Journal journal) {
        try {
            journal.append(Event.RECOVER, "", null, null);
        } catch (IOException e) {
            return new Ending.Stuck(journal.failure(), Failure.of("recover", e));
        }
        if (journal.isCommitted()) {
            return finish(plan, journal);
        }
        return takeBack(plan, journal, journal.failure());
    }

    private Ending finish(Plan plan, Journal journal) {
        List<Failure> leftOver = new ArrayList<>();
        for (Step step : plan.finish()) {
            if (!journal.done().contains(step.name())) {
                Failure failure = forwards(Phase.FINISH, step, journal);
                if (failure != null) {
                    leftOver.add(failure);
                }
            }
        }
        if (leftOver.isEmpty()) {
            end(journal, COMPLETED);
        }
        return new Ending.Completed(leftOver);
    }

    private @Nullable Failure forwards(Phase phase, Step step, Journal journal) {
        long start = nanos.getAsLong();
        listener.began(phase, step.name());
        try {
            Facts facts = journal.facts();
            step.intend().run(facts);
            journal.append(Event.INTENT, step.name(), null, null);
            String note = phase == Phase.DO
                    ? cancellation.during(step.act(), facts)
                    : step.act().run(facts);
            Duration took = since(start);
            journal.append(Event.DONE, step.name(), took.toMillis(), null);
            listener.ended(phase, step.name(), took, note);
            return null;
        } catch (Fault
                | IOException
                | InterruptedException
                | RuntimeException
                | VirtualMachineError
                | LinkageError
                | AssertionError
                | ServiceConfigurationError e) {
            Failure failure = Failure.of(step.name(), e);
            Duration took = since(start);
            if (phase == Phase.DO) {
                remember(journal, failure, took);
            } else {
                record(journal, Event.FAILED, step.name(), took, failure);
            }
            listener.failed(phase, step.name(), took, e);
            return failure;
        }
    }

    private Ending takeBack(Plan plan, Journal journal, @Nullable Failure failure) {
        Set<String> known = plan.steps().stream().map(Step::name).collect(Collectors.toSet());
        for (String name : journal.standing()) {
            if (!known.contains(name)) {
                NeedsOperator unknown = new NeedsOperator(
                        "cannot take back the step '" + name + "': this version of ccupgrade does not know it",
                        "recover with the version that began the operation");
                return new Ending.Stuck(failure, Failure.of(name, unknown));
            }
        }
        for (int i = plan.steps().size() - 1; i >= 0; i--) {
            Step step = plan.steps().get(i);
            if (step.hasUndo() && journal.standing().contains(step.name())) {
                Failure obstacle = backwards(step, journal);
                if (obstacle != null) {
                    return new Ending.Stuck(failure, obstacle);
                }
            }
        }
        end(journal, TAKEN_BACK);
        return new Ending.TakenBack(failure);
    }

    private @Nullable Failure backwards(Step step, Journal journal) {
        long start = nanos.getAsLong();
        listener.began(Phase.UNDO, step.name());
        try {
            // A full disk may be why we are going back: no record of the way back is worth stopping it for, since each
            // undo can be repeated.
            record(journal, Event.UNDO, step.name(), null, null);
            String note = step.undo().run(journal.facts());
            Duration took = since(start);
            record(journal, Event.UNDONE, step.name(), took, null);
            listener.ended(Phase.UNDO, step.name(), took, note);
            return null;
        } catch (Fault
                | IOException
                | InterruptedException
                | RuntimeException
                | VirtualMachineError
                | LinkageError
                | AssertionError
                | ServiceConfigurationError e) {
            Failure obstacle = Failure.of(step.name(), e);
            Duration took = since(start);
            record(journal, Event.UNDO_FAILED, step.name(), took, obstacle);
            listener.failed(Phase.UNDO, step.name(), took, e);
            return obstacle;
        }
    }

    /** Without its last record an operation stays open, and the next recovery finds nothing left to do. */
    private void end(Journal journal, String outcome) {
        record(journal, Event.END, outcome, null, null);
    }

    /** For records that are worth having but not worth stopping for: without one, a recovery repeats what is repeatable. */
    private void record(Journal journal, Event event, String step, @Nullable Duration took, @Nullable Failure failure) {
        try {
            journal.append(event, step, took == null ? null : took.toMillis(), failure);
        } catch (IOException e) {
            unrecorded.add(Failure.of("journal", e));
        }
    }

    /** What the journal could not take, of the records that the walk can do without. For a reader, when all is over. */
    public List<Failure> unrecorded() {
        return List.copyOf(unrecorded);
    }

    private Duration since(long start) {
        return Duration.ofNanos(nanos.getAsLong() - start);
    }
}
