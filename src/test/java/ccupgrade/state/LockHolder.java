package ccupgrade.state;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;

/** Another process that has a database locked until it is closed. */
final class LockHolder implements AutoCloseable {

    private final Process process;

    LockHolder(Path database) throws IOException {
        process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        database.toString())
                .redirectErrorStream(false)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        if (!"locked".equals(reader.readLine())) {
            throw new IOException("the holder could not lock " + database);
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    public static void main(String[] args) throws Exception {
        try (Connection connection = Sqlite.open(Path.of(args[0]))) {
            Sqlite.run(connection, "BEGIN EXCLUSIVE");
            System.out.println("locked");
            System.in.read();
        }
    }
}
