package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.saga.Ending;
import ccupgrade.saga.Facts;
import ccupgrade.saga.Failure;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Journals;
import ccupgrade.service.Status;
import ccupgrade.upgrade.Outcome.Result;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts into words how an operation ended and how things stand. */
final class Outcomes {

    /** Until one of these has begun, the service works on and nobody notices anything. */
    private static final Set<String> BEFORE_THE_DOWNTIME = Set.of(
            "stage",
            "inspect",
            "preflight",
            "precopy",
            "pre-stop",
            "guard",
            "examine",
            "copy",
            "rehearse",
            "judge",
            "try",
            "choose",
            "take");

    private final Site site;

    Outcomes(Site site) {
        this.site = site;
    }

    static Outcome nothingToDo(String kind, String headline) {
        return plain(kind, Result.NOTHING_TO_DO, headline);
    }

    static Outcome simple(String kind, String headline) {
        return plain(kind, Result.DONE, headline);
    }

    private static Outcome plain(String kind, Result result, String headline) {
        return new Outcome(0, kind, result, headline, null, List.of(), List.of(), null, null, Duration.ZERO, null);
    }

    /** @param unrecorded what the journal could not take */
    Outcome of(Journal journal, Ending ending, List<Failure> unrecorded) throws IOException, InterruptedException {
        Facts facts = journal.facts();
        List<String> warnings = new ArrayList<>(Warnings.of(facts));
        unrecorded.forEach(failure -> warnings.add(
                "the journal could not be kept, so that the next command looks at this operation once more, or ccupgrade recover: "
                        + failure.message()));
        Said said = words(journal, ending);
        recordInLedger(journal, warnings);
        return new Outcome(
                Journals.numberOf(journal),
                journal.kind(),
                said.result,
                said.headline,
                said.cause,
                situation(),
                warnings,
                said.next,
                History.downtime(facts),
                Duration.between(journal.began(), site.clock().instant()),
                rehearsal(facts));
    }

    private @Nullable RehearsalReport rehearsal(Facts facts) {
        Forecast forecast = !facts.has(Fact.REHEARSED_MIGRATION)
                ? null
                : new History(site)
                        .rehearsalOf(facts.require(Fact.SHA256))
                        .filter(rehearsed -> rehearsed.entry().passed())
                        .map(History.Rehearsed::forecast)
                        .orElse(null);
        return RehearsalReport.of(facts, forecast).orElse(null);
    }

    private record Said(
            Result result,
            String headline,
            @Nullable String cause,
            @Nullable String next) {}

    private Said words(Journal journal, Ending ending) throws IOException {
        Facts facts = journal.facts();
        String release = nameOf(facts);
        String what = switch (journal.kind()) {
            case InstallPlan.KIND -> "the install of " + release;
            case RehearsalPlan.KIND -> "the rehearsal of " + release;
            case PrunePlan.KIND -> "the prune";
            case SnapshotPlan.KIND -> "the snapshot";
            case RestorePlan.KIND -> "the restore of snapshot " + facts.require(Fact.ASKED_SNAPSHOT);
            default -> "the rollback to " + release;
        };
        if (ending instanceof Ending.Completed completed) {
            String done = switch (journal.kind()) {
                case InstallPlan.KIND -> release + " is installed";
                case RehearsalPlan.KIND -> release + " is rehearsed: nothing speaks against it";
                case PrunePlan.KIND -> "what is no longer needed is deleted";
                case SnapshotPlan.KIND -> "snapshot " + facts.require(Fact.SNAPSHOT) + " is taken";
                case RestorePlan.KIND ->
                    Words.format(
                            "the state is that of snapshot %s; what it was is kept as %s",
                            facts.require(Fact.ASKED_SNAPSHOT), facts.require(Fact.SNAPSHOT));
                default -> "went back to " + release;
            };
            List<Failure> leftOver = completed.leftOver();
            return leftOver.isEmpty()
                    ? new Said(Result.DONE, done, null, null)
                    : new Said(
                            Result.DONE,
                            done + "; some of the tidying up could not be done",
                            leftOver.get(0).message(),
                            "ccupgrade recover");
        }
        if (ending instanceof Ending.TakenBack takenBack) {
            return takenBack(journal, what, takenBack.failure());
        }
        Ending.Stuck stuck = (Ending.Stuck) ending;
        String remedy = stuck.obstacle().remedy();
        return new Said(
                Result.NEEDS_OPERATOR,
                what + " could not be taken back: somebody must look",
                (stuck.failure() == null ? "" : "first: " + stuck.failure().message() + "\nthen: ")
                        + stuck.obstacle().message(),
                (remedy == null ? "" : remedy + "; then: ") + "ccupgrade recover");
    }

    /** What cannot be read has no version, and its number says nothing to whoever gave a file. */
    private static String nameOf(Facts facts) {
        if (facts.has(Fact.VERSION) && !facts.has(Fact.RELEASE)) {
            return facts.require(Fact.VERSION);
        }
        if (facts.has(Fact.VERSION) || !facts.has(Fact.SOURCE)) {
            return facts.has(Fact.RELEASE) ? ReleaseSteps.label(facts) : "the release";
        }
        Path source = Path.of(facts.require(Fact.SOURCE));
        return String.valueOf(source.getFileName());
    }

    private Said takenBack(Journal journal, String what, @Nullable Failure failure) throws IOException {
        Facts facts = journal.facts();
        if (failure == null) {
            return new Said(
                    Result.TAKEN_BACK, what + " was interrupted, and is taken back", null, "try again when you like");
        }
        boolean untouched = isBeforeTheDowntime(failure.step());
        if (untouched) {
            boolean refused = failure.kind() == Failure.Kind.REFUSED;
            return new Said(
                    refused ? Result.REFUSED : Result.FAILED,
                    what + (refused ? " is refused: nothing was changed" : " failed before anything was changed"),
                    failure.message(),
                    failure.remedy());
        }
        String evidence = facts.get(Fact.EVIDENCE);
        String next = failure.remedy();
        if (evidence != null) {
            next = joined(next, "the state that it left is kept in " + evidence);
        }
        List<Path> outputs = MigrationCommand.outputs(site.deployment().operation(Journals.numberOf(journal)));
        String output = outputs.isEmpty() ? null : site.nameOf(outputs.get(outputs.size() - 1));
        if (output != null && (next == null || !next.contains(output))) {
            next = joined(next, "what the migration said: " + output);
        }
        String log = site.service().whereItsOutputIs().orElse(null);
        if (log != null && (next == null || !next.contains(log))) {
            next = joined(next, "what the service said: " + log);
        }
        return new Said(Result.TAKEN_BACK, what + " failed, and everything is taken back", failure.message(), next);
    }

    private static String joined(@Nullable String one, String other) {
        return one == null ? other : one + "; " + other;
    }

    static boolean isBeforeTheDowntime(String step) {
        return BEFORE_THE_DOWNTIME.contains(step);
    }

    /** How things stand now, asked anew and not concluded. */
    private List<String> situation() throws InterruptedException {
        List<String> lines = new ArrayList<>();
        try {
            Optional<Release> current = site.releases().current();
            lines.add("current release: " + current.map(Release::label).orElse("none"));
        } catch (Fault | IOException e) {
            lines.add("current release: not known, " + Failure.messageOf(e));
        }
        try {
            Status status = site.service().status();
            lines.add("service: " + describe(status));
        } catch (Fault | IOException e) {
            lines.add("service: not known, " + Failure.messageOf(e));
        }
        try {
            lines.add("schema: " + Schemas.read(site).text());
        } catch (Fault e) {
            // Without its cause, which says the same in SQLite's words.
            lines.add("schema: not known, " + e.getMessage());
        } catch (IOException e) {
            lines.add("schema: not known, " + Failure.messageOf(e));
        }
        return lines;
    }

    static String describe(Status status) {
        if (status instanceof Status.Running running) {
            return running.pid() == null ? "running" : "running as process " + running.pid();
        }
        if (status instanceof Status.Stopped stopped) {
            return stopped.how() == null ? "stopped" : "stopped (" + stopped.how() + ")";
        }
        if (status instanceof Status.Leftover leftover) {
            return "ended, but left processes running: " + leftover.pids();
        }
        return "not known, " + ((Status.Unknown) status).why();
    }

    /** The ledger is for readers: without it an upgrade is as good. */
    private void recordInLedger(Journal journal, List<String> warnings) {
        try {
            new History(site).record(journal);
        } catch (Fault e) {
            warnings.add("the history could not be written: " + Failure.messageOf(e));
        }
    }
}
