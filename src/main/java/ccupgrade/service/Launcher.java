package ccupgrade.service;

import ccupgrade.fault.Failed;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How every child of ours begins: nothing on its standard input, an environment that is known, a program that is there. */
final class Launcher {

    private final Map<String, String> environment;

    /** @param environment what ccupgrade itself was started with; children get it less our markers */
    Launcher(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Ready to start; its output still goes into a pipe. A program without a slash is looked up in {@code PATH}. */
    ProcessBuilder prepare(List<String> argv, Path directory, Map<String, String> added) throws Failed {
        Map<String, String> all = new HashMap<>(environment);
        all.keySet().removeAll(Marker.ALL);
        all.putAll(added);
        List<String> resolved = new ArrayList<>(argv);
        resolved.set(0, program(argv.get(0), directory, all).toString());
        ProcessBuilder builder = new ProcessBuilder(resolved).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(all);
        builder.redirectErrorStream(true);
        builder.redirectInput(new File("/dev/null"));
        return builder;
    }

    /**
     * The same in a session of its own, so that neither ^C nor the end of the terminal reaches it. {@code setsid} becomes the program
     * that it starts, so the process that Java sees is the right one.
     */
    ProcessBuilder prepareDetached(List<String> argv, Path directory, Map<String, String> added, Path output)
            throws Failed {
        ProcessBuilder builder = prepare(argv, directory, added);
        List<String> command = new ArrayList<>(builder.command());
        command.add(0, program("setsid", directory, environment).toString());
        return builder.command(command).redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    }

    static Process start(ProcessBuilder builder) throws Failed {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new Failed("cannot run " + builder.command().get(0), null, e);
        }
    }

    /** Beside the waiting: a command may read nothing of it, and a pipe takes only so much. */
    static void give(Process process, String text) {
        Thread writer = new Thread(
                () -> {
                    try (OutputStream pipe = process.getOutputStream()) {
                        pipe.write(text.getBytes(StandardCharsets.UTF_8));
                    } catch (IOException e) {
                        // It has ended, or has closed its standard input: what it wanted of it, it had.
                        return;
                    }
                },
                "standard input of " + process.pid());
        writer.setDaemon(true);
        writer.start();
    }

    private static Path program(String name, Path directory, Map<String, String> environment) throws Failed {
        if (name.contains("/")) {
            Path program = directory.resolve(name);
            if (!Files.isExecutable(program) || Files.isDirectory(program)) {
                throw new Failed("cannot run " + program + ": it is not an executable file", null);
            }
            return program;
        }
        return onPath(name, environment)
                .orElseThrow(() -> new Failed("cannot run " + name + ": it is in no directory of PATH", null));
    }

    static Optional<Path> onPath(String name, Map<String, String> environment) {
        for (String directory :
                environment.getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
            Path program = Path.of(directory, name);
            if (!directory.isEmpty() && Files.isExecutable(program) && !Files.isDirectory(program)) {
                return Optional.of(program.toAbsolutePath());
            }
        }
        return Optional.empty();
    }
}
