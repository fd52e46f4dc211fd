package ccupgrade.upgrade;

import ccupgrade.config.Config.Retention;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.fault.Refused;
import ccupgrade.release.Release;
import ccupgrade.release.Verdict;
import ccupgrade.saga.Cancellation;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Listener;
import ccupgrade.service.Status;
import ccupgrade.upgrade.ServiceSteps.StartedBy;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that changes a deployment: what may be asked for, and what of that is refused or done already before any operation begins. Each
 * call takes the deployment's lock, ends what an earlier one was interrupted in, and only then begins.
 */
public final class Upgrades {

    private final Site site;
    private final Progress progress;
    private final Operations operations;

    /** @param lockWait how long to wait for another operation to end; zero: not at all */
    public Upgrades(
            Deployment deployment,
            Surroundings surroundings,
            Listener listener,
            Progress progress,
            Cancellation cancellation,
            Duration lockWait) {
        this.site = Site.of(deployment, surroundings);
        this.progress = progress;
        this.operations = new Operations(site, listener, progress, cancellation, lockWait);
    }

    /** Runs a release's migration on a copy of the databases while the service works on, and says what came of it. */
    public Outcome rehearse(RehearsalRequest request) throws Fault, IOException, InterruptedException {
        Path source = request.source().toAbsolutePath();
        SourceFile.check(source);
        replacements(request.replacements());
        return operations.next(RehearsalPlan.KIND, "rehearse " + source.getFileName(), () -> runRehearsal(request));
    }

    private Outcome runRehearsal(RehearsalRequest request) throws Fault, IOException, InterruptedException {
        Map<String, String> given = given();
        given.put(Fact.SOURCE, request.source().toAbsolutePath().toString());
        given.putAll(ProofFacts.given(request.proofs()));
        give(replacements(request.replacements()), given);
        given.put(Fact.ACCEPT_ROW_LOSS, Boolean.toString(request.acceptRowLoss()));
        given.put(Fact.ACCEPT_LOW_SPACE, Boolean.toString(request.acceptLowSpace()));
        return operations.run(RehearsalPlan.KIND, given);
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
        return operations.next(InstallPlan.KIND, "install " + source.getFileName(), () -> {
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
            return operations.run(InstallPlan.KIND, given);
        });
    }

    /** What {@link #install} would do and refuse. Changes nothing, and needs no lock. */
    public Preview previewInstall(InstallRequest request) throws Fault, IOException, InterruptedException {
        operations.refuseWhileLocked();
        return new Previews(site, progress).install(request);
    }

    /** Goes back to an earlier release, with its state where the schema has changed. */
    public Outcome rollback(RollbackRequest request) throws Fault, IOException, InterruptedException {
        return operations.next("rollback", () -> {
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
            return operations.run(RollbackPlan.KIND, given);
        });
    }

    /** What {@link #rollback} would do and refuse. */
    public Preview previewRollback(RollbackRequest request) throws Fault, IOException, InterruptedException {
        operations.refuseWhileLocked();
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
        return operations.next("snapshot create", () -> {
            Map<String, String> given = given();
            // A service that stands still costs nobody anything, and its databases are of one moment.
            boolean stopped = site.service().status() instanceof Status.Stopped;
            given.put(Fact.AT_STOP, Boolean.toString(request.atStop() || stopped));
            given.put(Fact.WITH_ARCHIVE, Boolean.toString(request.withArchive()));
            if (request.note() != null) {
                given.put(Fact.NOTE, request.note());
            }
            return operations.run(SnapshotPlan.KIND, given);
        });
    }

    /**
     * Puts the state of a snapshot in the place of the present one, which is kept as another snapshot. The release stays.
     *
     * @param acceptDataLoss whether rows may be lost that were written since it was taken
     */
    public Outcome restore(String snapshot, boolean acceptDataLoss) throws Fault, IOException, InterruptedException {
        return operations.next("snapshot restore", () -> {
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
            return operations.run(RestorePlan.KIND, given);
        });
    }

    /** What {@link #restore} would do and refuse. */
    public Preview previewRestore(String snapshot, boolean acceptDataLoss)
            throws Fault, IOException, InterruptedException {
        operations.refuseWhileLocked();
        return new Previews(site, progress).restore(new StoredSnapshots(site).named(snapshot), acceptDataLoss);
    }

    /** Deletes what is no longer needed. What a rollback needs is kept, whatever the request says. */
    public Outcome prune(Retention retention) throws Fault, IOException, InterruptedException {
        refuseWithoutLimits(retention);
        return operations.next("prune", () -> {
            if (new PruneSteps(site, retention).decide().isEmpty()) {
                return Outcomes.nothingToDo(PrunePlan.KIND, "nothing is there that is no longer needed");
            }
            operations.pruneBy(retention);
            return operations.run(PrunePlan.KIND, given());
        });
    }

    /**
     * Keeps a release from being deleted, until {@link #unpin}.
     *
     * @param release as a user names one
     * @param note why; null for none
     */
    public Outcome pin(String release, @Nullable String note) throws Fault, IOException, InterruptedException {
        return operations.alone("pin", () -> {
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
        return operations.alone("unpin", () -> {
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
        operations.refuseWhileLocked();
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
        return operations.alone("recover", () -> {
            Optional<Journal> open = site.journals().open();
            if (open.isPresent()) {
                return operations.recover(open.get(), StartedBy.US).asAskedFor();
            }
            boolean held = site.hold().isHeld();
            // A journal that somebody has cleared away leaves it behind.
            site.hold().end();
            return held
                    ? Outcomes.simple("recover", "no operation was interrupted; the service may be started again")
                    : Outcomes.nothingToDo("recover", "no operation was interrupted");
        });
    }

    /**
     * What a reboot needs before the service manager starts the service: an operation that was not committed is taken back, and the
     * service left to its manager. What comes after the point of no return can take hours and is left to the next command.
     */
    public Outcome recoverAtBoot() throws Fault, IOException, InterruptedException {
        return operations.alone("recover", "recover --boot", () -> {
            Optional<Journal> open = site.journals().open();
            if (open.isEmpty() || open.get().isCommitted()) {
                site.hold().end();
                return Outcomes.nothingToDo("recover", "nothing has to be taken back");
            }
            site.hold().hold("an interrupted operation could not be taken back at boot");
            Operations.refuseAfterTooMany(open.get());
            return operations.recover(open.get(), StartedBy.ITS_MANAGER).asAskedFor();
        });
    }

    /** Starts the current release. */
    public Outcome start() throws Fault, IOException, InterruptedException {
        return operations.next("start", () -> {
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
        return operations.next("stop", () -> {
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
}
