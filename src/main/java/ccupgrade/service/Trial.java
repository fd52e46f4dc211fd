package ccupgrade.service;

import ccupgrade.disk.Disk;
import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A release that is started beside the service, to see whether it gets well: a child of this command that no manager knows, and that
 * carries the marker of an operation and not that of the service.
 */
public final class Trial implements Service {

    private final CommandRunner.Command command;
    private final Duration stopTimeout;
    private final Disk disk;
    private final Processes processes;
    private final Launcher launcher;
    private final Marker marker;
    private final KeptOutput output;
    private @Nullable Process child;
    private long outputBegin;

    /**
     * @param command its time limit is of no meaning here
     * @param stopTimeout from SIGTERM to SIGKILL
     * @param environment what ccupgrade itself was started with
     */
    public Trial(
            CommandRunner.Command command,
            Duration stopTimeout,
            Disk disk,
            Processes processes,
            Map<String, String> environment) {
        this.command = command;
        this.stopTimeout = stopTimeout;
        this.disk = disk;
        this.processes = processes;
        this.launcher = new Launcher(environment);
        this.marker = new Marker(Marker.OPERATION, command.marker());
        this.output = new KeptOutput(disk, command.output());
    }

    /**
     * A command of a check, that is ended with the release.
     *
     * @param name what a reader knows it by
     */
    public HealthCheck check(String name, List<String> argv) {
        return new CommandCheck(new Capture(launcher), name, argv, command.directory(), environment());
    }

    private Map<String, String> environment() {
        Map<String, String> added = new HashMap<>(command.environment());
        added.put(marker.name(), marker.value());
        return added;
    }

    @Override
    public String called() {
        return command.what();
    }

    @Override
    public Status status() throws IOException, InterruptedException {
        output.keepSmall();
        Process started = child;
        if (started != null && started.isAlive()) {
            return new Status.Running(started.pid(), null, null, 0);
        }
        List<Processes.Seen> left = marker.find(processes);
        if (!left.isEmpty()) {
            return new Status.Leftover(left.stream().map(Processes.Seen::pid).toList());
        }
        return new Status.Stopped(started == null ? null : Phrases.exit(started.exitValue()));
    }

    /** @param release of no meaning: the command names it as the release itself sees it */
    @Override
    public void start(Path release) throws Fault, IOException {
        disk.append(command.output(), new byte[0]);
        outputBegin = Files.size(command.output());
        child = Launcher.start(
                launcher.prepareDetached(command.argv(), command.directory(), environment(), command.output()));
    }

    @Override
    public void stop() throws Fault, IOException, InterruptedException {
        new Ending(processes).end(command.what(), () -> marker.find(processes), stopTimeout);
        output.finish();
    }

    @Override
    public Optional<Path> log() {
        return Optional.of(command.output());
    }

    @Override
    public String recentOutput(int lines) {
        return Tail.of(command.output(), outputBegin, lines);
    }
}
