package ccupgrade;

import ccupgrade.disk.Checksum;
import ccupgrade.release.EmbeddedMigrations;
import ccupgrade.state.DatabaseReader;
import java.time.Instant;
import java.util.Set;
import java.util.TimeZone;

/**
 * What the commands that look need and what takes long to be loaded: begun on a thread of its own while the command line is still being
 * made. Whoever needs it meanwhile waits for it as for any class that another thread is loading. No command that changes something has one:
 * it does not pay there, and nothing is to go on beside such a command that need not.
 */
final class HeadStart {

    private static final Set<String> COMMANDS =
            Set.of("list", "status", "history", "show", "metrics", "doctor", "verify");

    private HeadStart() {}

    /** @param commands those that the command line may mean */
    static void of(Set<String> commands) {
        if (isWorthwhile(commands)) {
            Thread thread = new Thread(() -> load(commands), "head start");
            thread.setDaemon(true);
            // Whoever needs what cannot be loaded meets the same error, and tells it.
            thread.setUncaughtExceptionHandler((its, error) -> {});
            thread.start();
        }
    }

    static boolean isWorthwhile(Set<String> commands) {
        return !commands.isEmpty() && COMMANDS.containsAll(commands);
    }

    private static void load(Set<String> commands) {
        if (commands.contains("verify")) {
            Checksum.newDigest();
            return;
        }
        Instant.parse("2026-01-01T00:00:00Z");
        DatabaseReader.load();
        TimeZone.getDefault().toZoneId();
        if (commands.contains("show")) {
            EmbeddedMigrations.load();
        }
    }
}
