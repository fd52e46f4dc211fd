package ccupgrade.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files that a process has open and that have no name any more: they take space that no directory shows. */
final class DeletedFiles {

    private static final String MARK = " (deleted)";

    private DeletedFiles() {}

    /** 0 also for a process that has ended. See {@code proc_pid_fd(5)}. */
    static long bytesOf(long pid) {
        Path directory = Path.of("/proc", Long.toString(pid), "fd");
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return 0;
        }
        List<Path> descriptors;
        try (Stream<Path> all = Files.list(directory)) {
            descriptors = all.toList();
        } catch (IOException e) {
            return 0;
        }
        long bytes = 0;
        for (Path descriptor : descriptors) {
            bytes += bytesOf(descriptor);
        }
        return bytes;
    }

    private static long bytesOf(Path descriptor) {
        try {
            boolean nameless = Files.readSymbolicLink(descriptor).toString().endsWith(MARK);
            return nameless && Files.isRegularFile(descriptor) ? Files.size(descriptor) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
