package ccupgrade.hostile;

import ccupgrade.config.ConfigFile;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.disk.DurableDisk;
import ccupgrade.disk.Progress;
import ccupgrade.release.Proofs;
import ccupgrade.saga.Cancellation;
import ccupgrade.saga.Listener;
import ccupgrade.service.LinuxProcesses;
import ccupgrade.upgrade.Example;
import ccupgrade.upgrade.InstallRequest;
import ccupgrade.upgrade.Surroundings;
import ccupgrade.upgrade.Upgrades;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A deployment whose service is a file that says which release runs, and whose migration is a copy of a finished database: everything
 * else is real, and an install takes a fraction of a second.
 */
final class Jobs {

    static final String JOURNAL = ".ccupgrade/operations/2/journal.jsonl";

    final Path home;
    Clock clock = Clock.systemUTC();

    private Jobs(Path home) {
        this.home = home;
    }

    /** The process is gone. No undo of ours gets to know. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Release 1.0 runs, on schema 1 with a row of its own; 2.0 is at hand, with what its migration makes of it. */
    static Jobs deployed(Path home) throws Exception {
        Jobs jobs = new Jobs(Files.createDirectories(home));
        Example example = new Example(home);
        example.migrateTo(2);
        example.sql("PRAGMA journal_mode = DELETE", "INSERT INTO jobs(name) VALUES ('kept'), ('migrated')");
        Files.move(home.resolve("var/jobs.db"), home.resolve("next.db"));
        Files.delete(home.resolve(".scripts/V2__add_users.sql"));
        example.migrateTo(1);
        example.sql("PRAGMA journal_mode = DELETE", "INSERT INTO jobs(name) VALUES ('kept')");
        Example.jar(home.resolve("jobs-1.0.jar"), "1.0", 1);
        Example.jar(home.resolve("jobs-2.0.jar"), "2.0", 2);
        jobs.configure("true");
        CommandLineTool.Result installed = jobs.run("install", "jobs-1.0.jar");
        if (installed.exit() != 0) {
            throw new AssertionError(installed.all());
        }
        return jobs;
    }

    void configure(String health) throws IOException {
        Files.writeString(home.resolve("ccupgrade.toml"), """
                name = "jobs"
                [service]
                manager = "command"
                start = ["sh", "-c", "basename {release} > running"]
                stop = ["rm", "-f", "running"]
                status = ["test", "-e", "running"]
                [state]
                databases = ["var/jobs.db"]
                [migration]
                command = ["cp", "next.db", "var/jobs.db"]
                [health]
                command = ["%s"]
                timeout = "1ms"
                stable = "0s"
                """.formatted(health));
    }

    /** Installs 2.0 and is killed when the journal has this line. */
    void installUntil(String event, String step) throws Exception {
        String line = "\"step\":\"" + step + "\"";
        String said = "\"event\":\"" + event + "\"";
        Disk real = disk();
        Disk deadly = (Disk) Proxy.newProxyInstance(
                Jobs.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(real, arguments);
                        if (method.getName().equals("append")) {
                            String text = new String((byte[]) arguments[1], StandardCharsets.UTF_8);
                            if (text.contains(said) && text.contains(line)) {
                                throw new Killed();
                            }
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        try {
            upgrades(deadly)
                    .install(new InstallRequest(
                            home.resolve("jobs-2.0.jar"),
                            Proofs.NONE,
                            null,
                            false,
                            false,
                            null,
                            List.of(),
                            false,
                            false));
        } catch (Killed e) {
            configure("true");
            return;
        }
        throw new AssertionError("there was no " + event + " of " + step);
    }

    private Disk disk() {
        return new DurableDisk(new Random(1));
    }

    Surroundings surroundings() {
        return surroundings(disk());
    }

    private Surroundings surroundings(Disk disk) {
        return new Surroundings(
                disk,
                clock,
                System::nanoTime,
                new LinuxProcesses(),
                Map.of("PATH", System.getProperty("java.home") + "/bin:/usr/bin:/bin"),
                home.resolve("root"),
                List.of("ccupgrade"),
                System.getProperty("user.name"),
                "ada");
    }

    private Upgrades upgrades(Disk disk) throws Exception {
        Deployment deployment = ConfigFile.load(home);
        Listener deaf = new Listener() {
            @Override
            public void began(Phase phase, String step) {}

            @Override
            public void ended(Phase phase, String step, Duration took, String note) {}

            @Override
            public void failed(Phase phase, String step, Duration took, Throwable cause) {}
        };
        return new Upgrades(deployment, surroundings(disk), deaf, Progress.NONE, new Cancellation(), Duration.ZERO);
    }

    CommandLineTool.Result run(String... arguments) {
        String[] absolute = Stream.of(arguments)
                .map(word -> word.startsWith("jobs-") ? home.resolve(word).toString() : word)
                .toArray(String[]::new);
        return CommandLineTool.run(surroundings(), home, absolute);
    }

    byte[] journal() throws IOException {
        return Files.readAllBytes(home.resolve(JOURNAL));
    }

    Jobs copiedTo(Path other) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        other.resolve(home.relativize(file)),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
            }
        }
        return new Jobs(other);
    }

    /** {@code 1.0}, {@code 2.0} or (with 2.0 still stored) {@code back at 1.0} when all of it belongs to that release: link, database, service; else what is where. */
    String stands() throws Exception {
        String link = Files.readSymbolicLink(home.resolve("releases/current")).toString();
        String running = Files.exists(home.resolve("running"))
                ? Files.readString(home.resolve("running")).strip()
                : "nothing";
        List<String> releases;
        try (Stream<Path> files = Files.list(home.resolve("releases"))) {
            releases = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .toList();
        }
        String rows = rows();
        boolean isNew = releases.size() == 2 && link.equals(releases.get(1));
        boolean whole = running.equals(link) && rows.equals(isNew ? "kept,migrated" : "kept");
        if (releases.size() == 2 && !isNew && whole) {
            return "back at 1.0";
        }
        return whole ? (isNew ? "2.0" : "1.0") : link + " of " + releases + ", running " + running + ", rows " + rows;
    }

    String rows() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("var/jobs.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT group_concat(name) FROM jobs")) {
            return row.getString(1);
        }
    }

    /** Every file with its content, but for who held the lock last, and for the history, which is made of journals at any time. */
    Map<String, String> content() throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(home)) {
            files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> !file.endsWith("lock") && !file.toString().contains("ledger.db"))
                    .forEach(file -> content.put(file.toString(), hash(file)));
        }
        return content;
    }

    private static String hash(Path file) {
        try {
            return Integer.toHexString(java.util.Arrays.hashCode(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
