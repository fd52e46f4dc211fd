package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Inspection;
import ccupgrade.release.Release;
import ccupgrade.release.Supported;
import ccupgrade.saga.Facts;
import ccupgrade.upgrade.Finding.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Looks whether the install will be able to end well, while nobody notices anything yet. */
final class PreflightStep {

    private final Site site;
    private final Progress progress;

    PreflightStep(Site site, Progress progress) {
        this.site = site;
        this.progress = progress;
    }

    String check(Facts facts) throws Fault, IOException, InterruptedException {
        Release release = site.releases().get(ReleaseSteps.epoch(facts));
        Inspection inspection = site.inspector().look(release);
        SpaceGate space = SpaceGate.ofInstall(
                site, Volumes.MOUNTED, facts.require(Fact.SHA256), facts.isTrue(Fact.ACCEPT_LOW_SPACE), progress);
        Supported supports = release.record().supports();
        Preflight.Report report = new Preflight(site, progress).examine(release.file(), inspection, supports, space);
        report.tell(facts, supports);
        Warnings.add(facts, warnings(report.findings()));
        List<Finding> findings = new ArrayList<>(report.findings());
        findings.addAll(Replacements.of(facts).look(site, release.directory()));
        throwWorst(findings);
        RehearsalGate.of(site, facts).check(Path.of(facts.require(Fact.SOURCE)), facts.require(Fact.SHA256));
        return report.text(site.config().migrations());
    }

    /** All reasons at once: to mend one only to be told the next costs an admin an evening. */
    static void throwWorst(List<Finding> findings) throws Fault {
        List<String> refused = texts(findings, Level.REFUSED);
        String remedies = findings.stream()
                .filter(finding -> finding.level() == Level.REFUSED || finding.level() == Level.FAILED)
                .map(Finding::remedy)
                .filter(remedy -> remedy != null)
                .distinct()
                .collect(Collectors.joining("; "));
        String remedy = remedies.isEmpty() ? null : remedies;
        if (!refused.isEmpty()) {
            throw new Refused(String.join("; ", refused), remedy);
        }
        List<String> failed = texts(findings, Level.FAILED);
        if (!failed.isEmpty()) {
            throw new Failed(String.join("; ", failed), remedy);
        }
    }

    static List<String> warnings(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.level() == Level.WARNING)
                .map(Finding::advice)
                .toList();
    }

    static List<String> texts(List<Finding> findings, Level level) {
        return findings.stream()
                .filter(finding -> finding.level() == level)
                .map(Finding::text)
                .toList();
    }
}
