package ccupgrade.upgrade;

import ccupgrade.config.Config.Retention;
import ccupgrade.config.Deployment;
import ccupgrade.disk.LockFile;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Busy;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.fault.Refused;
import ccupgrade.release.Release;
import ccupgrade.release.Verdict;
import ccupgrade.saga.Cancellation;
import ccupgrade.saga.Ending;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Journals;
import ccupgrade.saga.Listener;
import ccupgrade.saga.Plan;
import ccupgrade.saga.Saga;
import ccupgrade.service.Status;
import ccupgrade.upgrade.ServiceSteps.StartedBy;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that changes a deployment. Each call takes the deployment's lock, ends what an earlier one was interrupted in, and only then
 * begins.
 */
public final class Upgrades {

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

    /** @param lockWait how long to wait for another operation to end; zero: not at all */
    public Upgrades(
            Deployment deployment,
            Surroundings surroundings,
            Listener listener,
            Progress progress,
            Cancellation cancellation,
            Duration lockWait) {
        this.site = Site.of(deployment, surroundings);
        this.log = new OperationLog(site);
        this.textfile = new Textfile(site);
        this.listener = listener;
        this.progress = progress;
        this.cancellation = cancellation;
        this.lockWait = lockWait;
        this.pruning = deployment.config().retention();
    }

    /** What is done while the lock is held. */
    @FunctionalInterface
    private interface Work {
        Outcome run() throws Fault, IOException, InterruptedException;
    }

    /** Runs a release's migration on a copy of the databases while the service works on, and says what came of it. */
    public Outcome rehearse(RehearsalRequest request) throws Fault, IOException, InterruptedException {
        Path source = request.source().toAbsolutePath();
        SourceFile.check(source);
        replacements(request.replacements());
        return locked(RehearsalPlan.KIND, "rehearse " + source.getFileName(), () -> {
            Optional<Outcome> before = endInterrupted();
            return before.isPresent() ? before.get() : runRehearsal(request);
        });
    }

    private Outcome runRehearsal(RehearsalRequest request) throws Fault, IOException, InterruptedException {
        Map<String, String> given = given();
        given.put(Fact.SOURCE, request.source().toAbsolutePath().toString());
        given.putAll(ProofFacts.given(request.proofs()));
        give(replacements(request.replacements()), given);
        given.put(Fact.ACCEPT_ROW_LOSS, Boolean.toString(request.acceptRowLoss()));
        given.put(Fact.ACCEPT_LOW_SPACE, Boolean.toString(request.acceptLowSpace()));
        return run(RehearsalPlan.KIND, given);
    }

    private Replacements replacements(List<String> asked) throws Misuse {
        return Replacements.parse(site.config().state().files(), asked);
    }

    private static void give(Replacements replacements, Map<String, String> given) {
        if (!replacements.isEmpty()) {
            given.put(Fact.REPLACE, replacements.text());
        }
    }

    /** Replaces the current release by the one in a file, or takes everything back. */
    public Outcome install(InstallRequest request) throws Fault, IOException, InterruptedException {
        Path source = request.source().toAbsolutePath();
        // Before the lock: what is not there need not wait, and leaves no trace in the history.
        SourceFile.check(source);
        Replacements replacements = replacements(request.replacements());
        return locked(InstallPlan.KIND, "install " + source.getFileName(), () -> {
            Optional<Outcome> before = endInterrupted();
            if (before.isPresent()) {
                return before.get();
            }
            Optional<Release> same = new SourceFile(site, source, progress).installed(request.proofs());
            if (same.isPresent()) {
                replacements.refuseWithout(same.get());
                return Outcomes.nothingToDo(
                        InstallPlan.KIND,
                        Words.format(
                                "%s is already installed and current",
                                same.get().label()));
            }
            if (request.rehearse()) {
                Outcome rehearsed = runRehearsal(new RehearsalRequest(
                        source,
                        request.proofs(),
                        request.replacements(),
                        request.acceptRowLoss(),
                        request.acceptLowSpace()));
                if (rehearsed.result() != Outcome.Result.DONE) {
                    return rehearsed;
                }
            }
            Map<String, String> given = given();
            given.put(Fact.SOURCE, source.toString());
            given.putAll(ProofFacts.given(request.proofs()));
            give(replacements, given);
            given.put(Fact.ACCEPT_ROW_LOSS, Boolean.toString(request.acceptRowLoss()));
            given.put(Fact.ACCEPT_LOW_SPACE, Boolean.toString(request.acceptLowSpace()));
            given.put(Fact.WITHOUT_REHEARSAL, Boolean.toString(request.withoutRehearsal()));
            if (request.maxDowntime() != null) {
                given.put(Fact.MAX_DOWNTIME, Long.toString(request.maxDowntime().toMillis()));
            }
            if (request.name() != null) {
                given.put(Fact.NAME, request.name());
            }
            return run(InstallPlan.KIND, given);
        });
    }

    /** What {@link #install} would do and refuse. Changes nothing, and needs no lock. */
    public Preview previewInstall(InstallRequest request) throws Fault, IOException, InterruptedException {
        refuseWhileLocked();
        return new Previews(site, progress).install(request);
    }

    /** Goes back to an earlier release, with its state where the schema has changed. */
    public Outcome rollback(RollbackRequest request) throws Fault, IOException, InterruptedException {
        return locked("rollback", () -> {
            Optional<Outcome> before = endInterrupted();
            if (before.isPresent()) {
                return before.get();
            }
            Release target = target(request);
            if (site.releases().current().map(Release::epoch).equals(Optional.of(target.epoch()))) {
                return Outcomes.nothingToDo(RollbackPlan.KIND, target.label() + " is the current release");
            }
            Map<String, String> given = given();
            given.put(Fact.RELEASE, target.name());
            if (target.record().version() != null) {
                given.put(Fact.VERSION, target.record().version());
            }
            given.put(Fact.ACCEPT_DATA_LOSS, Boolean.toString(request.acceptDataLoss()));
            return run(RollbackPlan.KIND, given);
        });
    }

    /** What {@link #rollback} would do and refuse. */
    public Preview previewRollback(RollbackRequest request) throws Fault, IOException, InterruptedException {
        refuseWhileLocked();
        return new Previews(site, progress).rollback(target(request), request);
    }

    private Release target(RollbackRequest request) throws Fault, IOException {
        Optional<Release> current = site.releases().current();
        if (current.isEmpty()) {
            throw new Refused("cannot go back: no release is installed", "install one: ccupgrade install FILE");
        }
        if (request.release() != null) {
            Release named = site.releases().resolve(request.release());
            if (named.record().verdict() == Verdict.UNTRIED
                    && named.record().schemaWhenLeft() == null
                    && named.epoch() != current.get().epoch()) {
                throw new Refused(
                        Words.format("cannot go back to %s: it never ran here", named.label()),
                        "install it: ccupgrade install " + site.nameOf(named.file()));
            }
            return named;
        }
        return site.releases()
                .rollbackTarget()
                .orElseThrow(() -> new Refused(
                        Words.format(
                                "cannot go back from %s: no good release before it is left",
                                current.get().label()),
                        "see what there is: ccupgrade list"));
    }

    /** Takes a snapshot of the state, while the service works on or while it stands still. */
    public Outcome snapshot(SnapshotRequest request) throws Fault, IOException, InterruptedException {
        return locked("snapshot create", () -> {
            Optional<Outcome> before = endInterrupted();
            if (before.isPresent()) {
                return before.get();
            }
            Map<String, String> given = given();
            // A service that stands still costs nobody anything, and its databases are of one moment.
            boolean stopped = site.service().status() instanceof Status.Stopped;
            given.put(Fact.AT_STOP, Boolean.toString(request.atStop() || stopped));
            given.put(Fact.WITH_ARCHIVE, Boolean.toString(request.withArchive()));
            if (request.note() != null) {
                given.put(Fact.NOTE, request.note());
            }
            return run(SnapshotPlan.KIND, given);
        });
    }

    /**
     * Puts the state of a snapshot in the place of the present one, which is kept as another snapshot. The release stays.
     *
     * @param acceptDataLoss whether rows may be lost that were written since it was taken
     */
    public Outcome restore(String snapshot, boolean acceptDataLoss) throws Fault, IOException, InterruptedException {
        return locked("snapshot restore", () -> {
            Optional<Outcome> before = endInterrupted();
            if (before.isPresent()) {
                return before.get();
            }
            new StoredSnapshots(site).named(snapshot);
            Map<String, String> given = given();
            given.put(Fact.ASKED_SNAPSHOT, snapshot);
            given.put(Fact.ACCEPT_DATA_LOSS, Boolean.toString(acceptDataLoss));
            Optional<Release> current = site.releases().current();
            if (current.isEmpty()) {
                throw new Refused(
                        "cannot put back a snapshot: no release is installed that would work on it",
                        "install one: ccupgrade install FILE; or take a copy out: ccupgrade snapshot export " + snapshot
                                + " DIR");
            }
            given.put(Fact.RELEASE, current.get().name());
            if (current.get().record().version() != null) {
                given.put(Fact.VERSION, current.get().record().version());
            }
            return run(RestorePlan.KIND, given);
        });
    }

    /** What {@link #restore} would do and refuse. */
    public Preview previewRestore(String snapshot, boolean acceptDataLoss)
            throws Fault, IOException, InterruptedException {
        refuseWhileLocked();
        return new Previews(site, progress).restore(new StoredSnapshots(site).named(snapshot), acceptDataLoss);
    }

    /** Deletes what is no longer needed. What a rollback needs is kept, whatever the request says. */
    public Outcome prune(Retention retention) throws Fault, IOException, InterruptedException {
        refuseWithoutLimits(retention);
        return locked("prune", () -> {
            Optional<Outcome> before = endInterrupted();
            if (before.isPresent()) {
                return before.get();
            }
            if (new PruneSteps(site, retention).decide().isEmpty()) {
                return Outcomes.nothingToDo(PrunePlan.KIND, "nothing is there that is no longer needed");
            }
            pruning = retention;
            return run(PrunePlan.KIND, given());
        });
    }

    /**
     * Keeps a release from being deleted, until {@link #unpin}.
     *
     * @param release as a user names one
     * @param note why; null for none
     */
    public Outcome pin(String release, @Nullable String note) throws Fault, IOException, InterruptedException {
        return locked("pin", () -> {
            Release pinned = site.releases().resolve(release);
            if (pinned.record().pinned() && Objects.equals(note, pinned.record().note())) {
                return Outcomes.nothingToDo("pin", pinned.label() + " is pinned already");
            }
            site.releases().update(pinned.epoch(), pinned.record().withPinned(true, note));
            return Outcomes.simple("pin", pinned.label() + " is pinned");
        });
    }

    /** Lets a release be deleted again. */
    public Outcome unpin(String release) throws Fault, IOException, InterruptedException {
        return locked("unpin", () -> {
            Release pinned = site.releases().resolve(release);
            if (!pinned.record().pinned()) {
                return Outcomes.nothingToDo("unpin", pinned.label() + " is not pinned");
            }
            site.releases().update(pinned.epoch(), pinned.record().withPinned(false, null));
            return Outcomes.simple("unpin", pinned.label() + " is no longer pinned");
        });
    }

    /** What {@link #prune} would delete. */
    public Preview previewPrune(Retention retention) throws Fault, IOException {
        refuseWithoutLimits(retention);
        refuseWhileLocked();
        return new Previews(site, progress).prune(retention);
    }

    private static void refuseWithoutLimits(Retention retention) throws Misuse {
        if (!retention.limits()) {
            throw new Misuse(
                    "cannot prune: nothing says what may go",
                    "say it in [retention], or as --releases, --snapshots, --age, --total-size or --evidence-age");
        }
    }

    /** Finishes an interrupted operation or takes it back. Either is what was asked for, and so {@link Outcome.Result#DONE}. */
    public Outcome recover() throws Fault, IOException, InterruptedException {
        return locked("recover", () -> {
            Optional<Journal> open = site.journals().open();
            return open.isPresent()
                    ? recover(open.get(), StartedBy.US).asAskedFor()
                    : Outcomes.nothingToDo("recover", "no operation was interrupted");
        });
    }

    /**
     * What a reboot needs before the service manager starts the service: an operation that was not committed is taken back, and the
     * service left to its manager. What comes after the point of no return can take hours and is left to the next command.
     */
    public Outcome recoverAtBoot() throws Fault, IOException, InterruptedException {
        return locked("recover", "recover --boot", () -> {
            Optional<Journal> open = site.journals().open();
            if (open.isEmpty() || open.get().isCommitted()) {
                site.hold().end();
                return Outcomes.nothingToDo("recover", "nothing has to be taken back");
            }
            site.hold().hold("an interrupted operation could not be taken back at boot");
            refuseAfterTooMany(open.get());
            return recover(open.get(), StartedBy.ITS_MANAGER).asAskedFor();
        });
    }

    /** Starts the current release. */
    public Outcome start() throws Fault, IOException, InterruptedException {
        return locked("start", () -> {
            Optional<Outcome> before = endInterrupted();
            if (before.isPresent()) {
                return before.get();
            }
            Release current = site.releases()
                    .current()
                    .orElseThrow(() -> new Refused(
                            "cannot start the service: no release is installed",
                            "install one: ccupgrade install FILE"));
            if (site.service().status() instanceof Status.Running) {
                return Outcomes.nothingToDo("start", "the service runs already");
            }
            ServiceSteps.refuseForeignAnswer(site);
            site.service().start(current.file());
            site.health().await(site.service(), current.file(), site.config().health(), progress);
            return Outcomes.simple("start", "the service runs " + current.label() + " and is healthy");
        });
    }

    /** Stops the service. */
    public Outcome stop() throws Fault, IOException, InterruptedException {
        return locked("stop", () -> {
            Optional<Outcome> before = endInterrupted();
            if (before.isPresent()) {
                return before.get();
            }
            if (site.service().status() instanceof Status.Stopped) {
                return Outcomes.nothingToDo("stop", "the service is stopped already");
            }
            site.service().stop();
            return Outcomes.simple("stop", "the service is stopped");
        });
    }

    private Map<String, String> given() throws Fault, IOException {
        Map<String, String> given = new LinkedHashMap<>();
        given.put(Fact.WHO, site.surroundings().who());
        site.releases().current().ifPresent(current -> given.put(Fact.PREVIOUS, current.name()));
        return given;
    }

    private Outcome run(String kind, Map<String, String> given) throws Fault, IOException, InterruptedException {
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

    private Outcome recover(Journal journal, StartedBy startedBy) throws Fault, IOException, InterruptedException {
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

    private static void refuseAfterTooMany(Journal journal) throws NeedsOperator {
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

    private Outcome locked(String kind, Work work) throws Fault, IOException, InterruptedException {
        return locked(kind, kind, work);
    }

    /** @param what for those who wait for it */
    private Outcome locked(String kind, String what, Work work) throws Fault, IOException, InterruptedException {
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
                site.clock().instant(),
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
                throw new Failed("cannot take the lock " + site.deployment().lock(), null, e);
            }
        }
    }

    private void refuseWhileLocked() throws Fault, IOException {
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
}
