package ccupgrade.disk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Another process, with our classes: for what shows only between processes, or under a tracer or a limit. */
final class ChildJvm implements AutoCloseable {

    private final Process process;
    private final BufferedReader said;

    private ChildJvm(Process process) {
        this.process = process;
        this.said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** @param before what stands before {@code java} on the command line */
    static ChildJvm start(List<String> before, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(ChildJvm.class.getName());
        command.addAll(List.of(arguments));
        return new ChildJvm(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** The next line it says; null when it has ended. */
    String nextLine() throws IOException {
        return said.readLine();
    }

    /** All it says until it ends. */
    String rest() throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            text.append(line).append('\n');
        }
        process.waitFor();
        return text.toString();
    }

    int exitCode() {
        return process.exitValue();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    /** What the child does. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        Disk disk = new DurableDisk(new Random());
        switch (arguments[0]) {
            case "hold" -> {
                LockFile lock = LockFile.take(file, arguments[2]);
                System.out.println("held");
                Thread.sleep(600_000);
                lock.close();
            }
            case "write" -> disk.write(file, new byte[Integer.parseInt(arguments[2])]);
            case "append" -> disk.append(file, new byte[Integer.parseInt(arguments[2])]);
            case "copy" -> disk.copy(file, Path.of(arguments[2]), Progress.NONE);
            case "link" -> disk.replaceLink(file, Path.of(arguments[2]));
            case "publish" -> disk.publish(file, Path.of(arguments[2]));
            case "move" -> disk.move(file, Path.of(arguments[2]));
            case "delete" -> disk.delete(file);
            case "deleteTree" -> disk.deleteTree(file);
            case "createDirectories" -> disk.createDirectories(file);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }
}
