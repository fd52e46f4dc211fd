package ccupgrade.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is mounted where. A rename is possible between the directories of one file system, reached by one mount of it: a bind mount has
 * the device's number of what it shows, and is another mount all the same.
 */
public final class Mounts {

    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private final List<Mount> mounts;

    /**
     * One of them.
     *
     * @param type of the file system: {@code ext4}; empty where the kernel does not tell
     * @param options of the mount and of the file system: {@code ro}, {@code noexec}…
     */
    public record Mount(Path point, String type, Set<String> options) {}

    private Mounts(List<Mount> mounts) {
        this.mounts = mounts;
    }

    /** As they are now; where the kernel does not tell, as if there were only the root. */
    public static Mounts read() throws IOException {
        return of(Path.of("/proc/self/mountinfo"));
    }

    /** @param mountinfo as {@code proc(5)} has it */
    public static Mounts of(Path mountinfo) throws IOException {
        List<Mount> mounts = new ArrayList<>();
        if (Files.isReadable(mountinfo)) {
            for (String line : Files.readAllLines(mountinfo, StandardCharsets.ISO_8859_1)) {
                String[] words = line.split(" ");
                if (words.length > 4) {
                    mounts.add(mount(words, line));
                }
            }
        }
        return new Mounts(mounts);
    }

    /** Behind a dash of its own stand the type, the source, and the options that all mounts of the file system share. */
    private static Mount mount(String[] words, String line) {
        int dash = line.indexOf(" - ");
        String[] shared = dash < 0 ? new String[0] : line.substring(dash + 3).split(" ");
        List<String> options = new ArrayList<>();
        if (words.length > 5) {
            options.addAll(List.of(words[5].split(",")));
        }
        if (shared.length > 2) {
            options.addAll(List.of(shared[2].split(",")));
        }
        return new Mount(Path.of(plain(words[4])), shared.length == 0 ? "" : shared[0], Set.copyOf(options));
    }

    /** Blanks and the like are written as {@code \040}. */
    private static String plain(String escaped) {
        return OCTAL.matcher(escaped)
                .replaceAll(match ->
                        Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(match.group(1), 8))));
    }

    /** Whether a mount begins at this very directory, so that it cannot be renamed. */
    boolean isPoint(Path directory) throws IOException {
        Path real = directory.toRealPath();
        return mounts.stream().anyMatch(mount -> mount.point().equals(real));
    }

    /** Whether what lies in one of these directories can be renamed into the other. */
    public boolean areOne(Path one, Path other) throws IOException {
        return Files.getAttribute(one, "unix:dev").equals(Files.getAttribute(other, "unix:dev"))
                && holding(one).point().equals(holding(other).point());
    }

    /** The one that a file or directory lies on. */
    public Mount holding(Path there) throws IOException {
        Path real = there.toRealPath();
        Mount longest = new Mount(Path.of("/"), "", Set.of());
        for (Mount mount : mounts) {
            if (real.startsWith(mount.point())
                    && mount.point().getNameCount() >= longest.point().getNameCount()) {
                longest = mount;
            }
        }
        return longest;
    }
}
