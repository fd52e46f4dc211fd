package ccupgrade.service;

import ccupgrade.config.Config;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Commands of the administrator's, run without a shell. {@code {home}}, {@code {name}} and {@code {link}} can be used in all of them,
 * {@code {release}} in {@code start}: a service can have to be stopped when nobody knows what it was started from.
 *
 * <p>{@code status} exits with 0 when the service runs and with anything else when not (3, by the custom of init scripts), but for 126 and
 * 127, by which shells say that it could not be run. Processes are
 * not known, so none is ever killed.
 */
final class CommandService implements Service {

    /** A status command answers a question; one that hangs would make every command hang. */
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(10);

    private static final int EVIDENCE_LINES = 15;

    private final Deployment deployment;
    private final Disk disk;
    private final Launcher launcher;
    private final Config.Service config;
    private long logBegin;

    CommandService(Deployment deployment, Disk disk, Launcher launcher) {
        this.deployment = deployment;
        this.disk = disk;
        this.launcher = launcher;
        this.config = deployment.config().service();
    }

    @Override
    public Status status() throws Fault, InterruptedException {
        Capture.Answer answer = new Capture(launcher)
                .run(
                        Placeholders.expand("status in [service]", config.status(), values()),
                        deployment.home(),
                        config.environment(),
                        STATUS_LIMIT);
        if (answer.timedOut()) {
            return new Status.Unknown("the status command gave no answer within " + Words.duration(STATUS_LIMIT));
        }
        return switch (answer.exitCode()) {
            case 0 -> new Status.Running(null, null, null, 0);
            case 3 -> new Status.Stopped(null);
            // As a shell has it: what was to be asked is not there, or cannot be run.
            case 126, 127 -> new Status.Unknown("the status command cannot be run: " + answer.lastWords());
            default -> new Status.Stopped("the status command says " + answer.lastWords());
        };
    }

    @Override
    public void start(Path release) throws Fault, IOException, InterruptedException {
        if (status() instanceof Status.Running) {
            return;
        }
        Map<String, String> values = values();
        values.put("release", release.toAbsolutePath().toString());
        Limit limit = new Limit(config.startTimeout());
        run("start", config.start(), values, limit);
        await("start", Status.Running.class, limit, config.startTimeout());
    }

    @Override
    public void stop() throws Fault, IOException, InterruptedException {
        if (status() instanceof Status.Stopped) {
            return;
        }
        Limit limit = new Limit(config.stopTimeout());
        run("stop", config.stop(), values(), limit);
        await("stop", Status.Stopped.class, limit, config.stopTimeout());
    }

    @Override
    public Optional<Path> log() {
        return Files.exists(deployment.serviceLog()) ? Optional.of(deployment.serviceLog()) : Optional.empty();
    }

    @Override
    public String recentOutput(int lines) {
        return Tail.of(deployment.serviceLog(), logBegin, lines);
    }

    /** Into a file and not a pipe: what it starts keeps writing there after ccupgrade has ended. */
    private void run(String verb, List<String> argv, Map<String, String> values, Limit limit)
            throws Fault, IOException, InterruptedException {
        disk.createDirectories(deployment.dotDirectory());
        disk.append(deployment.serviceLog(), new byte[0]);
        logBegin = Files.size(deployment.serviceLog());
        List<String> words = Placeholders.expand(verb + " in [service]", argv, values);
        Process process = Launcher.start(
                launcher.prepareDetached(words, deployment.home(), config.environment(), deployment.serviceLog()));
        boolean ended = false;
        try {
            ended = process.waitFor(limit.left().toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            if (!ended) {
                process.destroyForcibly();
            }
        }
        if (!ended) {
            throw failed(
                    verb, "the command " + words.get(0) + " had not ended after " + Words.duration(limit.passed()));
        }
        if (process.exitValue() != 0) {
            throw failed(verb, "the command " + words.get(0) + " ended with " + Phrases.exit(process.exitValue()));
        }
    }

    private void await(String verb, Class<? extends Status> wanted, Limit limit, Duration allowed)
            throws Fault, InterruptedException {
        while (!wanted.isInstance(status())) {
            if (limit.isOver()) {
                throw failed(
                        verb,
                        "the command " + verb + " succeeded, but after " + Words.duration(allowed)
                                + " status still says " + (wanted == Status.Running.class ? "stopped" : "running"));
            }
            limit.sleep(100);
        }
    }

    private Failed failed(String verb, String why) {
        return new Failed(
                Phrases.withEvidence("cannot " + verb + " the service: " + why, recentOutput(EVIDENCE_LINES)),
                "run the command " + verb + " of [service] by hand; its output is in " + deployment.serviceLog());
    }

    private Map<String, String> values() {
        Map<String, String> values = new HashMap<>();
        values.put("home", deployment.home().toString());
        values.put("name", deployment.config().name());
        values.put("link", deployment.link().toString());
        return values;
    }
}
