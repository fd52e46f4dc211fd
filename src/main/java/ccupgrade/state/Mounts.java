package ccupgrade.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Between which directories a rename is possible: those of one file system, reached by one mount of it. A bind mount has the device's
 * number of what it shows, and is another mount all the same.
 */
final class Mounts {

    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private final List<Path> points;

    private Mounts(List<Path> points) {
        this.points = points;
    }

    /** As they are now; where the kernel does not tell, as if there were only the root. */
    static Mounts read() throws IOException {
        return of(Path.of("/proc/self/mountinfo"));
    }

    static Mounts of(Path mountinfo) throws IOException {
        List<Path> points = new ArrayList<>();
        if (Files.isReadable(mountinfo)) {
            for (String line : Files.readAllLines(mountinfo, StandardCharsets.ISO_8859_1)) {
                String[] words = line.split(" ");
                if (words.length > 4) {
                    points.add(Path.of(plain(words[4])));
                }
            }
        }
        return new Mounts(points);
    }

    /** Blanks and the like are written as {@code \040}. */
    private static String plain(String escaped) {
        return OCTAL.matcher(escaped)
                .replaceAll(match ->
                        Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(match.group(1), 8))));
    }

    /** Whether a mount begins at this very directory, so that it cannot be renamed. */
    boolean isPoint(Path directory) throws IOException {
        return points.contains(directory.toRealPath());
    }

    /** Whether what lies in one of these directories can be renamed into the other. */
    boolean areOne(Path one, Path other) throws IOException {
        return Files.getAttribute(one, "unix:dev").equals(Files.getAttribute(other, "unix:dev"))
                && pointOf(one).equals(pointOf(other));
    }

    private Path pointOf(Path directory) throws IOException {
        Path real = directory.toRealPath();
        Path longest = Path.of("/");
        for (Path point : points) {
            if (real.startsWith(point) && point.getNameCount() >= longest.getNameCount()) {
                longest = point;
            }
        }
        return longest;
    }
}
