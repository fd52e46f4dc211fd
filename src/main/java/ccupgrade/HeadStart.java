package ccupgrade;

import ccupgrade.state.DatabaseReader;
import java.util.Set;
import java.util.TimeZone;

/**
 * What the commands that look need and what takes long to be loaded: begun on a thread of its own while the command line is still being
 * made. Whoever needs it meanwhile waits for it as for any class that another thread is loading.
 */
final class HeadStart {

    private static final Set<String> COMMANDS = Set.of("list", "status", "history", "show", "metrics", "doctor");

    private HeadStart() {}

    /** @param arguments of the command line */
    static void of(String... arguments) {
        for (String argument : arguments) {
            if (COMMANDS.contains(argument)) {
                Thread thread = new Thread(HeadStart::load, "head start");
                thread.setDaemon(true);
                thread.start();
                return;
            }
        }
    }

    private static void load() {
        DatabaseReader.load();
        TimeZone.getDefault().toZoneId();
    }
}
