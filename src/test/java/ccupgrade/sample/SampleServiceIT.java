package ccupgrade.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each release of the sample service does what its name says. Other tests build on that. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class SampleServiceIT {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    Path home;

    /** Takes what SQLite unpacks and a killed process leaves. */
    @TempDir
    Path temporary;

    private final List<Process> started = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void leave_nothing_running() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jobs-1.0, 1.0, 3",
        "jobs-1.0-altered, 1.0, 3",
        "jobs-1.1, 1.1, 3",
        "jobs-2.0, 2.0, 4",
        "jobs-2.1, 2.1, 4",
        "jobs-2.2-unhealthy, 2.2, 4",
        "jobs-2.2-dies, 2.2, 4",
        "jobs-2.2-stubborn, 2.2, 4",
        "jobs-2.2-lies, 2.2, 5",
        "jobs-2.2-hangs, 2.2, 6",
        "jobs-2.2-dirty, 2.2, 5",
        "jobs-3.0-half, 3.0, 5",
        "jobs-3.0-atstart, 3.0, 5",
        "jobs-3.0-unhealthy, 3.0, 5",
        "jobs-3.0-loses, 3.0, 5",
    })
    void says_who_it_is_and_touches_nothing(String name, String version, int schema) throws Exception {
        Ended ended = run(name, "-version");

        assertThat(ended.output())
                .isEqualTo("Name:\tjobs\nVersion:\t" + version + "\nSQL db version:\t" + schema + "\n");
        assertThat(ended.code()).isZero();
        assertThat(home).isEmptyDirectory();
        assertThat(manifest(name).getValue("Implementation-Title")).isEqualTo("jobs");
        assertThat(manifest(name).getValue("Implementation-Version")).isEqualTo(version);
    }

    @Test
    void a_release_for_a_newer_java_cannot_be_started() throws Exception {
        Ended ended = run("jobs-9.0-newer-java", "-version");

        assertThat(ended.output()).contains("UnsupportedClassVersionError", "class file version 99");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(manifest("jobs-9.0-newer-java").getValue("Implementation-Version"))
                .isEqualTo("9.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-bogus", "-port", "-server -verify", "-server -port 70000"})
    void does_nothing_when_misused(String arguments) throws Exception {
        Ended ended = run("jobs-1.0", arguments.split(" "));

        assertThat(ended.output()).contains("usage: jobs");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void a_server_without_a_database_refuses_and_creates_nothing() throws Exception {
        Ended ended = run("jobs-1.0", "-server", "-port", "0");

        assertThat(ended.output()).contains("run -migrate-db first");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(home).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"jobs-1.0, jobs-2.0, 'version 3, need 4'", "jobs-2.0, jobs-1.0, 'version 4, need 3'"})
    void a_server_refuses_every_schema_but_its_own(String migrated, String server, String why) throws Exception {
        migrate(migrated);

        Ended ended = run(server, "-server", "-port", "0");

        assertThat(ended.output()).contains("unsupported database " + why);
        assertThat(ended.code()).isEqualTo(1);
    }

    @Test
    void migrating_twice_changes_nothing_the_second_time() throws Exception {
        migrate("jobs-1.0");
        byte[] before = Files.readAllBytes(database());

        migrate("jobs-1.1");

        assertThat(Files.readAllBytes(database())).isEqualTo(before);
    }

    @Test
    void an_older_release_refuses_to_migrate_a_newer_database() throws Exception {
        migrate("jobs-2.0");

        Ended ended = run("jobs-1.0", "-migrate-db");

        assertThat(ended.output()).contains("applied migration not resolved locally: 4");
        assertThat(ended.code()).isEqualTo(1);
    }

    @Test
    void a_release_whose_old_migration_was_altered_refuses_to_migrate() throws Exception {
        migrate("jobs-1.0");

        Ended ended = run("jobs-1.0-altered", "-migrate-db");

        assertThat(ended.output()).contains("checksum mismatch for migration version 2");
        assertThat(ended.code()).isEqualTo(1);
    }

    @Test
    void a_server_tells_its_health_its_version_and_its_chain() throws Exception {
        migrate("jobs-1.0");
        Server server = serve("jobs-1.0");

        assertThat(server.get("/health").statusCode()).isEqualTo(200);
        assertThat(server.get("/health").body()).startsWith("ok").contains("1.0");
        assertThat(server.get("/version").body()).contains("1.0");
        assertThat(server.get("/chain").body())
                .isEqualTo("{\"rows\":0,\"head\":\"" + "0".repeat(64) + "\",\"unbroken\":true}\n");
    }

    @Test
    void takes_its_options_from_the_environment_too() throws Exception {
        ProcessBuilder migration = command("jobs-1.0", "-migrate-db");
        migration.environment().put("JOBS_DB", "elsewhere/x.db");
        assertThat(end(migration).code()).isZero();
        ProcessBuilder command = command("jobs-1.0", "-server");
        command.environment().put("JOBS_DB", "elsewhere/x.db");
        command.environment().put("JOBS_PORT", "0");
        command.environment().put("JOBS_WRITE_EVERY", "1");

        serve(command).awaitRows(3);

        assertThat(home.resolve("elsewhere/x.db.acknowledged")).exists();
        assertThat(home.resolve("var")).doesNotExist();
    }

    @Test
    void told_to_stop_it_closes_its_database_and_has_kept_every_promise() throws Exception {
        migrate("jobs-1.0");
        Server server = serve("jobs-1.0", "-write-every", "1");
        server.awaitRows(20);

        server.process().destroy();

        assertThat(server.process().waitFor()).isEqualTo(143);
        assertThat(home.resolve("var"))
                .isDirectoryNotContaining(file -> file.toString().endsWith("-wal"))
                .isDirectoryNotContaining(file -> file.toString().endsWith("-shm"));
        assertThat(verifiedRows()).isEqualTo(acknowledged()).isGreaterThanOrEqualTo(20);
    }

    @Test
    void killed_while_it_writes_it_has_kept_every_promise() throws Exception {
        migrate("jobs-1.0");
        Server server = serve("jobs-1.0", "-write-every", "1");
        server.awaitRows(20);

        server.process().destroyForcibly().waitFor();

        assertThat(home.resolve("var/jobs.db-wal")).exists();
        // The row that was being acknowledged when the process ended may be there as well.
        assertThat(verifiedRows() - acknowledged()).isBetween(0L, 1L);
        assertThat(acknowledged()).isGreaterThanOrEqualTo(20);
    }

    @Test
    void the_next_release_goes_on_with_the_chain_of_the_one_before() throws Exception {
        migrate("jobs-1.0");
        write("jobs-1.0");
        long before = verifiedRows();
        migrate("jobs-2.0");

        write("jobs-2.0");

        assertThat(verifiedRows()).isGreaterThan(before);
        assertThat(query("SELECT group_concat(DISTINCT substr(written_by, 1, 3)) FROM chain ORDER BY id"))
                .isEqualTo("1.0,2.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM chain WHERE id = 2",
                "DELETE FROM chain WHERE id = 1",
                "UPDATE chain SET written_by = 'somebody' WHERE id = 2",
                "INSERT INTO chain SELECT max(id) + 1, previous, hash, written_by FROM chain",
                "UPDATE chain SET id = CASE id WHEN 2 THEN -3 ELSE -2 END WHERE id IN (2, 3); UPDATE chain SET id = -id WHERE id < 0",
            })
    void a_lost_changed_repeated_or_reordered_row_is_proved(String harm) throws Exception {
        migrate("jobs-1.0");
        write("jobs-1.0");
        execute(harm);

        Ended ended = run("jobs-1.0", "-verify");

        assertThat(ended.output()).startsWith("rows ").endsWith("unbroken false\n");
        assertThat(ended.code()).isEqualTo(1);
    }

    @Test
    void schema_4_fills_its_new_column_and_has_its_index() throws Exception {
        migrate("jobs-1.0");

        migrate("jobs-2.0");

        assertThat(query("SELECT sum(waited) FROM jobs")).isEqualTo("4751");
        assertThat(query("SELECT count(*) FROM sqlite_master WHERE name = 'jobs_by_started'"))
                .isEqualTo("1");
    }

    @Test
    void half_fails_with_the_first_part_of_its_migration_committed() throws Exception {
        migrate("jobs-2.0");

        Ended ended = run("jobs-3.0-half", "-migrate-db");

        assertThat(ended.output()).contains("UNIQUE constraint failed");
        assertThat(ended.code()).isEqualTo(1);
        assertHalfMigrated();
    }

    @Test
    void dirty_hides_that_its_migration_failed() throws Exception {
        migrate("jobs-2.0");

        migrate("jobs-2.2-dirty");

        assertHalfMigrated();
        assertThat(run("jobs-2.2-dirty", "-server", "-port", "0").code()).isEqualTo(1);
    }

    private void assertHalfMigrated() throws SQLException {
        assertThat(query("SELECT success FROM flyway_schema_history WHERE version = '5'"))
                .isEqualTo("0");
        assertThat(query("SELECT count(*) FROM job_name")).isEqualTo("3");
    }

    @Test
    void lies_says_that_it_migrated_and_did_not() throws Exception {
        migrate("jobs-2.0");
        byte[] before = Files.readAllBytes(database());

        migrate("jobs-2.2-lies");

        assertThat(Files.readAllBytes(database())).isEqualTo(before);
        assertThat(run("jobs-2.2-lies", "-server", "-port", "0").output()).contains("version 4, need 5");
    }

    @Test
    void hangs_does_a_part_of_its_migration_and_never_ends() throws Exception {
        migrate("jobs-2.0");
        Process process = start(command("jobs-2.2-hangs", "-migrate-db"));

        awaitLine(process.inputReader(StandardCharsets.UTF_8), "rebuilding jobs");

        assertThat(process.isAlive()).isTrue();
        assertThatThrownBy(() -> execute("PRAGMA busy_timeout = 0; DELETE FROM tag"))
                .hasMessageContaining("locked");
        process.destroyForcibly().waitFor();
        assertThat(query("SELECT max(version) FROM flyway_schema_history")).isEqualTo("5");
    }

    @Test
    void loses_succeeds_and_every_tag_is_gone() throws Exception {
        migrate("jobs-2.0");
        assertThat(query("SELECT count(*) FROM tag")).isEqualTo("6");

        migrate("jobs-3.0-loses");

        assertThat(query("SELECT count(*) FROM tag")).isEqualTo("0");
        assertThat(query("SELECT count(*) FROM jobs")).isEqualTo("7");
        assertThat(serve("jobs-3.0-loses").get("/health").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void atstart_migrates_when_its_server_starts(boolean databaseExists) throws Exception {
        if (databaseExists) {
            migrate("jobs-2.0");
        }

        assertThat(serve("jobs-3.0-atstart").get("/health").statusCode()).isEqualTo(200);

        assertThat(query("SELECT max(version) FROM flyway_schema_history")).isEqualTo("5");
    }

    @Test
    void atstart_has_no_command_to_migrate() throws Exception {
        Ended ended = run("jobs-3.0-atstart", "-migrate-db");

        assertThat(ended.output()).contains("unknown option -migrate-db");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(home).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobs-2.2-unhealthy", "jobs-3.0-unhealthy"})
    void unhealthy_starts_and_says_that_it_is_not_healthy(String name) throws Exception {
        migrate(name);
        Server server = serve(name);

        assertThat(server.get("/health").statusCode()).isEqualTo(503);
        assertThat(server.get("/version").statusCode()).isEqualTo(200);
    }

    @Test
    void dies_is_healthy_at_first_and_then_crashes() throws Exception {
        migrate("jobs-2.2-dies");
        Server server = serve("jobs-2.2-dies");

        assertThat(server.get("/health").statusCode()).isEqualTo(200);
        assertThat(server.process().waitFor()).isEqualTo(1);
    }

    @Test
    void stubborn_stays_healthy_when_told_to_stop() throws Exception {
        migrate("jobs-2.2-stubborn");
        Server server = serve("jobs-2.2-stubborn", "-write-every", "1");

        // Process.destroy() would close the output as well.
        server.process().toHandle().destroy();

        awaitLine(server.output(), "told to stop, but will not");
        long rows = server.rows();
        server.awaitRows(rows + 5);
        assertThat(server.get("/health").statusCode()).isEqualTo(200);
        assertThat(server.process().isAlive()).isTrue();
    }

    private record Ended(int code, String output) {}

    private final class Server {
        private final Process process;
        private final BufferedReader output;
        private final int port;

        Server(Process process) throws IOException {
            this.process = process;
            this.output = process.inputReader(StandardCharsets.UTF_8);
            String line = awaitLine(output, " listens on ");
            this.port = Integer.parseInt(line.replaceFirst(".* listens on 127\\.0\\.0\\.1:(\\d+),.*", "$1"));
        }

        Process process() {
            return process;
        }

        BufferedReader output() {
            return output;
        }

        HttpResponse<String> get(String path) throws IOException, InterruptedException {
            URI address = URI.create("http://127.0.0.1:" + port + path);
            return http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        }

        long rows() throws IOException, InterruptedException {
            String chain = get("/chain").body();
            assertThat(chain).contains("\"unbroken\":true");
            return Long.parseLong(chain.replaceFirst("(?s).*\"rows\":(\\d+).*", "$1"));
        }

        void awaitRows(long rows) throws IOException, InterruptedException {
            while (rows() < rows) {
                Thread.sleep(10);
            }
        }
    }

    private ProcessBuilder command(String name, String... arguments) {
        List<String> command = new ArrayList<>();
        // The processes live too briefly for the second compiler to be worth its time.
        command.addAll(List.of(JAVA.toString(), "-XX:TieredStopAtLevel=1", "-Dorg.sqlite.tmpdir=" + temporary));
        command.addAll(List.of("-jar", SampleJars.jar(name).toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
    }

    private Process start(ProcessBuilder command) throws IOException {
        Process process = command.start();
        started.add(process);
        return process;
    }

    private Ended end(ProcessBuilder command) throws IOException, InterruptedException {
        Process process = start(command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private Ended run(String name, String... arguments) throws IOException, InterruptedException {
        return end(command(name, arguments));
    }

    private void migrate(String name) throws IOException, InterruptedException {
        Ended ended = run(name, "-migrate-db");
        assertThat(ended.code()).as(ended.output()).isZero();
    }

    private Server serve(ProcessBuilder command) throws IOException {
        return new Server(start(command));
    }

    private Server serve(String name, String... arguments) throws IOException {
        return serve(command(
                name,
                Stream.concat(Stream.of("-server", "-port", "0"), Stream.of(arguments))
                        .toArray(String[]::new)));
    }

    /** Has the release write some rows and stop. */
    private void write(String name) throws IOException, InterruptedException {
        Server server = serve(name, "-write-every", "1");
        server.awaitRows(server.rows() + 5);
        server.process().destroy();
        assertThat(server.process().waitFor()).isEqualTo(143);
    }

    private static String awaitLine(BufferedReader output, String part) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.contains(part)) {
                return line;
            }
            before.append(line).append('\n');
        }
        throw new AssertionError("the process ended without saying '" + part + "', but:\n" + before);
    }

    private long verifiedRows() throws IOException, InterruptedException {
        Ended ended = run("jobs-1.0", "-verify");
        assertThat(ended.output()).matches("rows \\d+ head [0-9a-f]{64} unbroken true\n");
        assertThat(ended.code()).isZero();
        return Long.parseLong(ended.output().split(" ")[1]);
    }

    private long acknowledged() throws IOException {
        return Long.parseLong(
                Files.readString(home.resolve("var/jobs.db.acknowledged")).split(" ")[0]);
    }

    private Path database() {
        return home.resolve("var/jobs.db");
    }

    private String query(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                Statement statement = connection.createStatement()) {
            for (String one : sql.split(";")) {
                statement.execute(one);
            }
        }
    }

    private static Attributes manifest(String name) throws IOException {
        try (JarFile jar = new JarFile(SampleJars.jar(name).toFile())) {
            return jar.getManifest().getMainAttributes();
        }
    }
}
