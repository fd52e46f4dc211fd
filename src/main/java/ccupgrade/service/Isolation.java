package ccupgrade.service;

import ccupgrade.fault.Fault;
import ccupgrade.words.Words;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command that sees other directories in the place of some of ours: in a mount namespace of its own, by {@code unshare} of
 * util-linux. As another user than root, in a user namespace too, where the kernel allows that; the command then sees itself as root.
 *
 * <p>A tree that is too large to be copied can be seen through a {@link Layer}: whatever the command changes in it lands elsewhere.
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

    /**
     * The layer's directory is the working directory of the mount, so that no name needs quoting in its options. What an earlier mount
     * has left in {@code work} would keep the next one from being made. Nothing of a layer needs to survive, so it is not synced either,
     * where the kernel knows how not to.
     */
    private static final String LAY = """
            (
              cd "$1" && rm -rf work && mkdir work || exit
              with=lowerdir=lower,upperdir=upper,workdir=work,redirect_dir=on
              mount -t overlay overlay -o "$with,volatile" "$2" 2>/dev/null || mount -t overlay overlay -o "$with" "$2"
            ) || exit 126
            """;

    /** Positional: {@code [LAYER PLACE] -- COVER PLACE COVER PLACE … -- DIRECTORY COMMAND…}. */
    private static final String SCRIPT = """
            if [ "$1" != -- ]; then
              %s
              shift 2
            fi
            shift
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
     * A live tree, seen at another place, where it can be written to without being touched: what is written is kept beside it.
     *
     * @param directory holds {@code lower}, a link to the live tree, {@code upper}, a directory with what was written, and {@code work},
     *     the kernel's own
     * @param place where it is seen, by its name outside
     */
    public record Layer(Path directory, Path place) {

        public static final String LOWER = "lower";

        public static final String UPPER = "upper";
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

    /** Whether layers are tried at all. Only as root: what the kernel keeps in {@code work} nobody else could delete. */
    public boolean canLay() {
        return isPossible() && !unshare.contains("--user");
    }

    /** Whether this layer can be laid, by trying it. */
    public boolean canLay(Layer layer, Map<String, String> environment) throws InterruptedException {
        if (!canLay()) {
            return false;
        }
        List<String> probe = covered("", layer, Map.of(), layer.directory(), List.of("true"));
        try {
            Capture.Answer answer =
                    new Capture(new Launcher(environment)).run(probe, layer.directory(), Map.of(), PATIENCE);
            return !answer.timedOut() && answer.exitCode() == 0;
        } catch (Fault e) {
            return false;
        }
    }

    /**
     * @param layer is there before the covers, so that it may lie in one of them; null for none
     * @param covers directories, by what is to be seen in their place
     * @param directory where the command starts, by the name that it has then
     */
    public List<String> covered(@Nullable Layer layer, Map<Path, Path> covers, Path directory, List<String> command) {
        return covered(SHOW_LIVE, layer, covers, directory, command);
    }

    /** The same, and what is covered cannot be seen at all. */
    List<String> hidden(Map<Path, Path> covers, Path directory, List<String> command) {
        return covered("", null, covers, directory, command);
    }

    private List<String> covered(
            String show, @Nullable Layer layer, Map<Path, Path> covers, Path directory, List<String> command) {
        List<String> argv = new ArrayList<>(unshare);
        argv.addAll(List.of("sh", "-c", Words.format(SCRIPT, LAY, show), "sh"));
        if (layer != null) {
            argv.add(layer.directory().toString());
            argv.add(layer.place().toString());
        }
        argv.add("--");
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
