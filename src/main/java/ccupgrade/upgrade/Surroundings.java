package ccupgrade.upgrade;

import ccupgrade.disk.Disk;
import ccupgrade.service.Processes;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * All that is outside a deployment.
 *
 * @param nanos a clock that nobody sets, as {@link System#nanoTime}
 * @param environment what ccupgrade was started with
 * @param root where {@code /etc} and {@code /run} are: {@code /}, or a directory of a test's own
 * @param command how ccupgrade itself is called, with its arguments left out: absolute program first
 * @param user the account that ccupgrade runs as
 * @param who the person behind it as far as it is known, for the history
 */
public record Surroundings(
        Disk disk,
        Clock clock,
        LongSupplier nanos,
        Processes processes,
        Map<String, String> environment,
        Path root,
        List<String> command,
        String user,
        String who) {}
