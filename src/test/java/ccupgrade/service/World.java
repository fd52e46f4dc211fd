package ccupgrade.service;

import ccupgrade.config.Config;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.disk.DurableDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A deployment in a temporary directory, with shell scripts as releases. */
final class World implements AutoCloseable {

    static final Duration SHORT = Duration.ofMillis(400);
    static final Duration LONG = Duration.ofSeconds(30);

    final Path home;
    final Disk disk = new DurableDisk(new Random(1));
    final Processes processes = new LinuxProcesses();
    final Map<String, String> environment = new HashMap<>(System.getenv());

    Config.Manager manager = Config.Manager.PROCESS;
    List<String> start = List.of();
    List<String> stop = List.of();
    List<String> status = List.of();
    List<String> args = List.of();
    Map<String, String> added = Map.of();
    String user;
    Duration stopTimeout = LONG;
    Duration startTimeout = LONG;

    World(Path directory) throws IOException {
        home = directory.toRealPath();
        Files.createDirectories(home.resolve("releases"));
    }

    Deployment deployment() {
        return new Deployment(
                home,
                new Config(
                        "jobs",
                        "jar",
                        new Config.Service(
                                manager,
                                manager == Config.Manager.SYSTEMD ? "jobs.service" : null,
                                start,
                                stop,
                                status,
                                args,
                                added,
                                user,
                                null,
                                stopTimeout,
                                startTimeout),
                        new Config.State(List.of()),
                        new Config.Migrations(List.of()),
                        new Config.Health(null, null, List.of(), LONG, Duration.ZERO),
                        new Config.Rehearsal(added, args, null, null, List.of()),
                        new Config.Releases("releases", "releases/current"),
                        new Config.Versions(List.of(), null, null, null),
                        Config.Retention.ALL,
                        Config.Hooks.DEFAULT,
                        Config.Monitoring.DEFAULT));
    }

    /** A new one each time, as a later command has. */
    Service service() {
        return Services.of(deployment(), disk, Clock.systemUTC(), processes, environment);
    }

    Health health() {
        return new Health(deployment(), Clock.systemUTC(), processes, environment);
    }

    Path release(String name, String script) throws IOException {
        return script(home.resolve("releases").resolve(name), script);
    }

    static Path script(Path file, String script) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    String log() throws IOException {
        return Files.readString(deployment().serviceLog());
    }

    List<Processes.Seen> marked() throws IOException {
        return new Marker(Marker.SERVICE, Marker.spell(home)).find(processes);
    }

    /** Waits for something that another process does, as long as a slow machine may need. */
    static void until(Fact fact) throws Exception {
        for (int i = 0; i < 1000; i++) {
            if (fact.holds()) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("did not come true within 20 s");
    }

    interface Fact {
        boolean holds() throws Exception;
    }

    @Override
    public void close() throws Exception {
        Marker marker = new Marker(Marker.SERVICE, Marker.spell(home));
        new Ending(processes).end("the test's service", () -> marker.find(processes), Duration.ZERO);
    }
}
