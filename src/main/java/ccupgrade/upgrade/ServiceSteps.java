package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.config.Config.Manager;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.fault.Refused;
import ccupgrade.release.Release;
import ccupgrade.saga.Facts;
import ccupgrade.saga.Saga;
import ccupgrade.service.Health;
import ccupgrade.service.Health.Healthy;
import ccupgrade.service.Service;
import ccupgrade.service.Status;
import ccupgrade.state.OpenFile;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The steps that are about the service: from the moment it is asked to stop until it is well again. */
final class ServiceSteps {

    /** Between the end of a process and the kernel's closing of its last file. */
    private static final Duration TO_LET_GO = Duration.ofSeconds(5);

    /** Most of what keeps a service from running shows in this time. */
    private static final Duration UNASKED = Duration.ofSeconds(5);

    private final Site site;
    private final Service service;
    private final Health health;
    private final Progress progress;

    private final StartedBy startedBy;

    /** Who starts the service when it is brought back. */
    enum StartedBy {
        US,
        /** At boot: it waits for us to end, and a start of ours would wait for it. */
        ITS_MANAGER
    }

    ServiceSteps(Site site, Progress progress, StartedBy startedBy) {
        this.site = site;
        this.startedBy = startedBy;
        this.service = site.service();
        this.health = site.health();
        this.progress = progress;
    }

    void intendToStop(Facts facts) throws Fault, IOException, InterruptedException {
        boolean running = !(service.status() instanceof Status.Stopped);
        facts.put(Fact.WAS_RUNNING, running);
        if (running) {
            facts.put(
                    Fact.WAS_HEALTHY,
                    health.probe(service, site.config().health()).healthy());
            facts.put(Fact.DOWN_SINCE, site.clock().instant());
        }
    }

    String stop(Facts facts) throws Fault, IOException, InterruptedException {
        site.hold().begin(reason(facts));
        facts.put(Fact.STOPPING, true);
        service.stop();
        refuseOpenState(facts);
        try {
            refuseForeignAnswer(site);
        } catch (Refused e) {
            // So it was all along, a proxy's answer perhaps: no reason not to bring back a service that ran well with
            // it.
            facts.put(Fact.CHECK_PROVES_NOTHING, true);
            throw e;
        }
        return facts.isTrue(Fact.WAS_RUNNING) ? "stopped" : "was not running";
    }

    private static String reason(Facts facts) {
        String asked = facts.get(Fact.ASKED_SNAPSHOT);
        if (asked != null) {
            return Words.format("snapshot %s is being put back by %s", asked, facts.require(Fact.WHO));
        }
        if (!facts.has(Fact.RELEASE)) {
            return Words.format("a snapshot of its state is being taken by %s", facts.require(Fact.WHO));
        }
        return Words.format(
                "its state may be between two versions, because an upgrade to %s by %s is not over",
                ReleaseSteps.label(facts), facts.require(Fact.WHO));
    }

    /** Nothing may touch the state while somebody else has it open: not a snapshot, not a migration, not a restore. */
    private void refuseOpenState(Facts facts) throws Fault, IOException, InterruptedException {
        List<OpenFile> open = stillOpen(site, facts);
        if (!open.isEmpty()) {
            throw new Failed(
                    "cannot go on: the service is stopped, yet " + describe(site, open), "end it, then try again");
        }
    }

    /** Who has the databases open, or writes into an archive that takes part, after all had time to let go of them. */
    static List<OpenFile> stillOpen(Site site, Facts facts) throws Fault, IOException, InterruptedException {
        long limit = site.surroundings().nanos().getAsLong() + TO_LET_GO.toNanos();
        List<OpenFile> open = open(site, facts);
        while (!open.isEmpty() && site.surroundings().nanos().getAsLong() < limit) {
            Thread.sleep(50);
            open = open(site, facts);
        }
        return open;
    }

    private static List<OpenFile> open(Site site, Facts facts) throws Fault, IOException {
        List<OpenFile> open = site.openFiles().of(site.databases());
        Path archive = site.archive();
        return open.isEmpty() && archive != null && StateScope.hasArchive(site, facts)
                ? site.openFiles().writingBelow(archive)
                : open;
    }

    /**
     * A port that another program has taken: the release could not listen there, and while it has not yet noticed would pass for
     * healthy. Under a service manager a socket unit may have it, and an answer would even start the service.
     */
    static void refuseForeignAnswer(Site site) throws Fault, IOException, InterruptedException {
        if (site.config().service().manager() != Manager.PROCESS) {
            return;
        }
        Optional<String> answer = site.health().answeredByAnother(site.config().health());
        if (answer.isPresent()) {
            throw new Refused(
                    "cannot tell whether the service will be healthy: it is stopped, and yet there is an answer ("
                            + answer.get() + ")",
                    "end the program that listens there, or correct [health] in ccupgrade.toml");
        }
    }

    static String describe(Site site, List<OpenFile> open) {
        return open.stream()
                .map(file -> Words.format(
                        "process %d (%s) has %s open", file.pid(), file.command(), site.nameOf(file.file())))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** The undo of the stop: whatever ran before runs again, and is as well as it was. It has a time budget of its own. */
    String bringBack(Facts facts) throws Fault, IOException, InterruptedException {
        if (!facts.isTrue(Fact.WAS_RUNNING)) {
            site.hold().end();
            return "the service was not running before";
        }
        if (startedBy == StartedBy.ITS_MANAGER) {
            site.hold().end();
            return "the service is left to its manager to start";
        }
        String said = startAgain(facts);
        site.hold().end();
        return said;
    }

    private String startAgain(Facts facts) throws Fault, IOException, InterruptedException {
        Path release = releaseBefore(facts);
        // After a crash nobody knows how far it came.
        if (facts.isTrue(Fact.STOPPING) || !facts.has(Saga.FAILED_STEP)) {
            finishStopping();
        }
        site.hold().watch();
        boolean blind = facts.isTrue(Fact.CHECK_PROVES_NOTHING);
        if (!blind && service.status() instanceof Status.Stopped) {
            refuseForeignAnswer(site);
        }
        service.start(release);
        warnOfForeignLink(facts);
        if (blind) {
            Healthy running =
                    health.await(service, release, onlyRunning(site.config().health()), progress);
            facts.put(Fact.UP_SINCE, running.first());
            return "the service runs again; whether it is healthy, its check cannot tell";
        }
        if (facts.isTrue(Fact.WAS_HEALTHY)) {
            Healthy healthy = health.await(service, release, site.config().health(), progress);
            facts.put(Fact.UP_SINCE, healthy.first());
            return "the service runs again and is healthy";
        }
        facts.put(Fact.UP_SINCE, site.clock().instant());
        return "the service runs again; it was not healthy before either";
    }

    /** A stop that was interrupted may be under way still: what runs now, and even answers, may be gone in a moment. */
    private void finishStopping() throws Fault, IOException, InterruptedException {
        try {
            service.stop();
        } catch (Failed | Refused e) {
            // It cannot be ended now either, so it was not: whether it is well is asked next.
            return;
        }
    }

    /** A service that is not asked has to keep running for a while. */
    private static Config.Health onlyRunning(Config.Health config) {
        Duration stable = config.stable().compareTo(UNASKED) < 0 ? UNASKED : config.stable();
        return new Config.Health(null, null, List.of(), config.timeout(), stable);
    }

    /** The one that the state belongs to, whatever somebody else has done to the link meanwhile. */
    private Path releaseBefore(Facts facts) throws Fault, IOException {
        Optional<Long> previous = facts.number(Fact.PREVIOUS);
        if (previous.isEmpty()) {
            return site.deployment().link();
        }
        Optional<Release> stored = site.releases().find(previous.get());
        if (stored.isEmpty()) {
            throw new NeedsOperator(
                    Words.format(
                            "cannot start the service again: release %d, which ran before, is not in %s any more",
                            previous.get(), site.nameOf(site.deployment().releases())),
                    "put that file back");
        }
        return stored.get().file();
    }

    private void warnOfForeignLink(Facts facts) throws IOException {
        String link = site.nameOf(site.deployment().link());
        String was = facts.get(Fact.PREVIOUS);
        try {
            String is = site.releases().current().map(Release::name).orElse("nothing");
            if (was != null && !was.equals(is)) {
                Warnings.add(
                        facts,
                        List.of(Words.format(
                                "somebody else changed %s, which is left as it is: it names %s, and the service runs %s again",
                                link, is, was)));
            }
        } catch (Fault e) {
            Warnings.add(
                    facts,
                    List.of(Words.format(
                            "somebody else changed %s, which is left as it is: %s", link, e.getMessage())));
        }
    }

    void intendToStart(Facts facts) {
        facts.put(Fact.STARTING, true);
    }

    String start(Facts facts) throws Fault, IOException, InterruptedException {
        refuseForeignAnswer(site);
        site.hold().watch();
        service.start(release(facts));
        Optional<Long> pid = service.status() instanceof Status.Running running
                ? Optional.ofNullable(running.pid())
                : Optional.empty();
        return pid.map(number -> "process " + number).orElse("");
    }

    String stopAgain(Facts facts) throws Fault, IOException, InterruptedException {
        site.hold().hold(reason(facts));
        service.stop();
        refuseOpenState(facts);
        return "stopped";
    }

    String awaitHealth(Facts facts) throws Fault, IOException, InterruptedException {
        Healthy healthy = health.await(service, release(facts), site.config().health(), progress);
        facts.put(Fact.UP_SINCE, healthy.first());
        return "healthy";
    }

    /** From now on whatever happens to the service is for its manager to put right. */
    String liftHold(Facts facts) throws IOException {
        site.hold().end();
        return "";
    }

    private Path release(Facts facts) throws Fault, IOException {
        return site.releases().path(ReleaseSteps.epoch(facts));
    }
}
