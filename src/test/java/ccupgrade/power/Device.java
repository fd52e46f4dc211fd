package ccupgrade.power;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A file system on a block device of its own, whose power can fail. Needs root, loop devices and xfs_io. */
final class Device implements AutoCloseable {

    /** How the power fails. */
    enum Failure {
        /** What is in memory is lost. */
        LOSES_MEMORY("shutdown"),
        /** The file system's own log is written out before that, but no data: harsher, because names may outlive contents. */
        KEEPS_THE_LOG("shutdown -f");

        private final String command;

        Failure(String command) {
            this.command = command;
        }
    }

    private static final long SIZE = 320L << 20;

    private final Path image;
    private final Path mounted;

    /** @param kind ext4, xfs */
    Device(Path directory, String kind) throws IOException, InterruptedException {
        image = directory.resolve("device");
        mounted = Files.createDirectories(directory.resolve("mounted"));
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE);
        }
        run("mkfs." + kind, "-q", image.toString());
        mount();
    }

    /** Why there can be none here; null when there can. */
    static String obstacle(Path directory, String kind) throws InterruptedException {
        try (Device device = new Device(directory, kind)) {
            device.fail(Failure.LOSES_MEMORY);
            device.restore();
            return null;
        } catch (IOException e) {
            return "no power failures on a block device here: " + e.getMessage();
        }
    }

    Path mounted() {
        return mounted;
    }

    private void mount() throws IOException, InterruptedException {
        run("mount", "-o", "loop", image.toString(), mounted.toString());
    }

    void sync() throws IOException, InterruptedException {
        run("sync", "-f", mounted.toString());
    }

    /** From here on nothing reaches the device. Whoever works on it goes on in vain, and is to be killed. */
    void fail(Failure failure) throws IOException, InterruptedException {
        run("xfs_io", "-x", "-c", failure.command, mounted.toString());
    }

    /** The power is back. Nobody may have a file open. */
    void restore() throws IOException, InterruptedException {
        unmount();
        mount();
    }

    private void unmount() throws IOException, InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try {
                run("umount", mounted.toString());
                return;
            } catch (IOException e) {
                // A killed process may need a moment to let go of its files.
                if (attempt == 100) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(List.of(command) + ": " + said.strip());
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        unmount();
        Files.deleteIfExists(image);
    }
}
