package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.config.Config.LinkTo;
import ccupgrade.config.Config.Retention;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Inspection;
import ccupgrade.release.Kind;
import ccupgrade.release.Release;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Journals;
import ccupgrade.service.Execution;
import ccupgrade.service.Status;
import ccupgrade.state.Snapshot;
import ccupgrade.upgrade.Finding.Level;
import ccupgrade.upgrade.Hooks.Moment;
import ccupgrade.upgrade.Outcome.Result;
import ccupgrade.upgrade.Preview.PlannedStep;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what an operation would do, by the same gates that the real one passes, and changes nothing. */
final class Previews {

    private final Site site;
    private final Progress progress;

    Previews(Site site, Progress progress) {
        this.site = site;
        this.progress = progress;
    }

    /** @throws Refused when the file is no release that could be installed anywhere */
    Preview install(InstallRequest request) throws Fault, IOException, InterruptedException {
        Path source = request.source().toAbsolutePath();
        SourceFile.check(source);
        refuseWhileInterrupted();
        Optional<Release> same = new SourceFile(site, source, progress).installed(request.proofs());
        Replacements replacements = Replacements.parse(site.config().state().files(), request.replacements());
        if (same.isPresent()) {
            replacements.refuseWithout(same.get());
            return new Preview(
                    InstallPlan.KIND,
                    same.get().label() + " is already installed and current",
                    List.of(),
                    List.of(),
                    Result.NOTHING_TO_DO);
        }
        try (SourceFile.Looked looked = new SourceFile(site, source, progress).look(request.proofs())) {
            return install(request, replacements, source, looked);
        }
    }

    private Preview install(InstallRequest request, Replacements replacements, Path source, SourceFile.Looked looked)
            throws Fault, IOException, InterruptedException {
        Inspection inspection = looked.inspection();
        String sha256 = looked.sha256();
        ReleaseVersions.Answer versions = new ReleaseVersions(site).of(looked.staged(), inspection.migrations());
        Preflight.Report report = new Preflight(site, progress)
                .examine(looked.staged().file(), inspection, versions.supports(), space(request, sha256));
        List<Finding> findings = new ArrayList<>();
        looked.proved().forEach(proof -> findings.add(Finding.ok("origin", proof)));
        findings.addAll(report.findings());
        versions.warnings().forEach(warning -> findings.add(Finding.warning("versions", warning)));
        findings.addAll(replacements.look(site, looked.staged().directory()));
        if (!request.rehearse()) {
            try {
                new RehearsalGate(site, request.withoutRehearsal(), request.maxDowntime()).check(source, sha256);
            } catch (Refused e) {
                findings.add(Finding.refused("rehearsal", e.getMessage(), e.remedy()));
            }
        }
        Result result = resultOf(findings);
        String title = inspection.title() + (inspection.version() == null ? "" : " " + inspection.version());
        List<PlannedStep> steps =
                result == Result.DONE ? installSteps(source, inspection, report.due(), replacements) : List.of();
        return new Preview(InstallPlan.KIND, "install " + title, findings, steps, result);
    }

    Preview prune(Retention retention) throws Fault, IOException {
        refuseWhileInterrupted();
        Pruning.Decision decision = new PruneSteps(site, retention).decide();
        List<PlannedStep> steps = new ArrayList<>();
        decision.snapshots()
                .forEach((snapshot, why) -> steps.add(new PlannedStep(
                        "snapshot", Words.format("%s, %s: %s", snapshot.id(), Words.bytes(snapshot.size()), why))));
        decision.releases()
                .forEach((release, why) -> steps.add(new PlannedStep(
                        "release",
                        Words.format(
                                "%s, %s: %s",
                                release.label(), Words.bytes(release.record().size()), why))));
        decision.evidence()
                .forEach((left, why) -> steps.add(new PlannedStep(
                        "evidence",
                        Words.format("of operation %d, %s: %s", left.operation(), Words.bytes(left.size()), why))));
        Result result = decision.isEmpty() ? Result.NOTHING_TO_DO : Result.DONE;
        return new Preview(PrunePlan.KIND, "prune: " + PruneSteps.describe(decision), List.of(), steps, result);
    }

    /** What an install takes that rehearses first is known only then. */
    private SpaceGate space(InstallRequest request, String sha256) {
        return request.rehearse()
                ? SpaceGate.ofRehearsal(site, Volumes.MOUNTED, sha256, request.acceptLowSpace())
                : SpaceGate.ofInstall(site, Volumes.MOUNTED, sha256, request.acceptLowSpace(), progress);
    }

    private List<PlannedStep> installSteps(
            Path source, Inspection inspection, List<Config.Migration> due, Replacements replacements)
            throws Fault, IOException, InterruptedException {
        List<PlannedStep> steps = new ArrayList<>();
        long epoch = site.releases().nextEpoch();
        Path place = site.releases().path(epoch, inspection.kind());
        Path stored = inspection.executable() == null ? place : place.resolve(inspection.executable());
        steps.add(new PlannedStep(
                "stage",
                Words.format(
                        "%s %s to %s",
                        inspection.kind() == Kind.DIRECTORY ? "unpack" : "copy",
                        source.getFileName(),
                        site.nameOf(place))));
        addHooks(steps, Moment.PRE_STOP);
        steps.add(stopStep());
        steps.add(new PlannedStep("snapshot", snapshotText(due)));
        if (!replacements.isEmpty()) {
            steps.add(new PlannedStep("migrate", "replace " + replacements.files()));
        }
        MigrationCommand migration = new MigrationCommand(site, 0);
        if (due.isEmpty()) {
            steps.add(new PlannedStep("migrate", migration.whyNotDue()));
        } else {
            Execution execution = site.execution();
            for (Config.Migration step : due) {
                steps.add(new PlannedStep(
                        "migrate", String.join(" ", migration.argv(step, migration.names(stored), execution))));
            }
            steps.add(new PlannedStep("check", "versions, references, rows per table"));
        }
        steps.addAll(startSteps(stored));
        return steps;
    }

    Preview rollback(Release target, RollbackRequest request) throws Fault, IOException, InterruptedException {
        refuseWhileInterrupted();
        List<Finding> findings = new ArrayList<>();
        if (site.releases().current().map(Release::epoch).equals(Optional.of(target.epoch()))) {
            return new Preview(
                    RollbackPlan.KIND,
                    target.label() + " is the current release",
                    findings,
                    List.of(),
                    Result.NOTHING_TO_DO);
        }
        RollbackGuard.Finding found = new RollbackGuard(site, progress).look(target);
        List<PlannedStep> steps = new ArrayList<>();
        findings.addAll(new Hooks(site).look());
        addHooks(steps, Moment.PRE_STOP);
        steps.add(stopStep());
        if (found.snapshot().isEmpty()) {
            findings.add(Finding.ok("state", "the schema is the one that it ran on: every row is kept"));
            if (!found.files().isEmpty()) {
                steps.add(new PlannedStep(
                        "keep-state", "snapshot of " + found.files().names()));
                steps.add(new PlannedStep("restore", found.files().names() + " as that release had it"));
            }
        } else if (request.acceptDataLoss()) {
            findings.add(Finding.warning("state", "what was written since is lost, as accepted"));
            found.lost().forEach(line -> findings.add(Finding.warning("rows", line)));
            steps.add(new PlannedStep("keep-state", "snapshot of the present state"));
            steps.add(new PlannedStep(
                    "restore", "from snapshot " + found.snapshot().get().id()));
            found.archive()
                    .ifPresent(archive -> steps.add(new PlannedStep(
                            "restore", "the archive from snapshot " + archive.id() + ", by renaming it")));
        } else {
            Refused refusal = RollbackGuard.refusal(target, found);
            String first = Words.firstLine(refusal.getMessage());
            findings.add(Finding.refused("state", first, refusal.remedy()));
            found.lost().forEach(line -> findings.add(Finding.note("rows", line)));
        }
        steps.addAll(startSteps(target.file()));
        Result result = resultOf(findings);
        return new Preview(
                RollbackPlan.KIND,
                "go back to " + target.label(),
                findings,
                result == Result.DONE ? steps : List.of(),
                result);
    }

    Preview restore(Snapshot snapshot, boolean acceptDataLoss) throws Fault, IOException, InterruptedException {
        refuseWhileInterrupted();
        List<Finding> findings = new ArrayList<>();
        List<PlannedStep> steps = new ArrayList<>();
        try {
            RestoreGuard.Finding found = new RestoreGuard(site, progress).look(snapshot);
            if (acceptDataLoss) {
                findings.add(Finding.warning("state", "what was written since is lost, as accepted"));
                found.lost().forEach(line -> findings.add(Finding.warning("rows", line)));
            } else {
                Refused refusal = RestoreGuard.refusal(snapshot, found);
                findings.add(Finding.refused("state", Words.firstLine(refusal.getMessage()), refusal.remedy()));
                found.lost().forEach(line -> findings.add(Finding.note("rows", line)));
            }
            steps.add(stopStep());
            steps.add(new PlannedStep("keep-state", "snapshot of the present state"));
            steps.add(new PlannedStep("restore", "from snapshot " + snapshot.id()));
            List<PlannedStep> starting = startSteps(found.release().file());
            steps.addAll(starting.subList(1, starting.size()));
        } catch (Refused e) {
            findings.add(Finding.refused("state", e.getMessage(), e.remedy()));
        }
        Result result = resultOf(findings);
        return new Preview(
                RestorePlan.KIND,
                "put back snapshot " + snapshot.id(),
                findings,
                result == Result.DONE ? steps : List.of(),
                result);
    }

    private PlannedStep stopStep() throws Fault, IOException, InterruptedException {
        Status status = site.service().status();
        return new PlannedStep(
                "hold",
                status instanceof Status.Stopped
                        ? "the service is stopped already"
                        : "stop the service, " + Outcomes.describe(status));
    }

    private List<PlannedStep> startSteps(Path release) throws IOException {
        List<PlannedStep> steps = new ArrayList<>(List.of(
                new PlannedStep("activate", site.nameOf(site.deployment().link()) + " → " + linked(release)),
                new PlannedStep("start", "start the service"),
                new PlannedStep(
                        "health",
                        Words.format(
                                "wait at most %s until it is healthy, and watch it for %s",
                                Words.duration(site.config().health().timeout()),
                                Words.duration(site.config().health().stable())))));
        addHooks(steps, Moment.POST_START);
        addHooks(steps, Moment.ON_SUCCESS);
        return steps;
    }

    private Path linked(Path release) {
        Path releases = site.deployment().releases();
        Path inside = release.startsWith(releases) ? releases.relativize(release) : release;
        return site.config().releases().linkTo() == LinkTo.DIRECTORY ? inside.getName(0) : inside;
    }

    private String snapshotText(List<Config.Migration> due) throws IOException, InterruptedException {
        long size = 0;
        int count = 0;
        for (Path database : site.databases()) {
            if (Files.exists(database)) {
                size += Files.size(database);
                count++;
            }
        }
        String databases = count == 0
                ? "no database yet"
                : Words.format("%s, %s", Words.count(count, "database"), Words.bytes(size));
        String files =
                site.files().isEmpty() ? "" : ", " + Words.count(site.files().size(), "file");
        return databases + files + archiveText(due);
    }

    private String archiveText(List<Config.Migration> due) throws IOException, InterruptedException {
        Config.Archive archive = site.config().state().archive();
        Path path = site.archive();
        if (archive == null || path == null) {
            return "";
        }
        return StateScope.isArchiveDue(site.config(), MigrationCommand.text(due))
                ? "; the archive as "
                        + site.snapshots()
                                .foreseenWay(path, archive.rewritesFiles())
                                .text()
                : "; the archive is not touched by this upgrade";
    }

    /** What the databases and the service are like now says nothing about how the real run would find them. */
    private void refuseWhileInterrupted() throws Fault, IOException {
        Optional<Journal> open = site.journals().open();
        if (open.isPresent()) {
            throw new Refused(
                    Words.format(
                            "cannot foresee anything: operation %d was interrupted, and would first be %s",
                            Journals.numberOf(open.get()), open.get().isCommitted() ? "finished" : "taken back"),
                    "ccupgrade recover");
        }
    }

    private void addHooks(List<PlannedStep> steps, Moment moment) throws IOException {
        for (Path hook : new Hooks(site).of(moment)) {
            steps.add(new PlannedStep(moment.word(), "run " + site.nameOf(hook)));
        }
    }

    private static Result resultOf(List<Finding> findings) {
        if (findings.stream().anyMatch(finding -> finding.level() == Level.REFUSED)) {
            return Result.REFUSED;
        }
        return findings.stream().anyMatch(finding -> finding.level() == Level.FAILED) ? Result.FAILED : Result.DONE;
    }
}
