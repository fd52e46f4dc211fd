package ccupgrade.service;

import ccupgrade.fault.Failed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs short commands whose answer is what they print. */
final class Capture {

    /** More than any answer that is understood here; the rest is read and dropped, so that the command doesn't block on it. */
    private static final int KEPT = 64 * 1024;

    private final Launcher launcher;

    Capture(Launcher launcher) {
        this.launcher = launcher;
    }

    /** @param exitCode of no meaning when it timed out */
    record Answer(int exitCode, String output, boolean timedOut) {

        /** For a message: the first line that says something, else the exit code. */
        String firstWords() {
            return output.lines()
                    .filter(line -> !line.isBlank())
                    .findFirst()
                    .map(String::strip)
                    .orElse(Phrases.exit(exitCode));
        }

        /** For a message: the last line that says something, else the exit code. */
        String lastWords() {
            List<String> said = output.lines().filter(line -> !line.isBlank()).toList();
            return said.isEmpty()
                    ? Phrases.exit(exitCode)
                    : said.get(said.size() - 1).strip();
        }
    }

    /** What still runs after {@code limit} is killed, its children too. */
    Answer run(List<String> argv, Path directory, Map<String, String> added, Duration limit)
            throws Failed, InterruptedException {
        return answer(Launcher.start(launcher.prepare(argv, directory, added)), argv, limit);
    }

    /** The same of a command that reads {@code stdin}. */
    Answer run(List<String> argv, Path directory, String stdin, Duration limit) throws Failed, InterruptedException {
        Process process =
                Launcher.start(launcher.prepare(argv, directory, Map.of()).redirectInput(ProcessBuilder.Redirect.PIPE));
        Launcher.give(process, stdin);
        return answer(process, argv, limit);
    }

    private static Answer answer(Process process, List<String> argv, Duration limit) throws InterruptedException {
        StringBuilder output = new StringBuilder();
        Thread reader = new Thread(() -> read(process.getInputStream(), output), "output of " + argv.get(0));
        reader.setDaemon(true);
        reader.start();
        boolean ended = false;
        try {
            ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
        // Something that it left in the background may keep the pipe open for ever.
        reader.join(ended ? 500 : 100);
        synchronized (output) {
            return new Answer(ended ? process.exitValue() : -1, output.toString(), !ended);
        }
    }

    private static void read(InputStream in, StringBuilder output) {
        byte[] buffer = new byte[8192];
        try (in) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (output) {
                    if (output.length() < KEPT) {
                        output.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                    }
                }
            }
        } catch (IOException e) {
            // The pipe broke because the command was killed: what was said until then is the answer.
            return;
        }
    }
}
