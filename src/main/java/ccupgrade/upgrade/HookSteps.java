package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.saga.Facts;
import ccupgrade.saga.Failure;
import ccupgrade.saga.Journal;
import ccupgrade.saga.Step;
import ccupgrade.service.CommandRunner;
import ccupgrade.upgrade.Hooks.Moment;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps that run hooks. Those before the commit are part of the upgrade: one that fails has it taken back. Those at the end only tell
 * others; what comes of them changes nothing any more.
 */
final class HookSteps {

    private static final int OUTPUT_LINES = 5;

    private final Site site;
    private final long operation;
    private final String kind;
    private final Progress progress;
    private final Hooks hooks;
    private final CommandRunner runner;

    /** @param kind of the operation: install or rollback */
    HookSteps(Site site, long operation, String kind, Progress progress) {
        this.site = site;
        this.operation = operation;
        this.kind = kind;
        this.progress = progress;
        this.hooks = new Hooks(site);
        this.runner = new CommandRunner(
                site.disk(),
                site.surroundings().processes(),
                site.surroundings().environment());
    }

    /** As one step of a plan, which the journal knows by the moment's name. */
    Step step(Moment moment) {
        return moment == Moment.ON_SUCCESS
                ? Step.finishing(moment.word(), this::tellSuccess)
                : new Step(moment.word(), facts -> {}, facts -> require(moment, facts), facts -> killLeftovers());
    }

    private String require(Moment moment, Facts facts) throws Fault, IOException, InterruptedException {
        List<Path> all = hooks.of(moment);
        for (Path hook : all) {
            Optional<String> failure = run(moment, hook, environment(facts));
            if (failure.isPresent()) {
                throw new Failed(
                        "cannot go on: " + failure.get(),
                        Words.format(
                                "see what it wants; to go on without it, rename %s to %s.disabled",
                                site.nameOf(hook), hook.getFileName()));
            }
        }
        return said(all);
    }

    private static String said(List<Path> all) {
        return all.stream()
                .map(hook -> hook.getFileName().toString())
                .reduce("", (a, b) -> a.isEmpty() ? b : a + ", " + b);
    }

    private String killLeftovers() throws Fault, IOException, InterruptedException {
        runner.killLeftovers(CommandRunner.marker(site.deployment().home(), operation));
        return "";
    }

    /** May be done a second time after a crash. */
    private String tellSuccess(Facts facts) throws Fault, IOException, InterruptedException {
        killLeftovers();
        Map<String, String> environment = environment(facts);
        environment.put("CCUPGRADE_RESULT", "done");
        Duration downtime = History.downtime(facts);
        if (downtime != null) {
            environment.put("CCUPGRADE_DOWNTIME_MS", Long.toString(downtime.toMillis()));
        }
        Warnings.add(facts, tell(Moment.ON_SUCCESS, environment));
        return said(hooks.of(Moment.ON_SUCCESS));
    }

    /**
     * When all is over, and it did not end as asked.
     *
     * @return what became of the hooks themselves, for the user; never a failure
     */
    List<String> tellFailure(Journal journal, Outcome outcome) throws InterruptedException {
        try {
            Map<String, String> environment = environment(journal.facts());
            environment.put(
                    "CCUPGRADE_RESULT",
                    outcome.result().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            environment.put("CCUPGRADE_MESSAGE", outcome.cause() == null ? outcome.headline() : outcome.cause());
            return tell(Moment.ON_FAILURE, environment);
        } catch (Fault | IOException e) {
            return List.of("hooks of on-failure were not run: " + e.getMessage());
        }
    }

    private List<String> tell(Moment moment, Map<String, String> environment) throws InterruptedException, IOException {
        List<String> failures = new ArrayList<>();
        for (Path hook : hooks.of(moment)) {
            try {
                run(moment, hook, environment).ifPresent(failures::add);
            } catch (Fault | IOException e) {
                failures.add(naming(hook, Failure.messageOf(e)));
            }
        }
        return failures;
    }

    private static String naming(Path hook, String message) {
        String name = "hook " + Hooks.nameOf(hook);
        return message.startsWith(name) ? message : name + ": " + message;
    }

    /** What was wrong with it; empty when it ended with 0. */
    private Optional<String> run(Moment moment, Path hook, Map<String, String> environment)
            throws Fault, IOException, InterruptedException {
        Path output = site.deployment().operation(operation).resolve("hooks.log");
        environment.put("CCUPGRADE_HOOK", moment.word());
        site.disk().append(output, ("== " + Hooks.nameOf(hook) + "\n").getBytes(StandardCharsets.UTF_8));
        CommandRunner.Result result = runner.run(
                new CommandRunner.Command(
                        "hook " + Hooks.nameOf(hook),
                        List.of(hook.toAbsolutePath().toString()),
                        site.deployment().home(),
                        environment,
                        CommandRunner.marker(site.deployment().home(), operation),
                        output,
                        site.config().hooks().timeout()),
                progress);
        if (!result.timedOut() && result.exitCode() == 0) {
            return Optional.empty();
        }
        String how = result.timedOut()
                ? "was killed after " + Words.duration(result.took()) + ", its limit"
                : "ended with " + result.howItEnded();
        return Optional.of(Words.format("hook %s %s: %s", Hooks.nameOf(hook), how, lastWords(result, output)));
    }

    private String lastWords(CommandRunner.Result result, Path output) {
        String[] lines = result.lastOutput(OUTPUT_LINES).stripTrailing().split("\n");
        String last = lines[lines.length - 1];
        return (last.startsWith("== ") ? "it said nothing" : "'" + last + "'") + ", see " + site.nameOf(output);
    }

    private Map<String, String> environment(Facts facts) throws Fault, IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("CCUPGRADE_COMMAND", kind);
        environment.put("CCUPGRADE_HOME", site.deployment().home().toString());
        environment.put("CCUPGRADE_NAME", site.config().name());
        environment.put("CCUPGRADE_OPERATION_NUMBER", Long.toString(operation));
        environment.put("CCUPGRADE_WHO", facts.has(Fact.WHO) ? facts.require(Fact.WHO) : "");
        // Of a release that was taken back only the journal still knows the version.
        put(environment, "CCUPGRADE_RELEASE", facts.number(Fact.RELEASE), facts.get(Fact.VERSION));
        put(environment, "CCUPGRADE_PREVIOUS", facts.number(Fact.PREVIOUS), null);
        return environment;
    }

    /** Number, version and file; each is there and empty where it is not known, so that a script can rely on them. */
    private void put(Map<String, String> environment, String name, Optional<Long> epoch, @Nullable String told)
            throws Fault, IOException {
        Optional<Release> release =
                epoch.isEmpty() ? Optional.empty() : site.releases().find(epoch.get());
        String version = release.map(known -> known.record().version()).orElse(told);
        environment.put(name, epoch.map(String::valueOf).orElse(""));
        environment.put(name + "_VERSION", version == null ? "" : version);
        environment.put(
                name + "_FILE", release.map(known -> known.file().toString()).orElse(""));
    }
}
