package ccupgrade.faults;

import ccupgrade.disk.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a later command could find different about a deployment: its names, kinds and modes, where the link leads, and what ccupgrade's own
 * small files say, with all numbers that differ from run to run made equal. Two deployments of the same shape behave alike in the next
 * install, so that it is tried on the first one only.
 */
final class Shape {

    private static final Pattern VARYING = Pattern.compile("[0-9a-f]{8,}|[0-9]+(?:\\.[0-9]+)?(?:Z|ms)?");
    private static final long SMALL = 64 << 10;

    private final Set<String> tried = ConcurrentHashMap.newKeySet();

    /** Whether a deployment of this shape, with that release and that content of its database, has been through all of it, and well. */
    boolean isTried(State state, String shape) {
        return tried.contains(state + shape);
    }

    /** @param shape as it was before */
    void wasTried(State state, String shape) {
        tried.add(state + shape);
    }

    static String of(Path home) throws IOException {
        Set<String> lines = new TreeSet<>();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                if (file.startsWith(home.resolve("var")) && !file.toString().endsWith(Disk.TEMPORARY_SUFFIX)) {
                    // The service's own, which is at work in it, and the oracle's business.
                    continue;
                }
                lines.add(VARYING.matcher(home.relativize(file).toString()).replaceAll("#") + " " + describe(file));
            }
        }
        return String.join("\n", lines);
    }

    private static String describe(Path file) throws IOException {
        if (Files.isSymbolicLink(file)) {
            return "-> "
                    + VARYING.matcher(Files.readSymbolicLink(file).toString()).replaceAll("#");
        }
        String mode =
                Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).toString();
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".json") && Files.size(file) < SMALL) {
            return mode + " " + VARYING.matcher(Files.readString(file)).replaceAll("#");
        }
        if (name.equals("journal.jsonl")) {
            List<String> lines = Files.readAllLines(file);
            // How it came to this matters to nobody any more; that it is over does.
            return mode + " " + (!lines.isEmpty() && lines.get(lines.size() - 1).contains("\"event\":\"end\""));
        }
        return mode;
    }
}
