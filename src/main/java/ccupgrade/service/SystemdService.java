package ccupgrade.service;

import ccupgrade.config.Config;
import ccupgrade.config.Deployment;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Misuse;
import ccupgrade.words.Words;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A unit of systemd's.
 *
 * <p>What systemd is in the middle of counts as running, because state may be open. A unit that waits to be started again after a
 * failure counts as stopped: nothing of it runs, and {@link #stop} takes the waiting restart away.
 */
final class SystemdService implements Service {

    private static final String PROPERTIES =
            "ActiveState,SubState,MainPID,NRestarts,ExecMainCode,ExecMainStatus,Result,Type,TimeoutStartUSec,TimeoutStopUSec,InvocationID";
    private static final int EVIDENCE_LINES = 15;

    /** For systemd to end what it has given up. */
    private static final Duration AFTER_SYSTEMDS = Duration.ofSeconds(10);

    private final Processes processes;
    private final Launcher launcher;
    private final Systemctl systemctl;
    private final Path home;
    private final Config.Service config;
    private final Duration healthTimeout;

    SystemdService(Deployment deployment, Processes processes, Launcher launcher) {
        this.processes = processes;
        this.launcher = launcher;
        this.home = deployment.home();
        this.systemctl = new Systemctl(launcher, home);
        this.config = deployment.config().service();
        this.healthTimeout = deployment.config().health().timeout();
    }

    @Override
    public Status status() throws Fault, InterruptedException {
        Map<String, String> unit = show();
        String active = unit.getOrDefault("ActiveState", "");
        String sub = unit.getOrDefault("SubState", "");
        return switch (active) {
            case "inactive", "failed" -> new Status.Stopped(howItEnded(unit));
            case "active", "reloading", "refreshing", "deactivating", "maintenance" -> running(unit);
            case "activating" ->
                sub.startsWith("auto-restart")
                        ? new Status.Stopped("waiting to be started again after " + howItEnded(unit))
                        : running(unit);
            default -> new Status.Unknown("systemd says ActiveState=" + active + ", SubState=" + sub);
        };
    }

    @Override
    public void start(Path release) throws Fault, InterruptedException {
        Map<String, String> unit = show();
        if (isUp(unit)) {
            return;
        }
        // After too many starts in a short time systemd refuses one more, and those of a failed upgrade count too.
        systemctl.run(List.of("reset-failed", unit()), Systemctl.ANSWER_LIMIT);
        Duration patience = patience(unit);
        Capture.Answer answer = systemctl.run(List.of("start", unit()), patience);
        if (answer.timedOut()) {
            throw failed("start", "systemctl had not ended after " + Words.duration(patience));
        }
        if (answer.exitCode() != 0) {
            // What follows only says where to look.
            throw failed("start", answer.firstWords());
        }
        if (status() instanceof Status.Stopped stopped) {
            throw failed("start", "it ended at once: " + stopped.how());
        }
    }

    /** One that is just being started is not up yet: {@code systemctl start} waits for that start. */
    private static boolean isUp(Map<String, String> unit) {
        return List.of("active", "reloading", "refreshing").contains(unit.getOrDefault("ActiveState", ""));
    }

    /**
     * Ours is to be over after systemd's own, which knows more of why. Where that has no end, a release that migrates before it says
     * that it is ready has the time of the health check for it.
     */
    private Duration patience(Map<String, String> unit) {
        String systemds = unit.getOrDefault("TimeoutStartUSec", "");
        Duration least = systemds.equals("infinity")
                ? healthTimeout
                : SystemdText.span(systemds)
                        .map(span -> span.plus(AFTER_SYSTEMDS))
                        .orElse(Duration.ZERO);
        return least.compareTo(config.startTimeout()) > 0 ? least : config.startTimeout();
    }

    /** Who is killed by us before systemd would have done it had more to write than we know. */
    private Duration patienceWithTheEnd(Map<String, String> unit) {
        Duration least = SystemdText.span(unit.getOrDefault("TimeoutStopUSec", ""))
                .map(span -> span.plus(AFTER_SYSTEMDS))
                .orElse(Duration.ZERO);
        return least.compareTo(config.stopTimeout()) > 0 ? least : config.stopTimeout();
    }

    @Override
    public Optional<Duration> longestStart() throws Fault, InterruptedException {
        Map<String, String> unit = show();
        // Of the other types the start is over as soon as the process is there.
        boolean waits = List.of("notify", "notify-reload", "forking", "dbus").contains(unit.getOrDefault("Type", ""));
        return waits ? SystemdText.span(unit.getOrDefault("TimeoutStartUSec", "")) : Optional.empty();
    }

    @Override
    public void stop() throws Fault, InterruptedException {
        if (isGone()) {
            return;
        }
        Capture.Answer answer = systemctl.run(List.of("stop", unit()), patienceWithTheEnd(show()));
        if (answer.timedOut()) {
            systemctl.run(List.of("kill", "--signal=KILL", unit()), Systemctl.ANSWER_LIMIT);
        } else if (answer.exitCode() != 0) {
            throw failed("stop", answer.lastWords());
        }
        Limit limit = new Limit(Duration.ofSeconds(10));
        while (!isGone()) {
            if (limit.isOver()) {
                throw failed("stop", "systemd says that it is still there");
            }
            limit.sleep(100);
        }
    }

    @Override
    public Optional<Path> log() {
        return Optional.empty();
    }

    @Override
    public Optional<String> whereItsOutputIs() {
        return config.unit() == null ? Optional.empty() : Optional.of("journalctl --unit=" + config.unit());
    }

    /** Of the last start alone, with what systemd itself says of it. */
    @Override
    public String recentOutput(int lines) throws InterruptedException {
        try {
            List<String> argv =
                    new ArrayList<>(List.of("journalctl", "--lines=" + lines, "--output=cat", "--no-pager", "--quiet"));
            String start = show().getOrDefault("InvocationID", "");
            argv.addAll(
                    start.isEmpty()
                            ? List.of("--unit=" + unit())
                            : List.of("_SYSTEMD_INVOCATION_ID=" + start, "+", "INVOCATION_ID=" + start));
            // What a process said last may still be on its way; whoever is not root has to do without.
            ask(List.of("journalctl", "--sync"));
            Capture.Answer answer = ask(argv);
            return answer.exitCode() == 0 ? answer.output().stripTrailing() : "";
        } catch (Fault e) {
            // Evidence for another failure, which must not be replaced by this one.
            return "";
        }
    }

    private Capture.Answer ask(List<String> argv) throws Failed, InterruptedException {
        return new Capture(launcher).run(argv, home, Map.of(), Systemctl.ANSWER_LIMIT);
    }

    /** Stopped, and not about to be started again. */
    private boolean isGone() throws Fault, InterruptedException {
        String active = show().getOrDefault("ActiveState", "");
        return active.equals("inactive") || active.equals("failed");
    }

    private Status.Running running(Map<String, String> unit) throws Misuse {
        long pid = number(unit, "MainPID");
        return new Status.Running(
                pid == 0 ? null : pid,
                pid == 0 ? null : processes.startedAt(pid).orElse(null),
                null,
                (int) number(unit, "NRestarts"),
                !unit.getOrDefault("ActiveState", "").equals("activating"));
    }

    private static @Nullable String howItEnded(Map<String, String> unit) {
        String result = unit.getOrDefault("Result", "success");
        long status = number(unit, "ExecMainStatus");
        // ExecMainCode is siginfo's: 1 exited, 2 killed by a signal, 3 the same with a core file.
        String how = switch ((int) number(unit, "ExecMainCode")) {
            case 1 -> Phrases.exit((int) status);
            case 2, 3 -> Phrases.signal((int) status);
            default -> null;
        };
        boolean isTold = result.equals("success") || result.equals("exit-code") || result.equals("signal");
        if (isTold) {
            return how;
        }
        return how == null ? result : how + " (" + result + ")";
    }

    private static long number(Map<String, String> unit, String property) {
        String value = unit.getOrDefault(property, "");
        return value.matches("\\d{1,18}") ? Long.parseLong(value) : 0;
    }

    private Map<String, String> show() throws Fault, InterruptedException {
        return systemctl.show(unit(), PROPERTIES);
    }

    private Failed failed(String verb, String why) throws Fault, InterruptedException {
        return new Failed(
                Phrases.withEvidence("cannot " + verb + " " + unit() + ": " + why, recentOutput(EVIDENCE_LINES)),
                "systemctl status " + unit());
    }

    private String unit() throws Misuse {
        if (config.unit() == null) {
            throw new Misuse("cannot manage the service: unit is missing in [service]", "unit = \"NAME.service\"");
        }
        return config.unit();
    }
}
