package ccupgrade.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One call that changes something.
 *
 * @param number from 1, over all processes that count
 * @param path relative to the home; what differs from run to run is replaced: {@code *} for random digits, {@code #} for an epoch
 */
record Point(int number, String call, String path) {

    static List<Point> read(Path log, Path home) throws IOException {
        List<Point> points = new ArrayList<>();
        if (Files.exists(log)) {
            for (String line : Files.readAllLines(log)) {
                String[] words = line.split(" ", 4);
                String path = words[3].replace(home.toString(), "")
                        .replaceAll("[0-9a-f]{12}", "*")
                        .replaceAll("\\b1[0-9]{9}\\b", "#");
                points.add(new Point(Integer.parseInt(words[0]), words[2], path));
            }
        }
        return points;
    }

    boolean isSameCall(Point other) {
        return call.equals(other.call) && path.equals(other.path);
    }

    /** What turns something that is there into something else at once: the points at which most is decided. */
    boolean isTelling() {
        return call.matches("rename.*|link.*|symlink.*|unlink.*|rmdir");
    }
}
