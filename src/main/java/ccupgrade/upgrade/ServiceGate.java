package ccupgrade.upgrade;

import ccupgrade.config.Config.Manager;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Release;
import ccupgrade.service.Status;
import ccupgrade.state.OpenFile;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether the service's manager answers, what it runs, and whether the databases are the service's alone. */
final class ServiceGate {

    private final Site site;
    private final List<Finding> findings;

    /** @param findings where what is found is added */
    ServiceGate(Site site, List<Finding> findings) {
        this.site = site;
        this.findings = findings;
    }

    void check() throws Fault, IOException, InterruptedException {
        Status status = site.service().status();
        if (status instanceof Status.Unknown unknown) {
            throw new Failed("cannot tell whether the service runs: " + unknown.why(), null);
        }
        findings.add(Finding.ok("service", status instanceof Status.Stopped ? "stopped" : "running"));
        warnOfAnother(status);
        refuseStrangers(status);
        if (status instanceof Status.Stopped) {
            ServiceSteps.refuseForeignAnswer(site);
        }
        if (site.config().service().manager() == Manager.PROCESS
                && site.config().health().http() == null
                && site.config().health().tcp() == null
                && site.config().health().command().isEmpty()) {
            findings.add(Finding.note("health", "no check is configured: a release is healthy that keeps running"));
        }
    }

    /** Whoever goes back from here starts what the link names, and not what runs now. */
    private void warnOfAnother(Status status) throws Fault, IOException {
        Optional<Release> current = site.releases().current();
        if (current.isEmpty() || !(status instanceof Status.Running running)) {
            return;
        }
        Optional<Path> other = new RunningRelease(site).otherThan(current.get(), running);
        if (other.isPresent()) {
            findings.add(Finding.warning(
                    "service",
                    Words.format(
                            "it runs %s and not the current release %s",
                            site.nameOf(other.get()), current.get().label()),
                    "ccupgrade stop, then ccupgrade start"));
        }
    }

    /** A process that has the database open and is not the service would see it change under its feet. */
    private void refuseStrangers(Status status) throws Fault, IOException {
        List<OpenFile> strangers = new ArrayList<>(site.openFiles().of(site.databases()));
        Set<Long> own = processesOf(status);
        strangers.removeIf(file -> own.contains(file.pid()));
        boolean pidUnknown = status instanceof Status.Running running && running.pid() == null;
        if (!strangers.isEmpty() && !pidUnknown) {
            throw new Refused(
                    "cannot have the databases for ourselves: " + ServiceSteps.describe(site, strangers)
                            + " and is not the service",
                    "end it first");
        }
    }

    private static Set<Long> processesOf(Status status) {
        Set<Long> own = new HashSet<>();
        if (status instanceof Status.Leftover leftover) {
            own.addAll(leftover.pids());
        }
        if (status instanceof Status.Running running && running.pid() != null) {
            own.add(running.pid());
            ProcessHandle.of(running.pid())
                    .ifPresent(
                            main -> main.descendants().map(ProcessHandle::pid).forEach(own::add));
        }
        return own;
    }
}
