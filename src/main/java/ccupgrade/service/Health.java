package ccupgrade.service;

import ccupgrade.config.Config;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether what was started is what was meant, and well, and stays so. */
public final class Health {

    /** For one answer of the service; a command may have to start something first. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);

    /** Asked inside the downtime: a port that nobody has refuses at once. */
    private static final Duration STRANGER_LIMIT = Duration.ofSeconds(1);

    private static final int EVIDENCE_LINES = 15;

    private static final HealthCheck.Probe NOT_READY =
            new HealthCheck.Probe(false, "starting, as its manager has it: it has not said yet that it is ready");

    /** How stored releases are called: seconds of the epoch. */
    private static final Pattern RELEASE_NAME = Pattern.compile("\\d+(\\.jar)?");

    private final Deployment deployment;
    private final Clock clock;
    private final Processes processes;
    private final Launcher launcher;

    /** @param environment what ccupgrade itself was started with */
    public Health(Deployment deployment, Clock clock, Processes processes, Map<String, String> environment) {
        this.deployment = deployment;
        this.clock = clock;
        this.processes = processes;
        this.launcher = new Launcher(environment);
    }

    /** @param first of the healthy answers that never broke off until {@code confirmed} */
    public record Healthy(Instant first, Instant confirmed) {}

    /** Asks once, for a look at it. Without any check configured, a service is well that runs. */
    public HealthCheck.Probe probe(Service service, Config.Health config)
            throws Fault, IOException, InterruptedException {
        Status status = service.status();
        if (!(status instanceof Status.Running running)) {
            return new HealthCheck.Probe(false, describe(status));
        }
        if (!running.ready()) {
            return NOT_READY;
        }
        // Not every manager can tell what runs; then it is what the link names, as far as anybody knows.
        Path executable = running.executable();
        Path release = executable == null && Files.exists(deployment.link())
                ? deployment.link().toRealPath()
                : executable;
        return check(config, release).probe(answerLimit(config));
    }

    /**
     * Whether somebody else gives the healthy answer while the service is stopped: a check that such an answer passes proves nothing.
     * Commands are not asked: they may look at anything.
     *
     * @return what answered, and how
     */
    public Optional<String> answeredByAnother(Config.Health config) throws Fault, IOException, InterruptedException {
        HealthCheck check;
        if (config.http() != null) {
            check = new HttpCheck(config.http());
        } else if (config.tcp() != null) {
            check = new TcpCheck(config.tcp());
        } else {
            return Optional.empty();
        }
        HealthCheck.Probe probe = check.probe(STRANGER_LIMIT);
        return probe.healthy() ? Optional.of(probe.seen()) : Optional.empty();
    }

    /**
     * Waits for the first healthy answer, and then until the service has stayed healthy for as long as configured. A wrong answer in
     * between starts that over, as long as the time allowed is not up. An end or a restart of the service is a failure at once.
     *
     * @param expected the stored release that should be running
     * @throws Failed when it is not so: says what was seen last, after how long, and what the service said
     */
    public Healthy await(Service service, Path expected, Config.Health config, Progress progress)
            throws Fault, IOException, InterruptedException {
        return await(service, expected, check(config, real(expected)), config, progress);
    }

    /**
     * The same by a check of the caller's.
     *
     * @param config for the times
     */
    public Healthy await(Service service, Path expected, HealthCheck check, Config.Health config, Progress progress)
            throws Fault, IOException, InterruptedException {
        progress.begin("waiting until " + service.called() + " is healthy", -1);
        try {
            return awaitUnderProgress(service, real(expected), check, config, progress);
        } finally {
            progress.end();
        }
    }

    private Healthy awaitUnderProgress(
            Service service, Path expected, HealthCheck check, Config.Health config, Progress progress)
            throws Fault, IOException, InterruptedException {
        Limit limit = new Limit(config.timeout());
        Status.@Nullable Running before = null;
        String seen = "nothing asked yet";
        Limit stable = null;
        Instant first = Instant.MAX;
        for (long pause = 100; ; pause = Math.min(1000, pause * 3 / 2)) {
            Status status = service.status();
            HealthCheck.Probe probe;
            if (status instanceof Status.Running running) {
                refuseRestart(service, before, running, limit);
                refuseOther(service, running, expected);
                before = before == null || before.pid() == null ? running : before;
                probe = running.ready() ? check.probe(shorter(answerLimit(config), limit)) : NOT_READY;
            } else if (status instanceof Status.Unknown unknown) {
                probe = new HealthCheck.Probe(false, unknown.why());
            } else {
                throw failed(
                        service,
                        "cannot keep " + service.called() + " running: it ended within "
                                + Words.duration(limit.passed()) + " (" + describe(status) + "); seen before that: "
                                + seen);
            }
            seen = probe.seen();
            progress.at(limit.passed().toMillis());
            if (!probe.healthy()) {
                stable = null;
                if (limit.isOver()) {
                    throw failed(
                            service,
                            "cannot confirm that " + service.called() + " is healthy: after "
                                    + Words.duration(limit.passed()) + " still " + seen);
                }
                Thread.sleep(pause);
                continue;
            }
            if (stable == null) {
                stable = new Limit(config.stable());
                first = clock.instant();
            }
            if (stable.isOver()) {
                return new Healthy(first, clock.instant());
            }
            stable.sleep(pause);
        }
    }

    private void refuseRestart(Service service, Status.@Nullable Running before, Status.Running now, Limit limit)
            throws Failed, InterruptedException {
        if (before == null || before.pid() == null) {
            return;
        }
        if (now.restarts() > before.restarts() || (now.pid() != null && !Objects.equals(before.pid(), now.pid()))) {
            throw failed(
                    service,
                    "cannot keep " + service.called() + " running: it ended and was started again within "
                            + Words.duration(limit.passed()) + " (process " + before.pid() + ", then " + now.pid()
                            + ")");
        }
    }

    private void refuseOther(Service service, Status.Running running, Path expected)
            throws Failed, InterruptedException {
        Optional<Path> other = otherRelease(running, expected);
        if (other.isPresent()) {
            throw failed(
                    service,
                    "cannot take the start for done: what runs is " + other.get() + " and not "
                            + expected.getFileName());
        }
    }

    /**
     * The release that provably runs in place of the expected one. Where nothing is seen of either, as behind a wrapper script, nothing
     * is proved: a JVM keeps its jar open, and an executable is its process's program.
     */
    private Optional<Path> otherRelease(Status.Running running, Path expected) {
        if (running.executable() != null && !real(running.executable()).equals(expected)) {
            return Optional.of(running.executable());
        }
        Path all = real(deployment.releases());
        Path releases = expected.startsWith(all) ? all : expected.getParent();
        if (running.pid() == null || releases == null) {
            return Optional.empty();
        }
        Path wanted = releases.resolve(releases.relativize(expected).getName(0));
        Path other = null;
        for (Path file : processes.openFiles(running.pid())) {
            if (file.startsWith(releases) && !file.equals(releases)) {
                Path release = releases.resolve(releases.relativize(file).getName(0));
                if (release.equals(wanted)) {
                    return Optional.empty();
                }
                if (RELEASE_NAME.matcher(String.valueOf(release.getFileName())).matches()) {
                    other = release;
                }
            }
        }
        return Optional.ofNullable(other);
    }

    private HealthCheck check(Config.Health config, @Nullable Path release) throws Fault {
        if (config.http() != null) {
            return new HttpCheck(config.http());
        }
        if (config.tcp() != null) {
            return new TcpCheck(config.tcp());
        }
        if (config.command().isEmpty()) {
            return limit -> new HealthCheck.Probe(true, "it runs");
        }
        Map<String, String> values = new HashMap<>();
        values.put("home", deployment.home().toString());
        values.put("name", deployment.config().name());
        values.put("link", deployment.link().toString());
        if (release != null) {
            values.put("release", release.toString());
        }
        List<String> argv = Placeholders.expand("command in [health]", config.command(), values);
        return new CommandCheck(
                new Capture(launcher),
                argv.get(0),
                argv,
                deployment.home(),
                deployment.config().service().environment());
    }

    private static Duration answerLimit(Config.Health config) {
        return config.command().isEmpty() ? ANSWER_LIMIT : COMMAND_LIMIT;
    }

    /** Near the end of the time allowed no longer than needed, but never so short that a good answer cannot come. */
    private static Duration shorter(Duration answer, Limit limit) {
        Duration left = limit.left().compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : limit.left();
        return left.compareTo(answer) < 0 ? left : answer;
    }

    private static Failed failed(Service service, String message) throws InterruptedException {
        return new Failed(
                Phrases.withEvidence(message, service.recentOutput(EVIDENCE_LINES)),
                service.log().map(log -> "its output is in " + log).orElse(null));
    }

    private static String describe(Status status) {
        if (status instanceof Status.Stopped stopped) {
            return stopped.how() == null ? "stopped" : stopped.how();
        }
        if (status instanceof Status.Leftover leftover) {
            return "only processes that it started are left: " + leftover.pids();
        }
        return status instanceof Status.Unknown unknown ? unknown.why() : "running";
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            // Not there (any more): its name still says which one was meant.
            return path.toAbsolutePath().normalize();
        }
    }
}
