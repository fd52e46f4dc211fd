package ccupgrade.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Files that a process has open and that have no name any more: they take space that no directory shows. */
final class DeletedFiles {

    private static final String MARK = " (deleted)";

    /** What looks like such a file, and takes memory. See {@code memfd_create(2)}. */
    private static final String MEMORY = "/memfd:";

    private DeletedFiles() {}

    /**
     * Their bytes by what identifies each: two processes, and two descriptors of one, may have the same open. Empty also for a process
     * that has ended. See {@code proc_pid_fd(5)}.
     */
    static Map<Object, Long> of(long pid) {
        Path directory = Path.of("/proc", Long.toString(pid), "fd");
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return Map.of();
        }
        List<Path> descriptors;
        try (Stream<Path> all = Files.list(directory)) {
            descriptors = all.toList();
        } catch (IOException e) {
            return Map.of();
        }
        Map<Object, Long> found = new HashMap<>();
        for (Path descriptor : descriptors) {
            add(descriptor, found);
        }
        return found;
    }

    private static void add(Path descriptor, Map<Object, Long> found) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            if (target.endsWith(MARK) && !target.startsWith(MEMORY)) {
                BasicFileAttributes file = Files.readAttributes(descriptor, BasicFileAttributes.class);
                if (file.isRegularFile()) {
                    found.put(file.fileKey(), file.size());
                }
            }
        } catch (IOException e) {
            // Closed meanwhile.
            return;
        }
    }
}
