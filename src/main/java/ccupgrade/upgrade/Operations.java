package ccupgrade.upgrade;

import ccupgrade.config.Config.Retention;
import ccupgrade.disk.LockFile;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Busy;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.saga.Cancellation;
import ccupgrade.saga.Ending;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Journals;
import ccupgrade.saga.Listener;
import ccupgrade.saga.Plan;
import ccupgrade.saga.Saga;
import ccupgrade.upgrade.ServiceSteps.StartedBy;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One operation at a time: takes the lock, ends what was interrupted before, runs the plan of a kind of operation, and tells systemd's journal
 * and the figures how it ended. Which operation, and with what, is for {@link Upgrades} to say.
 */
final class Operations {

    /** Recoveries that nobody asked for. After so many in vain, somebody has to look. */
    private static final int MOST_UNASKED_RECOVERIES = 5;

    private static final long LOCK_POLL_MILLIS = 50;

    private final Site site;
    private final OperationLog log;
    private final Textfile textfile;
    private final Listener listener;
    private final Progress progress;
    private final Cancellation cancellation;
    private final Duration lockWait;

    /** What the next prune goes by. One that is recovered only deletes what it has chosen before. */
    private Retention pruning;

    Operations(Site site, Listener listener, Progress progress, Cancellation cancellation, Duration lockWait) {
        this.site = site;
        this.log = new OperationLog(site);
        this.textfile = new Textfile(site);
        this.listener = listener;
        this.progress = progress;
        this.cancellation = cancellation;
        this.lockWait = lockWait;
        this.pruning = site.config().retention();
    }

    /** What is done while the lock is held. */
    @FunctionalInterface
    interface Work {
        Outcome run() throws Fault, IOException, InterruptedException;
    }

    void pruneBy(Retention retention) {
        pruning = retention;
    }

    Outcome next(String kind, Work work) throws Fault, IOException, InterruptedException {
        return next(kind, kind, work);
    }

    /**
     * Under the lock, and after what was interrupted is ended; where it could not be, that is the outcome.
     *
     * @param what for those who wait for it
     */
    Outcome next(String kind, String what, Work work) throws Fault, IOException, InterruptedException {
        return alone(kind, what, () -> {
            Optional<Outcome> before = endInterrupted();
            return before.isPresent() ? before.get() : work.run();
        });
    }

    /** Under the lock, whatever was interrupted before. */
    Outcome alone(String kind, Work work) throws Fault, IOException, InterruptedException {
        return alone(kind, kind, work);
    }

    /** @param what for those who wait for it */
    Outcome alone(String kind, String what, Work work) throws Fault, IOException, InterruptedException {
        try {
            return tried(what, work);
        } catch (NeedsOperator e) {
            log.cannotGoOn(kind, e);
            throw e;
        }
    }

    private Outcome tried(String what, Work work) throws Fault, IOException, InterruptedException {
        try {
            return underLock(what, work);
        } catch (Failed e) {
            throw isUnfinished() ? unfinished(String.valueOf(e.getMessage()), e.remedy(), e.getCause()) : e;
        } catch (IOException e) {
            if (isUnfinished()) {
                throw unfinished("cannot end what was interrupted", null, e);
            }
            throw e;
        }
    }

    /** Whatever hinders us before, or between, the steps of a recovery: it is not over. */
    private static NeedsOperator unfinished(String cannot, @Nullable String remedy, @Nullable Throwable cause) {
        String then = "an interrupted operation is still to be ended; when the cause is gone: ccupgrade recover";
        return new NeedsOperator(cannot, remedy == null ? then : remedy + "; " + then, cause);
    }

    private boolean isUnfinished() {
        try {
            return site.journals().open().isPresent();
        } catch (Fault | IOException e) {
            // The other failure came first, and is told.
            return false;
        }
    }

    private Outcome underLock(String what, Work work) throws Fault, IOException, InterruptedException {
        try {
            site.disk().createDirectories(site.deployment().dotDirectory());
        } catch (IOException e) {
            throw new Failed("cannot make " + site.deployment().dotDirectory(), null, e);
        }
        try (LockFile lock = takeLock(what)) {
            assert lock != null;
            return measured(work);
        }
    }

    /** The one place where all that takes the lock ends, well or not. */
    private Outcome measured(Work work) throws Fault, IOException, InterruptedException {
        Outcome outcome;
        try {
            outcome = work.run();
        } catch (Fault | IOException e) {
            // That the figures could not be written would only hide it.
            textfile.write(new StatusOverview(site).leftOpen());
            throw e;
        }
        return textfile.write(new StatusOverview(site).leftOpen())
                .map(outcome::withWarning)
                .orElse(outcome);
    }

    private LockFile takeLock(String what) throws Fault, IOException, InterruptedException {
        long limit = site.surroundings().nanos().getAsLong() + lockWait.toNanos();
        String holder = Words.format(
                "%s since %s by %s, process %d",
                what,
                Words.moment(site.clock().instant()),
                site.surroundings().who(),
                ProcessHandle.current().pid());
        for (int attempt = 1; ; attempt++) {
            try {
                return LockFile.take(site.deployment().lock(), holder);
            } catch (LockFile.Held e) {
                // Somebody who only asks who holds the lock is in the way for a moment.
                if (attempt > 2 && site.surroundings().nanos().getAsLong() >= limit) {
                    throw busy(e.holder());
                }
                Thread.sleep(LOCK_POLL_MILLIS);
            } catch (IOException e) {
                throw new Failed(
                        "cannot take the lock " + site.deployment().lock(),
                        e instanceof AccessDeniedException
                                ? "run ccupgrade as root or as the user it belongs to: ls -l "
                                        + site.deployment().lock()
                                : "see that the file system is writable and has room: findmnt --target "
                                        + site.deployment().home(),
                        e);
            }
        }
    }

    /** @throws Busy naming who holds the lock; says nothing of the moment after */
    void refuseWhileLocked() throws Fault, IOException {
        if (Files.exists(site.deployment().lock())) {
            String holder = LockFile.holder(site.deployment().lock());
            if (holder != null) {
                throw busy(holder);
            }
        }
    }

    private static Busy busy(String holder) {
        return new Busy(
                "cannot begin: another operation is under way: " + holder,
                "wait for it, or let ccupgrade wait: --lock-wait 10m");
    }

    /** Begins an operation and runs it to its end. Only under the lock. */
    Outcome run(String kind, Map<String, String> given) throws Fault, IOException, InterruptedException {
        try (Cancellation.Shield shield = cancellation.shield()) {
            assert shield != null;
            return runShielded(kind, given);
        }
    }

    private Journal begin(String kind, Map<String, String> given) throws Failed {
        try {
            return site.journals().begin(kind, given);
        } catch (IOException e) {
            throw new Failed(
                    Words.format("cannot begin the %s: its journal cannot be kept", kind),
                    "see that the file system is writable and has room: df -h "
                            + site.deployment().operations(),
                    e);
        }
    }

    private Outcome runShielded(String kind, Map<String, String> given)
            throws Fault, IOException, InterruptedException {
        Journal journal = begin(kind, given);
        log.began(journal);
        // Should the machine die now, the figures say that something has begun.
        textfile.write(StatusOverview.describe(journal, site.surroundings().who()));
        Saga saga = new Saga(site.surroundings().nanos(), listener, cancellation);
        Plan plan = new Hooks(site).withoutIdleSteps(plan(journal, StartedBy.US));
        return conclude(journal, saga.run(plan, journal), saga);
    }

    /** Takes an interrupted operation back, or finishes it. Only under the lock. */
    Outcome recover(Journal journal, StartedBy startedBy) throws Fault, IOException, InterruptedException {
        // The way back is not to be stopped by what may have stopped the way there.
        Saga saga = new Saga(site.surroundings().nanos(), listener, new Cancellation());
        try (Cancellation.Shield shield = cancellation.shield()) {
            assert shield != null;
            return conclude(journal, saga.recover(plan(journal, startedBy), journal), saga);
        }
    }

    private Outcome conclude(Journal journal, Ending ending, Saga saga) throws IOException, InterruptedException {
        Outcome outcome = new Outcomes(site).of(journal, ending, saga.unrecorded());
        log.ended(journal, outcome);
        boolean withHooks =
                journal.kind().equals(InstallPlan.KIND) || journal.kind().equals(RollbackPlan.KIND);
        return ending instanceof Ending.Completed || !withHooks
                ? outcome
                : outcome.with(new HookSteps(site, outcome.operation(), journal.kind(), progress)
                        .tellFailure(journal, outcome));
    }

    /** Recovery before anything new. Empty when all is well now. */
    private Optional<Outcome> endInterrupted() throws Fault, IOException, InterruptedException {
        Optional<Journal> open = site.journals().open();
        if (open.isEmpty()) {
            // A journal that somebody has cleared away leaves it behind.
            site.hold().end();
            return Optional.empty();
        }
        Journal journal = open.get();
        refuseAfterTooMany(journal);
        Outcome outcome = recover(journal, StartedBy.US);
        return switch (outcome.result()) {
            case NEEDS_OPERATOR, FAILED -> Optional.of(outcome);
            case DONE, NOTHING_TO_DO, REFUSED, TAKEN_BACK -> Optional.empty();
        };
    }

    static void refuseAfterTooMany(Journal journal) throws NeedsOperator {
        if (journal.recoveries() >= MOST_UNASKED_RECOVERIES) {
            throw new NeedsOperator(
                    Words.format(
                            "cannot end operation %d: %d recoveries were in vain",
                            Journals.numberOf(journal), journal.recoveries()),
                    Words.format(
                            "see what stands in the way: ccupgrade history %d; then: ccupgrade recover",
                            Journals.numberOf(journal)));
        }
    }

    private Plan plan(Journal journal, StartedBy startedBy) throws NeedsOperator {
        long operation = Journals.numberOf(journal);
        ReleaseSteps release = new ReleaseSteps(site, progress);
        ServiceSteps service = new ServiceSteps(site, progress, startedBy);
        SnapshotSteps snapshot = new SnapshotSteps(site, operation, progress);
        TakeBack takeBack = new TakeBack(site, operation, progress);
        HookSteps hooks = new HookSteps(site, operation, journal.kind(), progress);
        return switch (journal.kind()) {
            case InstallPlan.KIND ->
                InstallPlan.of(
                        release,
                        new PreflightStep(site, progress),
                        service,
                        snapshot,
                        new MigrationSteps(site, operation, progress),
                        takeBack,
                        new PruneSteps(site, site.config().retention()),
                        hooks);
            case RollbackPlan.KIND ->
                RollbackPlan.of(release, new RollbackGuard(site, progress), service, snapshot, takeBack, hooks);
            case SnapshotPlan.KIND ->
                SnapshotPlan.of(service, snapshot, journal.facts().isTrue(Fact.AT_STOP));
            case RestorePlan.KIND -> RestorePlan.of(new RestoreGuard(site, progress), service, snapshot, takeBack);
            case PrunePlan.KIND -> PrunePlan.of(new PruneSteps(site, pruning));
            case RehearsalPlan.KIND -> RehearsalPlan.of(new RehearsalSteps(site, operation, progress));
            default ->
                throw new NeedsOperator(
                        Words.format(
                                "cannot recover operation %d: this version of ccupgrade does not know what '%s' is",
                                operation, journal.kind()),
                        "recover with the version that began it");
        };
    }
}
