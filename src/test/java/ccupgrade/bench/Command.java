package ccupgrade.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that have to end well. */
final class Command {

    private Command() {}

    /** Runs it and returns seconds. @throws IOException with what it said, unless it ends with 0 */
    static double run(String... command) throws IOException, InterruptedException {
        return run(Path.of("."), List.of(command));
    }

    static double run(Path directory, List<String> command) throws IOException, InterruptedException {
        Path said = Files.createTempFile("ccupgrade-bench-", ".txt");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
            long began = System.nanoTime();
            Process process = builder.redirectOutput(said.toFile()).start();
            int code = process.waitFor();
            long took = System.nanoTime() - began;
            if (code != 0) {
                throw new IOException(
                        String.join(" ", command) + " ended with " + code + ":\n" + Files.readString(said));
            }
            return seconds(took);
        } finally {
            Files.delete(said);
        }
    }

    /** What it printed, without the end of the line; empty when there is no such program or it fails. */
    static String asked(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? said : "";
        } catch (IOException e) {
            return "";
        }
    }

    static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
