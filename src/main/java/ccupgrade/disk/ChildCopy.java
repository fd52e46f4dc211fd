package ccupgrade.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies a file that somebody is working on, in child processes ({@code cp} and {@code dd} of GNU coreutils).
 *
 * <p>Not in this process, because closing any descriptor of a file drops all POSIX locks that the process has on it, those of SQLite's
 * connections among them. By direct I/O, because what goes through the page cache makes the file's user wait: 100 commits a second took
 * 1.5 to 1.9 ms (99 %) alone, and 170 to 200 beside {@code cp}. In small blocks, because a commit waits for those that are under way: 1.3
 * ms beside blocks of 256 kB, 2.3 of 1 MB, 6 of 4 MB, all of them as fast; of 128 kB the copy is slower. And slice by slice, so that the pace can be held, progress is seen, and a child outlives a killed parent by one slice only; what it still writes goes to a
 * file that nobody looks at any more.
 */
public final class ChildCopy {

    private static final long BLOCK = 256L << 10;
    private static final long BLOCKS_PER_SLICE = 256;

    private final Disk disk;

    public ChildCopy(Disk disk) {
        this.disk = disk;
    }

    /** The programs are not there, or are other ones. Nothing is left. */
    public static final class Unavailable extends IOException {

        private static final long serialVersionUID = 1;

        Unavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Makes a durable clone that shares its blocks with the source, with owner, mode and attributes. Takes no time and no space.
     *
     * @param target a free, temporary name
     * @return false when the file system cannot; nothing is left then
     */
    public boolean tryClone(Path source, Path target) throws IOException, InterruptedException {
        try {
            Ended ended = run(List.of("cp", "--reflink=always", "--preserve=all", "--", name(source), name(target)));
            if (ended.code() == 0) {
                syncWithName(target);
                return true;
            }
        } catch (Unavailable e) {
            return false;
        }
        disk.delete(target);
        return false;
    }

    /**
     * Copies as many bytes as the source has now; whatever is written to it meanwhile is in the copy or is not, each for itself. Durable
     * when it returns, with owner, mode and attributes as far as the process is allowed to set them.
     *
     * @param target a free, temporary name: an exception, an interrupt and a crash leave it incomplete
     * @param rate bytes a second at most; 0 for as fast as it goes
     * @throws Unavailable when it cannot be done in a child process on this machine
     * @throws InterruptedException when interrupted; the child has ended then
     */
    public void copy(Path source, Path target, long rate, Progress progress) throws IOException, InterruptedException {
        long size = Files.size(source);
        progress.begin("copying " + source.getFileName(), size);
        try {
            // dd keeps neither owner nor attributes: it writes into a file that has them.
            Ended made = run(List.of("cp", "--attributes-only", "--preserve=all", "--", name(source), name(target)));
            if (made.code() != 0) {
                disk.delete(target);
                throw new Unavailable(made.said(), null);
            }
            long blocks = rate > 0 ? Math.max(1, Math.min(BLOCKS_PER_SLICE, rate / BLOCK)) : BLOCKS_PER_SLICE;
            long began = System.nanoTime();
            boolean direct = true;
            for (long done = 0; done < size; done += blocks * BLOCK) {
                if (direct && run(slice(source, target, done, blocks, true)).code() != 0) {
                    direct = false;
                }
                if (!direct) {
                    require(run(slice(source, target, done, blocks, false)));
                }
                progress.at(Math.min(size, done + blocks * BLOCK));
                if (rate > 0) {
                    pause(began, (done + blocks * BLOCK) * 1e9 / rate);
                }
            }
            syncWithName(target);
        } finally {
            progress.end();
        }
    }

    private static List<String> slice(Path source, Path target, long from, long blocks, boolean direct) {
        long skipped = from / BLOCK;
        List<String> command = new ArrayList<>(List.of(
                "dd",
                "if=" + name(source),
                "of=" + name(target),
                "bs=" + BLOCK,
                "skip=" + skipped,
                "seek=" + skipped,
                "count=" + blocks,
                // Of a file that is gone, it must not make another one.
                "conv=notrunc,nocreat",
                "status=none"));
        if (direct) {
            command.addAll(List.of("iflag=direct", "oflag=direct"));
        }
        return command;
    }

    static void pause(long began, double untilNanos) throws InterruptedException {
        long left = (long) untilNanos - (System.nanoTime() - began);
        if (left > 0) {
            Thread.sleep(Duration.ofNanos(left).toMillis());
        }
    }

    record Ended(List<String> command, int code, String said) {}

    static Ended run(List<String> command) throws IOException, InterruptedException {
        return run(command, Path.of("").toAbsolutePath());
    }

    /** @param directory what the command's relative names are relative to */
    static Ended run(List<String> command, Path directory) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process child = start(builder);
        try (InputStream out = child.getInputStream()) {
            child.getOutputStream().close();
            // What it says fits into the pipe, so that it can be waited for first; reading would not heed an interrupt.
            int code = child.waitFor();
            return new Ended(command, code, new String(out.readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (InterruptedException e) {
            child.destroyForcibly();
            // A write that is under way is finished even then.
            waitUninterruptibly(child);
            throw e;
        }
    }

    private static Process start(ProcessBuilder builder) throws Unavailable {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new Unavailable(String.valueOf(e.getMessage()), e);
        }
    }

    private static void waitUninterruptibly(Process child) {
        boolean interrupted = false;
        while (child.isAlive()) {
            try {
                child.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static void require(Ended ended) throws IOException {
        if (ended.code() != 0) {
            throw new IOException(
                    ended.said().isEmpty()
                            ? ended.command().get(0) + " ended with exit code " + ended.code()
                            : ended.said());
        }
    }

    private void syncWithName(Path target) throws IOException {
        disk.sync(target);
        disk.sync(target.toAbsolutePath().resolveSibling(""));
    }

    private static String name(Path path) {
        return path.toAbsolutePath().toString();
    }
}
