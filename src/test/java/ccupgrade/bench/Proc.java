package ccupgrade.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code /proc} tells of processes, whoever their parent is. Moments are those of {@link System#nanoTime}. */
final class Proc {

    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final long TICK_NANOS = 10_000_000;

    /** What to add to the kernel's time since boot to get {@link System#nanoTime}. */
    private final long offset;

    /** Takes up to 10 ms: the kernel tells its uptime in such steps, and the edge of one has to be awaited. */
    Proc() throws IOException {
        long before = uptimeTicks();
        long ticks = before;
        while (ticks == before) {
            ticks = uptimeTicks();
        }
        offset = System.nanoTime() - ticks * TICK_NANOS;
    }

    private static long uptimeTicks() throws IOException {
        return Long.parseLong(
                Files.readString(Path.of("/proc/uptime")).split(" ")[0].replace(".", ""));
    }

    /** When it was started, up to 10 ms early, because the kernel counts in such steps. */
    long begun(long pid) throws IOException {
        return stat(pid)
                .map(fields -> Long.parseLong(fields.get(19)) * TICK_NANOS + offset)
                .orElseThrow(() -> new IOException("no process " + pid));
    }

    static boolean isAlive(long pid) throws IOException {
        return stat(pid).filter(fields -> !fields.get(0).equals("Z")).isPresent();
    }

    /** Returns the moment when it was gone, at most a millisecond late. */
    static long awaitEnd(long pid) throws IOException, InterruptedException {
        long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (isAlive(pid)) {
            if (System.nanoTime() > limit) {
                throw new IOException("process " + pid + " does not end");
            }
            TimeUnit.MICROSECONDS.sleep(500);
        }
        return System.nanoTime();
    }

    /** The most memory that it ever had resident, in bytes; empty when it is gone. */
    static Optional<Long> peak(long pid) throws IOException {
        try {
            Matcher found = PEAK.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
            return found.find() ? Optional.of(Long.parseLong(found.group(1)) * 1024) : Optional.empty();
        } catch (IOException e) {
            // It has ended.
            return Optional.empty();
        }
    }

    /** Ends those that work below a directory: whatever was started there and is still running. */
    static void endBelow(Path directory) throws IOException, InterruptedException {
        List<ProcessHandle> found = ProcessHandle.allProcesses()
                .filter(process -> worksBelow(process.pid(), directory))
                .toList();
        for (ProcessHandle process : found) {
            process.destroyForcibly();
        }
        for (ProcessHandle process : found) {
            awaitEnd(process.pid());
        }
    }

    private static boolean worksBelow(long pid, Path directory) {
        try {
            return pid != ProcessHandle.current().pid()
                    && Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).startsWith(directory);
        } catch (IOException e) {
            // It has ended, or is not ours to look at.
            return false;
        }
    }

    /** The fields after the name of the program, which may hold anything. */
    private static Optional<List<String>> stat(long pid) {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return Optional.of(List.of(line.substring(line.lastIndexOf(')') + 2).split(" ")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
