package ccupgrade.power;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ccupgrade.Main;
import ccupgrade.upgrade.Example;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A deployment as small as one can be: jars of a kilobyte, a database of some pages, a service that is a file in a directory beside it.
 * The database has rows in its log, as after a service that was killed.
 */
final class Deployed {

    final Path home;
    final Path run;
    private final Path directory;
    private final boolean log;

    /** @param log whether the database is in WAL mode, and a migration leaves its log behind without a sync */
    Deployed(Path directory, boolean log) throws IOException {
        this(directory, log, new Image());
    }

    /** A deployment as it is found after a power failure: nothing runs. */
    Deployed(Path directory, boolean log, Image image) throws IOException {
        this(directory, directory.resolve("home"), log, image);
    }

    /** @param home may be on another disk than all that only the test needs */
    Deployed(Path directory, Path home, boolean log, Image image) throws IOException {
        this.directory = directory;
        this.log = log;
        this.home = Files.createDirectories(home).toRealPath();
        run = Files.createDirectories(directory.resolve("run"));
        image.writeTo(this.home);
        configure();
    }

    private void configure() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(home.resolve("ccupgrade.toml"), """
                name = "jobs"
                [service]
                manager = "command"
                start = ["/bin/touch", "%1$s/running"]
                stop = ["/bin/rm", "-f", "%1$s/running"]
                status = ["/usr/bin/test", "-e", "%1$s/running"]
                java = "%2$s"
                [state]
                databases = ["var/jobs.db"]
                [migration]
                command = ["%2$s", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-cp", "%3$s", "%4$s", "{release}", "{database}", "%5$s", "%1$s"]
                [health]
                command = ["/bin/sh", "-c", "! grep -q 'Version: 2.0-sick' $0", "{link}"]
                timeout = "1s"
                stable = "0s"
                """.formatted(
                        run, java, classPath(), Migrate.class.getName(), log ? "careless" : "careful"));
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** 1.0 is installed and runs; its database holds rows. */
    Deployed with(String version) throws Exception {
        Files.createDirectories(home.resolve("var"));
        run(List.of(), "install", jar(version, 1).toString());
        if (!log) {
            sql(home.resolve("var/jobs.db"), "INSERT INTO jobs(name) VALUES ('first'), ('second')");
            return this;
        }
        Path database = home.resolve("var/jobs.db");
        Path aside = directory.resolve("aside");
        try (Connection open = DriverManager.getConnection("jdbc:sqlite:" + database + "?journal_mode=WAL");
                Statement statement = open.createStatement()) {
            statement.execute("INSERT INTO jobs(name) VALUES ('first'), ('second')");
            Files.copy(database, aside, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(
                    home.resolve("var/jobs.db-wal"),
                    directory.resolve("aside-wal"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(aside, database, StandardCopyOption.REPLACE_EXISTING);
        Files.move(directory.resolve("aside-wal"), home.resolve("var/jobs.db-wal"));
        return this;
    }

    static void sql(Path database, String sql) throws Exception {
        try (Connection open = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = open.createStatement()) {
            statement.execute(sql);
        }
    }

    Path jar(String version, int migrations) throws IOException {
        return Example.jar(directory.resolve("jobs-" + version + ".jar"), version, migrations);
    }

    /** Runs ccupgrade to its end. */
    int run(List<String> tracer, String... arguments) throws IOException, InterruptedException {
        Path said = directory.resolve("said.txt");
        Process process = begin(tracer, arguments);
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("hangs: " + Files.readString(said));
        }
        if (process.exitValue() != 0 && tracer.isEmpty()) {
            throw new IllegalStateException(Files.readString(said));
        }
        return process.exitValue();
    }

    Process begin(List<String> tracer, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "umask 022; exec \"$@\"", "sh"));
        command.addAll(tracer);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                Main.class.getName(),
                "-C",
                home.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("said.txt").toFile())
                .start();
    }

    /** Runs ccupgrade under a tracer, and reads what it saw. */
    Recording record(int expectedExit, String... arguments) throws Exception {
        Image before = Image.of(home);
        Path trace = directory.resolve("trace.txt");
        int exit;
        try {
            exit = run(Trace.command(trace), arguments);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        String said = Files.readString(directory.resolve("said.txt"));
        assumeTrue(
                Files.exists(trace) && !said.contains("PTRACE") && !said.contains("ptrace"),
                "skipped: there is no strace here, or processes cannot be traced: " + said);
        if (exit != expectedExit) {
            throw new IllegalStateException("exit " + exit + ": " + said);
        }
        Recording recording = Trace.read(trace, home, before);
        Files.delete(trace);
        requireSame(recording.after(), Image.of(home));
        return recording;
    }

    /** A recording that lacks something proves nothing. */
    private static void requireSame(Image told, Image found) {
        String is = listing(found);
        if (!listing(told).equals(is)) {
            throw new AssertionError("what was recorded does not make what is there:\n" + listing(told) + "\n" + is);
        }
    }

    private static String listing(Image image) {
        StringBuilder text = new StringBuilder();
        image.walk((path, node) -> text.append(path)
                .append(' ')
                .append(node.type())
                .append(Integer.toOctalString(node.mode()))
                .append(' ')
                .append(
                        path.toString().endsWith("-shm")
                                ? ""
                                : new String(node.bytes(), StandardCharsets.ISO_8859_1).hashCode() + "/"
                                        + node.bytes().length)
                .append('\n'));
        return text.toString();
    }
}
