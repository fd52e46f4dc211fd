package ccupgrade.service;

import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs one long command to its end, a migration, and answers for everything that it started. */
public final class CommandRunner {

    /** Time to say last words after SIGTERM. What it did is taken back anyway. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** The last processes of a pipeline end a little after the first. */
    private static final Duration TO_TIDY_UP = Duration.ofSeconds(1);

    private static final long SIGN_OF_LIFE_MILLIS = 100;

    private final Disk disk;
    private final Processes processes;
    private final Launcher launcher;

    /** @param environment what ccupgrade itself was started with */
    public CommandRunner(Disk disk, Processes processes, Map<String, String> environment) {
        this.disk = disk;
        this.processes = processes;
        this.launcher = new Launcher(environment);
    }

    /**
     * @param what for a reader: {@code migrating}, {@code the migration}
     * @param environment added to ccupgrade's own
     * @param marker of {@link #marker}; all processes that carry it are this command's
     * @param output a file that what it prints is added to; of more than some megabytes, the beginning and the end are kept
     * @param stdin what it reads on its standard input, before the end of it; null: nothing
     */
    public record Command(
            String what,
            List<String> argv,
            Path directory,
            Map<String, String> environment,
            String marker,
            Path output,
            Duration timeout,
            @Nullable String stdin) {

        public Command(
                String what,
                List<String> argv,
                Path directory,
                Map<String, String> environment,
                String marker,
                Path output,
                Duration timeout) {
            this(what, argv, directory, environment, marker, output, timeout, null);
        }
    }

    /** @param exitCode as a shell counts it, above 128 for a signal; of no meaning when it timed out */
    public record Result(int exitCode, Duration took, boolean timedOut, Path output) {

        /** {@code exit code 1}, or {@code exit code 137, SIGKILL}. */
        public String howItEnded() {
            return Phrases.exitCode(exitCode);
        }

        public String lastOutput(int lines) {
            return Tail.of(output, 0, lines);
        }
    }

    /** By what the processes of an operation are found again, also by a later ccupgrade. */
    public static String marker(Path home, long operation) {
        return Marker.spell(home) + "#" + operation;
    }

    /**
     * Runs it in a session of its own. When it runs over its time, and when the calling thread is
     * interrupted, all its processes are killed; when this returns or throws, none is left.
     *
     * @param progress gets the milliseconds that have passed
     * @throws Failed when it cannot be run, or has ended but left processes behind, which are killed: what it did is then not over
     */
    public Result run(Command command, Progress progress) throws Failed, IOException, InterruptedException {
        Path directory = command.output().toAbsolutePath().getParent();
        if (directory != null) {
            disk.createDirectories(directory);
        }
        disk.append(command.output(), new byte[0]);
        Map<String, String> added = new HashMap<>(command.environment());
        added.put(Marker.OPERATION, command.marker());
        ProcessBuilder builder = launcher.prepareDetached(command.argv(), command.directory(), added, command.output());
        String stdin = command.stdin();
        if (stdin != null) {
            builder.redirectInput(ProcessBuilder.Redirect.PIPE);
        }
        KeptOutput output = new KeptOutput(disk, command.output());
        Limit limit = new Limit(command.timeout());
        progress.begin(command.what(), -1);
        try {
            Process process = Launcher.start(builder);
            if (stdin != null) {
                Launcher.give(process, stdin);
            }
            boolean ended = false;
            while (!ended && !limit.isOver()) {
                long pause = Math.min(SIGN_OF_LIFE_MILLIS, limit.left().toMillis() + 1);
                ended = process.waitFor(pause, TimeUnit.MILLISECONDS);
                output.keepSmall();
                progress.at(limit.passed().toMillis());
            }
            Duration took = limit.passed();
            if (!ended) {
                end(command.marker(), GRACE);
                return new Result(process.waitFor(), took, true, command.output());
            }
            killWhatStayed(command);
            return new Result(process.exitValue(), took, false, command.output());
        } catch (InterruptedException e) {
            killLeftovers(command.marker());
            throw e;
        } finally {
            output.finish();
            progress.end();
        }
    }

    /** The processes that carry a marker now. */
    public Set<Long> processes(String marker) throws IOException {
        return new Marker(Marker.OPERATION, marker)
                .find(processes).stream().map(Processes.Seen::pid).collect(Collectors.toSet());
    }

    /** Kills all that a command with this marker has left: after a crash of ccupgrade's, before anything else touches the state. */
    public void killLeftovers(String marker) throws Failed, IOException, InterruptedException {
        end(marker, Duration.ZERO);
    }

    private void killWhatStayed(Command command) throws Failed, IOException, InterruptedException {
        Marker marker = new Marker(Marker.OPERATION, command.marker());
        Limit limit = new Limit(TO_TIDY_UP);
        List<Processes.Seen> left = marker.find(processes);
        while (!left.isEmpty() && !limit.isOver()) {
            limit.sleep(20);
            left = marker.find(processes);
        }
        if (!left.isEmpty()) {
            killLeftovers(command.marker());
            throw new Failed(
                    command.what() + " ended but left " + Ending.describe(left) + " running, now killed",
                    "let it end only when its work is done; its output is in " + command.output());
        }
    }

    private void end(String value, Duration grace) throws Failed, IOException, InterruptedException {
        Marker marker = new Marker(Marker.OPERATION, value);
        new Ending(processes).end("the migration", () -> marker.find(processes), grace);
    }
}
