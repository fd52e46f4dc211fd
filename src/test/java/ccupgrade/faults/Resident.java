package ccupgrade.faults;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One command after the other in a process that lives on: the same code, the same system calls and the same children, without the second
 * of work that a Java takes to get going. For faults that ccupgrade survives. When a command leaves anything behind that the end of its
 * process would have taken away, the process ends, and the next command has a new one.
 */
final class Resident implements Command {

    private final Sandbox sandbox;
    private final Gson gson = new Gson();
    private @Nullable Process process;
    private @Nullable Writer orders;
    private @Nullable BufferedReader answers;

    Resident(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @Override
    public Result run(List<String> arguments) throws IOException, InterruptedException {
        Path out = sandbox.scratch.resolve("out.txt");
        Path err = sandbox.scratch.resolve("err.txt");
        Writer to = orders;
        if (process == null || !process.isAlive() || to == null) {
            to = start();
        }
        to.write(gson.toJson(List.of(sandbox.home.toString(), out.toString(), err.toString())) + "\n");
        to.write(gson.toJson(arguments) + "\n");
        to.flush();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(this::answer);
        try {
            String[] said = answer.get(Sandbox.LIMIT_SECONDS, TimeUnit.SECONDS).split(" ", 2);
            if (!said[1].isEmpty()) {
                close();
            }
            return new Result(Integer.parseInt(said[0]), Files.readString(out), Files.readString(err));
        } catch (TimeoutException e) {
            close();
            return new Result(-1, "ccupgrade hangs\n" + Files.readString(out), Files.readString(err));
        } catch (ExecutionException e) {
            close();
            throw new IOException("the resident ccupgrade of " + sandbox.home + " has died", e);
        }
    }

    private Writer start() throws IOException {
        close();
        // With the test's own classes in front of the packaged ones, which are the same.
        Process started = sandbox.tool(
                        "-cp",
                        Bench.TOOL + ":" + Path.of("target", "test-classes").toAbsolutePath(),
                        ResidentLoop.class.getName())
                .directory(sandbox.scratch.toFile())
                .redirectError(sandbox.scratch.resolve("resident.txt").toFile())
                .start();
        Writer to = started.outputWriter(StandardCharsets.UTF_8);
        process = started;
        orders = to;
        answers = new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        return to;
    }

    /** Children may have said something on the same output. */
    private String answer() {
        try {
            String line;
            while (answers != null && (line = answers.readLine()) != null) {
                if (line.startsWith(ResidentLoop.ANSWER)) {
                    return line.substring(ResidentLoop.ANSWER.length());
                }
            }
            throw new IOException("no answer");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            process.destroyForcibly();
            process = null;
            orders = null;
        }
    }
}
