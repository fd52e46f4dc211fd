package ccupgrade.upgrade;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.release.Inspection;
import ccupgrade.release.Kind;
import ccupgrade.release.Release;
import ccupgrade.release.ReleaseRecord;
import ccupgrade.release.ReleaseStore;
import ccupgrade.release.Staged;
import ccupgrade.release.Verdict;
import ccupgrade.saga.Facts;
import ccupgrade.saga.Failure;
import ccupgrade.saga.Saga;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The steps that are about releases and the link. */
final class ReleaseSteps {

    /** Where a failure is the release's own: it was given the state and did not do well on it. */
    private static final Set<String> ON_TRIAL = Set.of("migrate", "check", "start", "health", "verify");

    private final Site site;
    private final ReleaseStore releases;
    private final Progress progress;

    ReleaseSteps(Site site, Progress progress) {
        this.site = site;
        this.releases = site.releases();
        this.progress = progress;
    }

    static long epoch(Facts facts) {
        return Long.parseLong(facts.require(Fact.RELEASE));
    }

    static String label(Facts facts) {
        String version = facts.get(Fact.VERSION);
        return version == null ? facts.require(Fact.RELEASE) : version + " (" + facts.require(Fact.RELEASE) + ")";
    }

    void choose(Facts facts) throws IOException {
        facts.put(Fact.RELEASE, releases.nextEpoch());
    }

    String stage(Facts facts) throws Fault, IOException {
        Path source = Path.of(facts.require(Fact.SOURCE));
        long epoch = epoch(facts);
        releases.stage(source, epoch, progress);
        facts.put(Fact.SHA256, Checksum.sha256(releases.stagingPath(epoch), progress));
        return "as " + epoch;
    }

    String inspectAndPublish(Facts facts) throws Fault, IOException, InterruptedException {
        long epoch = epoch(facts);
        Path source = Path.of(facts.require(Fact.SOURCE));
        String name = String.valueOf(source.getFileName());
        // The copy is looked at and not the source, which somebody may be replacing right now.
        List<String> proved = site.authenticity()
                .check(releases.stagingPath(epoch), source, facts.require(Fact.SHA256), ProofFacts.of(facts));
        Staged staged = releases.open(epoch, name, progress);
        Inspection inspection = site.inspector().inspect(staged, name, progress);
        ReleaseVersions.Answer versions = new ReleaseVersions(site).of(staged, inspection.migrations());
        Warnings.add(facts, versions.warnings());
        ReleaseRecord record =
                recordOf(inspection, facts, source).withSupports(versions.version(), versions.supports());
        if (record.version() != null) {
            facts.put(Fact.VERSION, record.version());
        }
        releases.publish(epoch, staged, record, progress);
        return describe(inspection, proved);
    }

    private ReleaseRecord recordOf(Inspection inspection, Facts facts, Path source) {
        ReleaseRecord record = ReleaseRecord.of(
                inspection,
                facts.require(Fact.SHA256),
                String.valueOf(source.getFileName()),
                site.clock().instant());
        String name = facts.get(Fact.NAME);
        return name == null ? record : record.withTitle(name);
    }

    /** @param proved where it comes from */
    static String describe(Inspection inspection, List<String> proved) {
        List<String> parts = new ArrayList<>();
        parts.add(inspection.title() + (inspection.version() == null ? "" : " " + inspection.version()));
        if (inspection.kind() != Kind.JAR) {
            String executable = inspection.executable();
            parts.add(inspection.kind().word() + (executable == null ? "" : " with " + executable));
        }
        if (inspection.needsJava()) {
            parts.add("Java " + inspection.javaVersion());
        }
        int migrations = inspection.migrations().size();
        if (migrations > 0) {
            parts.add(migrations + (migrations == 1 ? " migration" : " migrations"));
        }
        parts.addAll(proved);
        return String.join(", ", parts);
    }

    /** A release that was given the state and failed on it stays, marked bad; any other leaves no trace. */
    String discard(Facts facts) throws Fault, IOException {
        long epoch = epoch(facts);
        Optional<Release> stored = releases.find(epoch);
        if (stored.isPresent() && failedOnTrial(facts)) {
            String reason = Words.firstLine(facts.require(Saga.FAILED_MESSAGE));
            ReleaseRecord bad = stored.get().record().withVerdict(Verdict.BAD, reason);
            // Known once the release has come as far as to run: whoever names it may go back to it on the same schema.
            String schema = facts.get(Fact.SCHEMA_AFTER);
            return markBad(epoch, schema == null ? bad : bad.withSchemaWhenLeft(schema));
        }
        releases.remove(epoch);
        return "";
    }

    /** A disk that is too full for the mark is no reason not to go back: a release that is not there is not chosen either. */
    private String markBad(long epoch, ReleaseRecord bad) throws Fault, IOException {
        try {
            releases.update(epoch, bad);
            return "release " + epoch + " is kept, marked bad";
        } catch (Failed e) {
            releases.remove(epoch);
            return "release " + epoch + " is removed, because it could not be marked bad: " + Failure.messageOf(e);
        }
    }

    private static boolean failedOnTrial(Facts facts) {
        String step = facts.get(Saga.FAILED_STEP);
        return step != null
                && ON_TRIAL.contains(step)
                && !Failure.Kind.CANCELLED.name().equals(facts.get(Saga.FAILED_KIND));
    }

    /** The link must still be as it was found at the beginning: somebody else's change is not ours to overwrite. */
    void noteCurrent(Facts facts) throws Fault, IOException {
        Optional<Long> now = releases.current().map(Release::epoch);
        Optional<Long> atFirst = facts.number(Fact.PREVIOUS);
        if (!now.equals(atFirst)) {
            throw new Refused(
                    Words.format(
                            "cannot replace %s: it named %s when the operation began and names %s now",
                            site.nameOf(site.deployment().link()),
                            atFirst.map(String::valueOf).orElse("nothing"),
                            now.map(String::valueOf).orElse("nothing")),
                    "find out who changed it, then try again");
        }
    }

    String activate(Facts facts) throws Fault, IOException {
        releases.activate(epoch(facts));
        return site.nameOf(site.deployment().link()) + " → " + label(facts);
    }

    String activatePrevious(Facts facts) throws Fault, IOException {
        Optional<Long> previous = facts.number(Fact.PREVIOUS);
        if (previous.isEmpty()) {
            releases.deactivate();
            return "nothing was installed before";
        }
        releases.activate(previous.get());
        return site.nameOf(site.deployment().link()) + " → " + previous.get();
    }

    String keep(Facts facts) throws Fault, IOException {
        Release now = stored(epoch(facts));
        releases.update(
                now.epoch(), now.record().withVerdict(Verdict.GOOD, null).withWithdrawn(false));
        Optional<Long> previous = facts.number(Fact.PREVIOUS);
        if (previous.isPresent()) {
            Optional<Release> before = releases.find(previous.get());
            if (before.isPresent()) {
                ReleaseRecord left = whenLeft(before.get().record(), facts);
                releases.update(previous.get(), left.withWithdrawn(now.epoch() < previous.get()));
            }
        }
        return "release " + label(facts) + " is good";
    }

    private static ReleaseRecord whenLeft(ReleaseRecord record, Facts facts) {
        ReleaseRecord left = record.withSchemaWhenLeft(facts.require(Fact.SCHEMA_BEFORE));
        // Put there by hand, it never had a verdict; but it ran, and was well.
        boolean proved = record.verdict() == Verdict.UNTRIED && facts.isTrue(Fact.WAS_HEALTHY);
        return proved ? left.withVerdict(Verdict.GOOD, null) : left;
    }

    private Release stored(long epoch) throws Fault, IOException {
        Optional<Release> release = releases.find(epoch);
        if (release.isEmpty()) {
            throw new Refused(
                    "cannot find release " + epoch + " in "
                            + site.nameOf(site.deployment().releases()),
                    null);
        }
        return release.get();
    }
}
