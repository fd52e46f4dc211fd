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

    private static final String KEPT = """
            files = ["config.json"]
            archive = "var/archive"
            archive-migration-writes-new-files = %s
            """;

    /** Into new files, which take the place of the old ones, or into the old ones. */
    private static final String MIGRATION = """
            [[migration]]
            name = "archive"
            of = "archive"
            command = ["/bin/sh", "-c", "cd $0 && for f in a b version.txt; do echo 3 >$f%1$s; [ -z '%1$s' ] || mv $f%1$s $f; done", "{archive}"]
            """;

    final Path home;
    final Path run;
    private final Path directory;
    private final Setup setup;

    Deployed(Path directory, Setup setup) throws IOException {
        this(directory, setup, new Image());
    }

    /** A deployment as it is found after a power failure: nothing runs. */
    Deployed(Path directory, Setup setup, Image image) throws IOException {
        this(directory, directory.resolve("home"), setup, image);
    }

    /** @param home may be on another disk than all that only the test needs */
    Deployed(Path directory, Path home, Setup setup, Image image) throws IOException {
        this.directory = directory;
        this.setup = setup;
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
                [health]
                command = ["/bin/sh", "-c", "! grep -q 'Version: 2.0-sick' $0", "{link}"]
                timeout = "1s"
                stable = "0s"
                [state]
                databases = ["var/jobs.db"]
                %6$s
                [[migration]]
                name = "database"
                command = ["%2$s", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-cp", "%3$s", "%4$s", "{release}", "{database}", "%5$s", "%1$s"]
                %7$s
                """.formatted(
                        run,
                        java,
                        classPath(),
                        Migrate.class.getName(),
                        setup.hasLog() ? "careless" : "careful",
                        setup.isWhole() ? KEPT.formatted(setup == Setup.LINKS) : "",
                        setup.isWhole() ? MIGRATION.formatted(setup == Setup.LINKS ? ".new" : "") : ""));
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** 1.0 is installed and runs; its database holds rows. */
    Deployed with(String version) throws Exception {
        Files.createDirectories(home.resolve("var"));
        if (setup.isWhole()) {
            Files.writeString(home.resolve("config.json"), "old\n");
            Path archive = Files.createDirectory(home.resolve("var/archive"));
            for (String file : List.of("a", "b", "untouched", "version.txt")) {
                Files.writeString(archive.resolve(file), "2\n");
            }
        }
        run(List.of(), "install", jar(version, 1).toString());
        if (!setup.hasLog()) {
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
        return Example.jar(
                directory.resolve("jobs-" + version + ".jar"),
                version,
                migrations,
                "Ccupgrade-Archive-Version: " + (migrations + 1));
    }

    /** An install, with the configuration file that comes with a release. */
    String[] install(Path jar) throws IOException {
        if (!setup.isWhole()) {
            return new String[] {"install", jar.toString()};
        }
        Path other = Files.writeString(directory.resolve("config.json"), "new\n");
        return new String[] {"install", jar.toString(), "--replace", "config.json=" + other};
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
