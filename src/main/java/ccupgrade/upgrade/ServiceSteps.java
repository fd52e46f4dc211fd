package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.saga.Facts;
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

    private final Site site;
    private final Service service;
    private final Health health;
    private final Progress progress;

    ServiceSteps(Site site, Progress progress) {
        this.site = site;
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
        service.stop();
        refuseOpenDatabases();
        return facts.isTrue(Fact.WAS_RUNNING) ? "stopped" : "was not running";
    }

    /** Nothing may touch the state while somebody else has it open: not a snapshot, not a migration, not a restore. */
    private void refuseOpenDatabases() throws Fault, IOException, InterruptedException {
        long limit = site.surroundings().nanos().getAsLong() + TO_LET_GO.toNanos();
        List<OpenFile> open = site.openFiles().of(site.databases());
        while (!open.isEmpty() && site.surroundings().nanos().getAsLong() < limit) {
            Thread.sleep(50);
            open = site.openFiles().of(site.databases());
        }
        if (!open.isEmpty()) {
            throw new Failed(
                    "cannot go on: the service is stopped, yet " + describe(site, open), "end it, then try again");
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
            return "the service was not running before";
        }
        Path release = site.releases()
                .current()
                .map(Release::file)
                .orElse(site.deployment().link());
        service.start(release);
        if (facts.isTrue(Fact.WAS_HEALTHY)) {
            Healthy healthy = health.await(service, release, site.config().health(), progress);
            facts.put(Fact.UP_SINCE, healthy.first());
            return "the service runs again and is healthy";
        }
        facts.put(Fact.UP_SINCE, site.clock().instant());
        return "the service runs again; it was not healthy before either";
    }

    void intendToStart(Facts facts) {
        facts.put(Fact.STARTING, true);
    }

    String start(Facts facts) throws Fault, IOException, InterruptedException {
        service.start(release(facts));
        Optional<Long> pid = service.status() instanceof Status.Running running
                ? Optional.ofNullable(running.pid())
                : Optional.empty();
        return pid.map(number -> "process " + number).orElse("");
    }

    String stopAgain(Facts facts) throws Fault, IOException, InterruptedException {
        service.stop();
        refuseOpenDatabases();
        return "stopped";
    }

    String awaitHealth(Facts facts) throws Fault, IOException, InterruptedException {
        Healthy healthy = health.await(service, release(facts), site.config().health(), progress);
        facts.put(Fact.UP_SINCE, healthy.first());
        return "healthy";
    }

    private Path release(Facts facts) {
        return site.releases().path(ReleaseSteps.epoch(facts));
    }
}
