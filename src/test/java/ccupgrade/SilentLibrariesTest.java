package ccupgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteJDBCLoader;

class SilentLibrariesTest {

    @TempDir
    Path directory;

    @Test
    void what_a_library_logs_is_not_for_whoever_looks_at_a_deployment() throws Exception {
        assertThat(status(List.of())).isEmpty();
    }

    /** Otherwise the test above could not fail. */
    @Test
    void what_a_library_logs_is_heard_by_who_asks_for_it() throws Exception {
        Path settings = Files.writeString(
                directory.resolve("logging.properties"), "handlers = java.util.logging.ConsoleHandler\n");
        assertThat(status(List.of("-Djava.util.logging.config.file=" + settings)))
                .contains("Failed to delete old native lib");
    }

    /** In a temporary directory with an old library of SQLite that cannot be deleted. Returns what was said on stderr. */
    private String status(List<String> options) throws Exception {
        Path home = Files.createDirectories(directory.resolve("home"));
        Files.writeString(home.resolve("ccupgrade.toml"), "[state]\ndatabases = [\"jobs.db\"]\n");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("jobs.db"))) {
            connection.createStatement().execute("CREATE TABLE IF NOT EXISTS jobs (id INTEGER)");
        }
        Path temporary = directory.resolve("tmp");
        Files.createDirectories(
                temporary.resolve("sqlite-" + SQLiteJDBCLoader.getVersion() + "-old-libsqlitejdbc.so/full"));
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of(
                "-Dorg.sqlite.tmpdir=" + temporary,
                "-cp",
                classPath(),
                Main.class.getName(),
                "-C",
                home.toString(),
                "status"));
        Path said = directory.resolve("said.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(directory.resolve("out.txt").toFile())
                .redirectError(said.toFile());
        builder.environment().remove("CCUPGRADE_DEBUG");
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(directory.resolve("out.txt"))).contains("jobs.db");
        return Files.readString(said, StandardCharsets.UTF_8);
    }

    /** Without what only tests bring along: with it SQLite's driver logs elsewhere. */
    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(all.split(File.pathSeparator))
                .filter(entry -> !entry.contains("slf4j"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
