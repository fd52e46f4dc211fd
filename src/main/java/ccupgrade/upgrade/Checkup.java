package ccupgrade.upgrade;

import ccupgrade.config.Config.Manager;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Release;
import ccupgrade.saga.Failure;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Journals;
import ccupgrade.state.Mounts;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What could go wrong in the next upgrade, looked at while there is time to mend it. Changes nothing, and needs no lock. */
public final class Checkup {

    /** Bytes of a database that is looked through in less than a minute: 100 MB a second. */
    private static final long LOOKED_THROUGH = 5_000_000_000L;

    private final Site site;
    private final Progress progress;

    public Checkup(Deployment deployment, Surroundings surroundings, Progress progress) {
        this.site = Site.toLookAt(deployment, surroundings);
        this.progress = progress;
    }

    /**
     * Findings good and bad, in the order in which they are best mended.
     *
     * @param deep whether large databases are looked through as well, however long it takes
     */
    public List<Finding> findings(boolean deep) throws IOException, InterruptedException {
        long most = deep ? Long.MAX_VALUE : LOOKED_THROUGH;
        List<Finding> findings = new ArrayList<>();
        try {
            findings.add(operation());
            findings.add(release());
        } catch (Fault e) {
            findings.add(Finding.failed("deployment", e.getMessage(), e.remedy()));
        }
        add(new Preflight(site, progress).examineDeployment(most), findings);
        look("unit", new UnitSubject(site), findings);
        look("permissions", new AccountSubject(site), findings);
        look("files", new FileSystemSubject(site, Mounts.read()), findings);
        look("database", new DatabaseSubject(site, most, progress), findings);
        look("snapshots", new WayBackSubject(site), findings);
        look("rehearsal", new RehearsalSubject(site), findings);
        look("clock", new ClockSubject(site), findings);
        look("retention", new StockSubject(site, Volumes.MOUNTED), findings);
        return List.copyOf(findings);
    }

    private static void look(String about, Subject subject, List<Finding> findings) throws InterruptedException {
        List<Finding> more;
        try {
            more = subject.findings();
        } catch (Fault e) {
            more = List.of(Finding.failed(about, e.getMessage(), e.remedy()));
        } catch (IOException e) {
            String remedy = e instanceof AccessDeniedException ? "run ccupgrade as root" : null;
            more = List.of(Finding.failed(about, Failure.messageOf(e), remedy));
        }
        add(more, findings);
    }

    /** What several of them cannot find out for the same reason is said once. */
    private static void add(List<Finding> more, List<Finding> findings) {
        for (Finding finding : more) {
            if (findings.stream().noneMatch(said -> said.text().equals(finding.text()))) {
                findings.add(finding);
            }
        }
    }

    private Finding operation() throws Fault, IOException {
        Optional<Journal> open = site.journals().open();
        if (open.isPresent()) {
            return Finding.refused(
                    "operation",
                    Words.format("operation %d was interrupted or is under way", Journals.numberOf(open.get())),
                    "see ccupgrade status; when it was interrupted: ccupgrade recover");
        }
        if (site.hold().isHeld()) {
            return Finding.refused(
                    "operation",
                    Words.format(
                            "nobody can start the service, because %s is there, and no operation is open",
                            site.nameOf(site.deployment().hold())),
                    "ccupgrade recover");
        }
        return Finding.ok("operation", "none was interrupted");
    }

    private Finding release() throws Fault, IOException {
        Optional<Release> current = site.releases().current();
        if (current.isEmpty()) {
            return Finding.note("release", "none is installed yet");
        }
        return site.releases()
                .rollbackTarget()
                .map(target -> Finding.ok(
                        "release",
                        Words.format(
                                "%s; a rollback would go to %s", current.get().label(), target.label())))
                .orElseGet(() -> Finding.note(
                        "release", current.get().label() + "; there is none before it that a rollback could go to"));
    }

    /**
     * Installs what makes systemd obey a hold and recover at boot.
     *
     * @return the files that are there now
     * @throws Refused when the service is not systemd's
     */
    public List<Path> installUnits() throws Fault, InterruptedException {
        if (site.config().service().manager() != Manager.SYSTEMD) {
            throw new Refused(
                    "cannot install units for systemd: the service is not managed by it",
                    "say so in ccupgrade.toml: manager = \"systemd\" and unit = \"NAME.service\" in [service]");
        }
        return site.systemdUnits().install(site.surroundings().command());
    }
}
