package ccupgrade.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One run of ccupgrade as a user would start it, with all that its events and {@code /proc} tell of it. */
final class Tool {

    static final Path SCRIPT = Path.of("scripts", "ccupgrade").toAbsolutePath();

    private static final long LOOK_EVERY_MILLIS = 20;

    private final Path home;
    private final Map<String, Step> steps = new LinkedHashMap<>();
    private final Map<String, Long> began = new HashMap<>();
    private @Nullable JsonObject document;
    private volatile long peak;
    private int exit;

    /** Where a run ends by SIGKILL, so that what it did stays as it is. */
    interface End {

        /** @param state of the step: {@code began}, {@code ended} or {@code failed} */
        boolean isReached(String step, String state);
    }

    /**
     * A step forwards.
     *
     * @param from when its beginning was told, by {@link System#nanoTime}
     * @param to when its end was told
     * @param seconds as ccupgrade says
     * @param peak the most memory that the process had had by its end, in bytes
     */
    record Step(long from, long to, double seconds, long peak) {}

    private Tool(Path home) {
        this.home = home;
    }

    /** Runs it; whatever it writes to its standard error is in {@code said.txt} beside the home. */
    static Tool run(Path home, End end, String... arguments) throws IOException, InterruptedException {
        Tool tool = new Tool(home);
        tool.run(end, arguments);
        return tool;
    }

    /** The same for what must end with 0. */
    static Tool run(Path home, String... arguments) throws IOException, InterruptedException {
        Tool tool = run(home, (step, state) -> false, arguments);
        if (tool.exit != 0) {
            throw tool.failed();
        }
        return tool;
    }

    static ProcessBuilder builder(Path home, String... arguments) {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), "-C", home.toString()));
        command.addAll(List.of(arguments));
        return plain(new ProcessBuilder(command).directory(home.toFile()));
    }

    /** With the Java that runs the benchmark, and nothing in the environment that would change what is measured. */
    static ProcessBuilder plain(ProcessBuilder builder) {
        builder.environment().keySet().removeAll(List.of("CCUPGRADE_DEBUG", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    private void run(End end, String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-o", "json"));
        all.addAll(List.of(arguments));
        Process process = builder(home, all.toArray(String[]::new))
                .redirectError(said().toFile())
                .start();
        // The script becomes the Java process, so that this is its number.
        long pid = process.pid();
        Thread look = new Thread(() -> look(process), "look");
        look.start();
        StringBuilder last = new StringBuilder();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                long now = System.nanoTime();
                if (!line.startsWith("{\"format\":1,\"kind\":\"step\"")) {
                    last.append(line).append('\n');
                    continue;
                }
                last.setLength(0);
                if (take(JsonParser.parseString(line).getAsJsonObject(), now, pid, end)) {
                    // Unlike the same of Process, this leaves its output readable.
                    process.toHandle().destroyForcibly();
                }
            }
        }
        exit = process.waitFor();
        look.join();
        List<String> rest = last.toString().lines().toList();
        if (exit != 137 && !rest.isEmpty()) {
            JsonElement parsed = JsonParser.parseString(
                    last.toString().startsWith("{\n") ? last.toString() : rest.get(rest.size() - 1));
            document = parsed.getAsJsonObject();
        }
    }

    private boolean take(JsonObject event, long now, long pid, End end) throws IOException {
        String step = event.get("step").getAsString();
        String state = event.get("state").getAsString();
        note(pid);
        if (!event.get("phase").getAsString().equals("undo")) {
            if (state.equals("began")) {
                began.put(step, now);
            } else if (state.equals("ended")) {
                steps.put(
                        step,
                        new Step(
                                began.getOrDefault(step, now),
                                now,
                                event.get("tookMs").getAsLong() / 1000.0,
                                peak));
            }
            return end.isReached(step, state);
        }
        return false;
    }

    private void look(Process process) {
        try {
            while (!process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                note(process.pid());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void note(long pid) throws IOException {
        // Before the script has become Java it is a shell, with less.
        peak = Math.max(peak, Proc.peak(pid).orElse(0L));
    }

    private Path said() {
        return home.resolveSibling("said.txt");
    }

    int exit() {
        return exit;
    }

    /** Its steps forwards, in their order, as far as they ended. */
    Map<String, Step> steps() {
        return steps;
    }

    Step step(String name) throws IOException {
        Step step = steps.get(name);
        if (step == null) {
            throw failed();
        }
        return step;
    }

    /** The most memory that the process had, in bytes. Its children, such as dd, are not in it. */
    long peak() {
        return peak;
    }

    JsonObject document() throws IOException {
        if (document == null) {
            throw failed();
        }
        return document;
    }

    IOException failed() throws IOException {
        return new IOException("ccupgrade ended with " + exit + ":\n" + Files.readString(said()));
    }
}
