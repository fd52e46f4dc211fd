package ccupgrade.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Each command in a process of its own, as an administrator runs it. */
final class OwnProcess implements Command {

    private final Sandbox sandbox;

    OwnProcess(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @Override
    public Result run(List<String> arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = sandbox.tool("-jar", Bench.TOOL.toString());
        builder.command().addAll(arguments);
        builder.directory(sandbox.home.toFile());
        Path out = sandbox.scratch.resolve("out.txt");
        Path err = sandbox.scratch.resolve("err.txt");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(Sandbox.LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
            return new Result(-1, "ccupgrade hangs\n" + Files.readString(out), Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Override
    public void close() {}
}
