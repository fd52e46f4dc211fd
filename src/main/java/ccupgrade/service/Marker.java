package ccupgrade.service;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A variable in the environment of processes of ours, by which they and all their descendants are found again. */
record Marker(String name, String value) {

    static final String SERVICE = "CCUPGRADE_SERVICE";
    static final String OPERATION = "CCUPGRADE_OPERATION";

    /** Not a marker: tells what a process was started from when there is no record of it. */
    static final String RELEASE = "CCUPGRADE_RELEASE";

    /** Never inherited from whoever started ccupgrade: that may itself be a service or a migration under another ccupgrade. */
    static final Set<String> ALL = Set.of(SERVICE, OPERATION, RELEASE);

    /**
     * A directory as the value of a marker: the same for all its spellings, and in ASCII, so that it doesn't depend on the locale of
     * the process that looks.
     */
    static String spell(Path home) {
        Path real;
        try {
            real = home.toRealPath();
        } catch (IOException e) {
            real = home.toAbsolutePath().normalize();
        }
        String path = real.toUri().getRawPath();
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** The living processes that carry the marker, oldest first; never the one that asks. */
    List<Processes.Seen> find(Processes processes) throws IOException {
        String entry = name + "=" + value;
        List<Processes.Seen> living = new ArrayList<>(processes.startedWith(entry));
        living.removeIf(process -> process.isZombie() || process.pid() == processes.self());
        living.sort(Marker::compare);
        return living;
    }

    private static int compare(Processes.Seen one, Processes.Seen other) {
        int starts = Long.compare(one.startTicks(), other.startTicks());
        return starts == 0 ? Long.compare(one.pid(), other.pid()) : starts;
    }
}
