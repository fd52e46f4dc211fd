package ccupgrade.service;

import ccupgrade.fault.Fault;
import ccupgrade.words.Words;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs a command that sees other directories in the place of some of ours: in a mount namespace of its own, by {@code unshare} of
 * util-linux. As another user than root, in a user namespace too, where the kernel allows that; the command then sees itself as root.
 */
public final class Isolation {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Where the last directory that is covered can still be read, below what covers it. */
    public static final String READ_ONLY = ".ccupgrade-live";

    private static final String SHOW_LIVE = """
            if [ "$3" = -- ]; then
              mkdir -p "$1/.ccupgrade-live" && mount --bind "$2" "$1/.ccupgrade-live" &&
              mount -o remount,bind,ro "$1/.ccupgrade-live" || exit 126
            fi
            """;

    /** Positional: {@code COVER PLACE COVER PLACE … -- DIRECTORY COMMAND…}. */
    private static final String SCRIPT = """
            while [ "$1" != -- ]; do
              %s
              mount --rbind "$1" "$2" || exit 126
              shift 2
            done
            shift
            cd "$1" || exit 126
            shift
            exec "$@"
            """;

    private final List<String> unshare;

    private Isolation(List<String> unshare) {
        this.unshare = unshare;
    }

    /**
     * Tries what works here.
     *
     * @param environment what ccupgrade itself was started with
     */
    public static Isolation find(Map<String, String> environment, Path directory) throws InterruptedException {
        Launcher launcher = new Launcher(environment);
        for (List<String> unshare : List.of(
                List.of("unshare", "--mount", "--propagation", "private"),
                List.of("unshare", "--user", "--map-root-user", "--mount", "--propagation", "private"))) {
            List<String> probe = new ArrayList<>(unshare);
            probe.addAll(List.of("mount", "--bind", directory.toString(), directory.toString()));
            try {
                Capture.Answer answer = new Capture(launcher).run(probe, directory, Map.of(), PATIENCE);
                if (!answer.timedOut() && answer.exitCode() == 0) {
                    return new Isolation(unshare);
                }
            } catch (Fault e) {
                // Not there: the next one, or none.
                continue;
            }
        }
        return none();
    }

    /** For who must do without. */
    public static Isolation none() {
        return new Isolation(List.of());
    }

    public boolean isPossible() {
        return !unshare.isEmpty();
    }

    /**
     * @param covers directories, by what is to be seen in their place
     * @param directory where the command starts, by the name that it has then
     */
    public List<String> covered(Map<Path, Path> covers, Path directory, List<String> command) {
        return covered(SHOW_LIVE, covers, directory, command);
    }

    /** The same, and what is covered cannot be seen at all. */
    List<String> hidden(Map<Path, Path> covers, Path directory, List<String> command) {
        return covered("", covers, directory, command);
    }

    private List<String> covered(String show, Map<Path, Path> covers, Path directory, List<String> command) {
        List<String> argv = new ArrayList<>(unshare);
        argv.addAll(List.of("sh", "-c", Words.format(SCRIPT, show), "sh"));
        covers.forEach((cover, place) -> {
            argv.add(cover.toString());
            argv.add(place.toString());
        });
        argv.add("--");
        argv.add(directory.toString());
        argv.addAll(command);
        return argv;
    }
}
