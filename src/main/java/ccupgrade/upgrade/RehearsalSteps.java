package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.config.Config.Subject;
import ccupgrade.disk.Progress;
import ccupgrade.disk.TreeLook;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Inspection;
import ccupgrade.saga.Facts;
import ccupgrade.service.CommandRunner;
import ccupgrade.service.Execution;
import ccupgrade.service.Isolation;
import ccupgrade.state.LiveCopy;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The steps of a rehearsal: the release's migration, on a copy, while the service works on. */
final class RehearsalSteps {

    private static final int OUTPUT_LINES = 15;

    /** A rehearsal is there to find out how long it takes. */
    private static final Duration LONGEST_AT_START = Duration.ofHours(6);

    private final Site site;
    private final long operation;
    private final MigrationCommand migration;
    private final RehearsedStart start;
    private final RehearsedCopies copies;
    private final Progress progress;
    private @Nullable StandIn standIn;
    private @Nullable DiskUse use;

    RehearsalSteps(Site site, long operation, Progress progress) {
        this.site = site;
        this.operation = operation;
        this.migration = new MigrationCommand(site, operation);
        this.start = new RehearsedStart(site, operation);
        this.copies = new RehearsedCopies(site, progress);
        this.progress = progress;
    }

    /** The gates of an install, and what it takes to rehearse at all. */
    String examine(Facts facts) throws Fault, IOException, InterruptedException {
        Path source = Path.of(facts.require(Fact.SOURCE));
        try (SourceFile.Looked looked = new SourceFile(site, source, progress).look(ProofFacts.of(facts))) {
            return examine(facts, source, looked);
        }
    }

    private String examine(Facts facts, Path source, SourceFile.Looked looked)
            throws Fault, IOException, InterruptedException {
        Inspection inspection = looked.inspection();
        facts.put(Fact.SHA256, looked.sha256());
        if (!start.isPossible()) {
            throw new Refused(
                    "cannot rehearse: releases migrate when they start, and how one is started beside the service is not known",
                    "say it in [rehearsal]: environment or args by which it listens elsewhere, and http, tcp or command to ask"
                            + " it there; or name the migration as args or command in [migration], when the release has one"
                            + " of its own");
        }
        start.refuseTaken();
        SpaceGate space = SpaceGate.ofRehearsal(
                site, Volumes.MOUNTED, facts.require(Fact.SHA256), facts.isTrue(Fact.ACCEPT_LOW_SPACE));
        ReleaseVersions.Answer versions = new ReleaseVersions(site).of(looked.staged(), inspection.migrations());
        Warnings.add(facts, versions.warnings());
        String version = inspection.version() != null ? inspection.version() : versions.version();
        if (version != null) {
            facts.put(Fact.VERSION, version);
        }
        Preflight.Report report =
                new Preflight(site, progress).examine(looked.staged().file(), inspection, versions.supports(), space);
        report.tell(facts, versions.supports());
        Warnings.add(facts, PreflightStep.warnings(report.findings()));
        List<Finding> findings = new ArrayList<>(report.findings());
        findings.addAll(Replacements.of(facts).look(site, looked.staged().directory()));
        PreflightStep.throwWorst(findings);
        if (copies.databases().isEmpty()) {
            throw new Refused("cannot rehearse: there is no database yet", "install: ccupgrade install " + source);
        }
        return ReleaseSteps.describe(inspection, looked.proved());
    }

    String copy(Facts facts) throws Fault, IOException, InterruptedException {
        Isolation isolation = Isolation.find(
                site.surroundings().environment(), site.deployment().home());
        facts.put(Fact.ISOLATED, isolation.isPossible());
        StandIn stage = new StandIn(site, operation, isolation);
        standIn = stage;
        List<String> notes = new ArrayList<>();
        stage.furnish(notes);
        Warnings.add(facts, notes);
        stage.takeIn(Path.of(facts.require(Fact.SOURCE)), facts.require(Fact.SHA256));
        Replacements.of(facts).applyTo(stage, site);
        long began = site.surroundings().nanos().getAsLong();
        LiveCopy copier = new LiveCopy(site.disk(), site.reader());
        long bytes = 0;
        for (Path database : copies.databases()) {
            Path copy = stage.copyOf(database);
            copier.copy(database, copy, site.config().state().precopyRate(), progress);
            bytes += Files.size(copy);
        }
        facts.put(Fact.REHEARSED_COPY, millisSince(began));
        facts.put(Fact.STATE_BYTES, bytes);
        Path archive = site.archive();
        if (archive != null
                && Files.isDirectory(archive)
                && StateScope.isArchiveDue(site.config(), facts.get(Fact.DUE))) {
            // An install looks at each file after the stop, which of millions takes longer than all the rest.
            facts.put(
                    Fact.REHEARSED_LOOK,
                    TreeLook.at(archive.toRealPath(), progress).toMillis());
        }
        return Words.format(
                "%s, schema %s", Words.bytes(bytes), copies.read(facts, stage).text());
    }

    private long millisSince(long began) {
        return Duration.ofNanos(site.surroundings().nanos().getAsLong() - began).toMillis();
    }

    private StandIn stage() {
        if (standIn == null) {
            throw new IllegalStateException("nothing was copied");
        }
        return standIn;
    }

    String migrate(Facts facts) throws Fault, IOException, InterruptedException {
        if (site.config().migrations().atStart()) {
            return migrateByStarting(facts);
        }
        StandIn stage = stage();
        List<Path> seen = new ArrayList<>();
        for (Path database : site.databases()) {
            seen.add(stage.seenAs(database));
        }
        Path release = stage.release();
        Path releaseDir = Site.releaseDir(release, stage.seenHome().resolve("releases"));
        List<Config.Migration> due = dueOnTheCopy(facts);
        if (due.isEmpty()) {
            facts.put(Fact.REHEARSED_MIGRATION, 0);
            return facts.has(Fact.ARCHIVE_UNREHEARSED) ? "no database is to be migrated" : "nothing is to be migrated";
        }
        Execution execution = site.execution();
        Duration took = Duration.ZERO;
        Duration archiveTook = Duration.ZERO;
        Path archive = stage.hasArchive() ? site.archive() : null;
        for (Config.Migration step : due) {
            List<String> argv = stage.argv(
                    migration.argv(
                            step,
                            new MigrationCommand.Names(release, releaseDir, stage.seenHome(), seen, archive),
                            execution),
                    execution.directory());
            CommandRunner.Result result = watched(
                    facts,
                    () -> migration.run(
                            "rehearsing the migration" + migration.progress(step, due),
                            step,
                            argv,
                            execution,
                            stage.workingDirectory(execution.directory()),
                            step.timeout(),
                            progress));
            took = took.plus(result.took());
            facts.put(Fact.REHEARSED_MIGRATION, took.toMillis());
            if (step.of() == Subject.ARCHIVE) {
                archiveTook = archiveTook.plus(result.took());
                facts.put(Fact.REHEARSED_ARCHIVE, archiveTook.toMillis());
                facts.put(Fact.ARCHIVE_WRITTEN, stage.archiveWritten());
            }
            refuseFailed(step, result);
        }
        expectArchive(facts, due);
        return onDisk(facts);
    }

    /** Those of the archive only where it is there without being a copy: it may be far too large for one. */
    private List<Config.Migration> dueOnTheCopy(Facts facts) {
        List<Config.Migration> all = migration.due(facts);
        if (stage().hasArchive()) {
            return all;
        }
        List<Config.Migration> due =
                all.stream().filter(step -> step.of() == Subject.DATABASE).toList();
        if (due.size() < all.size()) {
            facts.put(Fact.ARCHIVE_UNREHEARSED, stage().whyNoArchive());
            Warnings.add(
                    facts,
                    List.of("the migration of the archive was not rehearsed: whether it goes well, and how long it"
                            + " takes, is not known"));
        }
        return due;
    }

    private void expectArchive(Facts facts, List<Config.Migration> due) throws Fault, IOException {
        Config.Archive archive = site.config().state().archive();
        Path live = site.archive();
        if (archive != null && live != null && due.stream().anyMatch(step -> step.of() == Subject.ARCHIVE)) {
            String is = stage().archiveVersion(archive.versionFile())
                    .map(String::valueOf)
                    .orElse("unknown");
            MigrationSteps.expectArchive(facts, site.nameOf(live), is);
        }
    }

    private void refuseFailed(Config.Migration step, CommandRunner.Result result) throws Failed {
        String log = site.nameOf(result.output());
        String cannot = step.of() == Subject.ARCHIVE ? "cannot migrate the archive" : "cannot migrate the copy";
        if (result.timedOut()) {
            throw new Failed(
                    "cannot finish the rehearsal: the migration was killed after " + Words.duration(result.took())
                            + ", its limit",
                    "what the migration said: " + log + "; give it more time as timeout in [migration]");
        }
        if (result.exitCode() != 0) {
            String said = result.lastOutput(OUTPUT_LINES).stripTrailing();
            throw new Failed(
                    cannot + ": the migration ended with " + result.howItEnded()
                            + (said.isEmpty()
                                    ? ""
                                    : "\n"
                                            + said.lines()
                                                    .map(line -> "| " + line)
                                                    .collect(Collectors.joining("\n"))),
                    "what the migration said: " + log);
        }
    }

    private static String onDisk(Facts facts) {
        return Words.format("at most %s on disk", Words.bytes(Long.parseLong(facts.require(Fact.PEAK_BYTES))));
    }

    /** What runs the release in some way. */
    @FunctionalInterface
    private interface Trying<T> {
        T run() throws Fault, IOException, InterruptedException;
    }

    private <T> T watched(Facts facts, Trying<T> trying) throws Fault, IOException, InterruptedException {
        if (use == null) {
            use = new DiskUse(stage(), migration, site.surroundings().nanos());
        }
        RehearsalWatch watch = new RehearsalWatch(site, stage(), migration, facts.isTrue(Fact.ISOLATED), use);
        T result;
        try (watch) {
            result = trying.run();
        } catch (Failed e) {
            note(facts, use);
            watch.refuseKilled();
            throw e;
        }
        note(facts, use);
        watch.refuseKilled();
        return result;
    }

    private static void note(Facts facts, DiskUse use) {
        facts.put(Fact.PEAK_BYTES, facts.number(Fact.STATE_BYTES).orElse(0L) + use.together());
        facts.put(Fact.ADDED_BYTES, use.added());
        facts.put(Fact.TEMPORARY_BYTES, use.temporary());
    }

    private String migrateByStarting(Facts facts) throws Fault, IOException, InterruptedException {
        Duration waits = site.config().health().timeout();
        long began = site.surroundings().nanos().getAsLong();
        Duration took;
        try {
            took = start(facts, waits.plus(LONGEST_AT_START));
        } catch (Failed e) {
            facts.put(Fact.REHEARSED_MIGRATION, millisSince(began));
            throw e;
        }
        facts.put(Fact.REHEARSED_MIGRATION, took.toMillis());
        facts.put(Fact.REHEARSED_START, 0);
        if (took.compareTo(waits) > 0) {
            Warnings.add(
                    facts,
                    List.of(Words.format(
                            "it took %s until it was healthy, and an install waits for %s: set timeout in [health]",
                            Words.duration(took), Words.duration(waits))));
        }
        return "healthy, " + onDisk(facts);
    }

    /** The release itself, on the migrated copy. */
    String tryStart(Facts facts) throws Fault, IOException, InterruptedException {
        if (facts.has(Fact.REHEARSED_START)) {
            return "was started to migrate";
        }
        if (!start.isAsked()) {
            facts.put(Fact.NOT_STARTED, "not tried on the copy: [rehearsal] in ccupgrade.toml names no check");
            return "not asked for";
        }
        Duration took = start(facts, site.config().health().timeout());
        facts.put(Fact.REHEARSED_START, Math.max(1, took.toMillis()));
        return "healthy after " + Words.duration(took);
    }

    private Duration start(Facts facts, Duration timeout) throws Fault, IOException, InterruptedException {
        Path release = stage().release();
        return watched(facts, () -> start.run(stage(), release, timeout, progress));
    }

    String judge(Facts facts) throws Fault, IOException {
        return copies.judge(facts, stage());
    }

    String killLeftovers(Facts facts) throws Fault, IOException, InterruptedException {
        migration.killLeftovers();
        return "";
    }

    /** Whatever the rehearsal made, it is not needed any more; not even its mounts, which went with its processes. */
    String remove(Facts facts) throws IOException {
        new StandIn(site, operation, Isolation.none()).remove();
        return "";
    }
}
