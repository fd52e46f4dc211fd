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
 * @param isLikeNext whether to be killed here is to be killed at the next point: the call only makes durable what is there, and until the
 *     next one the same process sends no signal and starts no program
 * @param path relative to the home; what differs from run to run is replaced: {@code *} for random digits, {@code #} for an epoch
 */
record Point(int number, String call, String path, boolean isLikeNext) {

    static List<Point> read(Path log, Path home) throws IOException {
        List<Point> points = new ArrayList<>();
        if (Files.exists(log)) {
            List<String> lines = Files.readAllLines(log);
            for (int i = 0; i < lines.size(); i++) {
                String[] words = lines.get(i).split(" ", 4);
                if (words[0].equals("0")) {
                    continue;
                }
                String[] next = i + 1 < lines.size() ? lines.get(i + 1).split(" ", 4) : new String[] {"0", ""};
                String path = words[3].replace(home.toString(), "")
                        .replaceAll("[0-9a-f]{12}", "*")
                        // Of the process that asks a release.
                        .replaceAll("/versions-[0-9]+", "/versions-*")
                        .replaceAll("\\b1[0-9]{9}\\b", "#");
                points.add(new Point(
                        Integer.parseInt(words[0]),
                        words[2],
                        path,
                        isSync(words[2]) && !next[0].equals("0") && next[1].equals(words[1])));
            }
        }
        return points;
    }

    private static boolean isSync(String call) {
        return call.matches("fsync|fdatasync|syncfs");
    }

    boolean isSameCall(Point other) {
        return call.equals(other.call) && path.equals(other.path);
    }

    /** What turns something that is there into something else at once: the points at which most is decided. */
    boolean isTelling() {
        return call.matches("rename.*|link.*|symlink.*|unlink.*|rmdir");
    }
}
