package ccupgrade.it;

import ccupgrade.sample.SampleJars;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How the packaged jar is started here. It is started a thousand times for little work each: with an archive of its classes, as the packages
 * have one, and without the compiler that would only be ready when all is over, that takes half of the time.
 */
final class Launch {

    static final Path TOOL = Path.of("target", "ccupgrade.jar").toAbsolutePath();

    /** For a service that is started for some seconds. */
    static final String OPTIONS_OF_SERVICES = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    private static final Path ARCHIVE = Path.of("target", "it", "ccupgrade.jsa").toAbsolutePath();
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final List<String> COMMAND = command();

    private Launch() {}

    /**
     * Java with the packaged jar; what follows is for ccupgrade.
     *
     * @param properties more for Java
     */
    static List<String> of(String... properties) {
        List<String> command = new ArrayList<>(COMMAND);
        command.addAll(List.of(properties));
        command.addAll(List.of("-jar", TOOL.toString()));
        return command;
    }

    private static List<String> command() {
        try {
            makeArchive();
        } catch (IOException e) {
            throw new AssertionError("cannot make " + ARCHIVE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.of(
                JAVA,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // Whatever is wrong with the archive, there are no words about it between ours.
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-XX:SharedArchiveFile=" + ARCHIVE);
    }

    /** By the first of the processes that run these tests. */
    private static void makeArchive() throws IOException, InterruptedException {
        Path directory = Files.createDirectories(ARCHIVE.resolveSibling(""));
        try (FileChannel channel = FileChannel.open(
                        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            if (held.isValid() && Files.exists(ARCHIVE) && isNewerThanTheTool()) {
                return;
            }
            Path made = directory.resolve("made.jsa");
            Path home = Files.createDirectories(directory.resolve("home"));
            Files.deleteIfExists(made);
            Process process = new ProcessBuilder(
                            JAVA,
                            "-XX:+UseSerialGC",
                            "-XX:ArchiveClassesAtExit=" + made,
                            "-jar",
                            TOOL.toString(),
                            "-C",
                            home.toString(),
                            "install",
                            "--dry-run",
                            SampleJars.jar("jobs-1.1").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("said.txt").toFile())
                    .start();
            if (process.waitFor(120, TimeUnit.SECONDS) && Files.exists(made)) {
                Files.move(made, ARCHIVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static boolean isNewerThanTheTool() throws IOException {
        return Files.getLastModifiedTime(ARCHIVE).compareTo(Files.getLastModifiedTime(TOOL)) > 0;
    }
}
