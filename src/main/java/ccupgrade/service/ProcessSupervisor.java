package ccupgrade.service;

import ccupgrade.config.Config;
import ccupgrade.config.Deployment;
import ccupgrade.disk.Disk;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The embedded default: no daemon, only a record of the process that was started and the marker that it carries.
 *
 * <p>The record is deleted before a process is started and written after, so with a record of this boot the recorded process is the
 * main one; and without, the oldest marked process that leads a session is, because only a crash in between can have left it so. It
 * doesn't restart a service that ends.
 *
 * <p>Whoever kills everything of a login or of a unit when that ends (systemd's {@code KillUserProcesses}, a unit that runs ccupgrade)
 * also kills a service that was started from there.
 */
final class ProcessSupervisor implements Service {

    /** A wrong argument, a missing class or a taken port mostly shows within this; waiting longer is for {@link Health}. */
    private static final Duration FIRST_MOMENTS = Duration.ofMillis(300);

    private static final int EVIDENCE_LINES = 15;

    private final Deployment deployment;
    private final Disk disk;
    private final Clock clock;
    private final Processes processes;
    private final Launcher launcher;
    private final Marker marker;
    private final Ending ending;

    /** The child, when this very supervisor started it: only a parent learns an exit code. */
    private @Nullable Process child;

    private long logBegin;

    /** @param release absolute; null when it is not known */
    private record Recorded(
            int format,
            long pid,
            long startTicks,
            String bootId,
            @Nullable String release,
            String startedAt,
            long logBegin) {

        String toJson() {
            JsonObject json = new JsonObject();
            json.addProperty("format", format);
            json.addProperty("pid", pid);
            json.addProperty("startTicks", startTicks);
            json.addProperty("bootId", bootId);
            if (release != null) {
                json.addProperty("release", release);
            }
            json.addProperty("startedAt", startedAt);
            json.addProperty("logBegin", logBegin);
            return json.toString();
        }

        /** Throws what Gson throws when it is something else; null when it is no record of this version's. */
        static @Nullable Recorded ofJson(String text) {
            JsonElement json = JsonParser.parseString(text);
            JsonObject object = json.isJsonNull() ? new JsonObject() : json.getAsJsonObject();
            long format = number(object, "format");
            String bootId = string(object, "bootId");
            String release = string(object, "release");
            String startedAt = string(object, "startedAt");
            if (format != 1 || bootId == null || startedAt == null || release != null && release.indexOf('\0') >= 0) {
                return null;
            }
            return new Recorded(
                    1,
                    number(object, "pid"),
                    number(object, "startTicks"),
                    bootId,
                    release,
                    startedAt,
                    number(object, "logBegin"));
        }

        private static long number(JsonObject object, String key) {
            return object.has(key) ? object.get(key).getAsLong() : 0;
        }

        private static @Nullable String string(JsonObject object, String key) {
            JsonElement value = object.get(key);
            return value == null || value.isJsonNull() ? null : value.getAsString();
        }
    }

    ProcessSupervisor(Deployment deployment, Disk disk, Clock clock, Processes processes, Launcher launcher) {
        this.deployment = deployment;
        this.disk = disk;
        this.clock = clock;
        this.processes = processes;
        this.launcher = launcher;
        this.marker = new Marker(Marker.SERVICE, Marker.spell(deployment.home()));
        this.ending = new Ending(processes);
    }

    @Override
    public Status status() throws Fault, IOException {
        Optional<Recorded> record = read();
        boolean known = isOfThisBoot(record);
        List<Processes.Seen> marked = known ? List.of() : marked();
        Optional<Processes.Seen> main = known ? recorded(record) : first(marked);
        if (main.isPresent()) {
            long pid = main.get().pid();
            String release = record.isPresent() && recorded(record).isPresent()
                    ? record.get().release()
                    : releaseInEnvironment(pid);
            return new Status.Running(
                    pid, processes.startedAt(pid).orElse(null), release == null ? null : Path.of(release), 0);
        }
        if (known) {
            marked = marked();
        }
        if (!marked.isEmpty()) {
            return new Status.Leftover(marked.stream().map(Processes.Seen::pid).toList());
        }
        return new Status.Stopped(howItEnded(record));
    }

    @Override
    public void start(Path release) throws Fault, IOException, InterruptedException {
        Path file = release.toAbsolutePath();
        Optional<Recorded> record = read();
        Optional<Processes.Seen> main = main(record);
        if (main.isPresent()) {
            if (recorded(record).isEmpty()) {
                writeIfPossible(main.get(), releaseInEnvironment(main.get().pid()), 0);
            }
            return;
        }
        // What an earlier run left behind may hold the port or the database.
        endAll();
        makeReady();

        Map<String, String> added = new HashMap<>(deployment.config().service().environment());
        added.put(marker.name(), marker.value());
        added.put(Marker.RELEASE, file.toString());
        Process started =
                Launcher.start(launcher.prepareDetached(argv(file), deployment.home(), added, deployment.serviceLog()));
        child = started;
        Optional<Processes.Seen> seen = processes.find(started.pid());
        if (seen.isPresent()) {
            writeIfPossible(seen.get(), file.toString(), logBegin);
        }
        if (started.waitFor(FIRST_MOMENTS.toMillis(), TimeUnit.MILLISECONDS)) {
            endAll();
            throw new Failed(
                    Phrases.withEvidence(
                            "cannot keep the service running: " + file.getFileName() + " ended at once with "
                                    + Phrases.exit(started.exitValue()),
                            recentOutput(EVIDENCE_LINES)),
                    "its output is in " + deployment.serviceLog());
        }
    }

    private void makeReady() throws Failed {
        try {
            disk.createDirectories(deployment.dotDirectory());
            disk.delete(deployment.supervisorRecord());
            disk.append(deployment.serviceLog(), new byte[0]);
            logBegin = Files.size(deployment.serviceLog());
        } catch (IOException e) {
            throw new Failed("cannot start the service: its log or its record cannot be written", writable(), e);
        }
    }

    @Override
    public void stop() throws Fault, IOException, InterruptedException {
        endAll();
        child = null;
        try {
            disk.delete(deployment.supervisorRecord());
        } catch (IOException e) {
            throw new Failed("cannot remove the record of the service, which is stopped", writable(), e);
        }
    }

    private String writable() {
        return "see that the file system is writable and has room: df -h " + deployment.dotDirectory();
    }

    @Override
    public Optional<Path> log() {
        return Files.exists(deployment.serviceLog()) ? Optional.of(deployment.serviceLog()) : Optional.empty();
    }

    @Override
    public String recentOutput(int lines) {
        long begin = logBegin;
        try {
            begin = read().map(Recorded::logBegin).orElse(begin);
        } catch (Failed | IOException e) {
            // A record that cannot be read hides nothing of the log.
            begin = logBegin;
        }
        return Tail.of(deployment.serviceLog(), begin, lines);
    }

    private List<String> argv(Path release) throws Fault {
        Config.Service config = deployment.config().service();
        Map<String, String> environment = new HashMap<>(launcher.environment());
        environment.putAll(config.environment());
        Path java = config.java() == null ? null : deployment.home().resolve(config.java());
        List<String> argv = new ArrayList<>(new Java(launcher).run(release, java, environment));
        argv.addAll(config.args());
        return argv;
    }

    private void endAll() throws Fault, IOException, InterruptedException {
        if (marker.value().equals(launcher.environment().get(marker.name()))) {
            throw new Refused(
                    "cannot stop the service from inside: this command was started by the service itself",
                    "run it from a shell that the service did not start");
        }
        Optional<Recorded> record = read();
        ending.end(
                "the service",
                () -> {
                    List<Processes.Seen> living = new ArrayList<>(marked());
                    // Its environment may be hidden from us, or overwritten by itself.
                    recorded(record)
                            .filter(main -> living.stream().noneMatch(main::isSame))
                            .ifPresent(living::add);
                    return living;
                },
                deployment.config().service().stopTimeout());
    }

    private Optional<Processes.Seen> main(Optional<Recorded> record) throws IOException {
        return isOfThisBoot(record) ? recorded(record) : first(marked());
    }

    private boolean isOfThisBoot(Optional<Recorded> record) throws IOException {
        return record.isPresent() && record.get().bootId().equals(processes.bootId());
    }

    /** The one that was started, and not what it has started. */
    private static Optional<Processes.Seen> first(List<Processes.Seen> marked) {
        return marked.stream()
                .filter(process -> process.session() == process.pid())
                .findFirst();
    }

    private List<Processes.Seen> marked() throws IOException {
        return marker.find(processes).stream()
                .filter(process -> processes.shares(process.pid(), deployment.home()))
                .toList();
    }

    /** The recorded process, when it is still that one and lives. */
    private Optional<Processes.Seen> recorded(Optional<Recorded> record) throws IOException {
        if (!isOfThisBoot(record)) {
            return Optional.empty();
        }
        return processes
                .find(record.get().pid())
                .filter(process -> process.startTicks() == record.get().startTicks() && !process.isZombie())
                .filter(process -> !isAnothers(process.pid()));
    }

    /**
     * Whoever copies a home, to keep it or to try something, copies the record of the original's service with it. A home that was moved is
     * told from that by the place that it has left.
     */
    private boolean isAnothers(long pid) {
        String prefix = marker.name() + "=";
        return processes.environment(pid).stream()
                .filter(entry -> entry.startsWith(prefix) && !entry.equals(prefix + marker.value()))
                .anyMatch(entry -> Files.exists(Path.of(URI.create("file:" + entry.substring(prefix.length())))));
    }

    private @Nullable String howItEnded(Optional<Recorded> record) {
        if (child != null && hasEnded(child)) {
            return Phrases.exit(child.exitValue());
        }
        return record.map(was -> "process " + was.pid() + ", started " + was.startedAt() + ", has ended by itself")
                .orElse(null);
    }

    /** The kernel shows the end of a child a moment before Java knows of it. */
    private static boolean hasEnded(Process child) {
        try {
            return child.waitFor(500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private @Nullable String releaseInEnvironment(long pid) {
        String prefix = Marker.RELEASE + "=";
        return processes.environment(pid).stream()
                .filter(entry -> entry.startsWith(prefix))
                .map(entry -> entry.substring(prefix.length()))
                .findFirst()
                .orElse(null);
    }

    private void write(Processes.Seen process, @Nullable String release, long begin) throws IOException {
        Recorded record = new Recorded(
                1,
                process.pid(),
                process.startTicks(),
                processes.bootId(),
                release,
                Words.moment(clock.instant()),
                begin);
        disk.write(deployment.supervisorRecord(), (record.toJson() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** On a full disk a service that runs without a record, found by its marker, is better than none. */
    private void writeIfPossible(Processes.Seen process, @Nullable String release, long begin) {
        try {
            write(process, release, begin);
        } catch (IOException e) {
            logBegin = begin;
        }
    }

    private Optional<Recorded> read() throws Failed, IOException {
        Path file = deployment.supervisorRecord();
        try {
            Recorded record = Recorded.ofJson(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            if (record == null) {
                throw new Failed("cannot understand " + file + ": not a record of this version's", remedyFor(file));
            }
            return Optional.of(record);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | NumberFormatException e) {
            // Without the cause, which is Gson's words about itself.
            throw new Failed("cannot understand " + file + ": it is damaged", remedyFor(file));
        }
    }

    private static String remedyFor(Path file) {
        return "make sure that the service does not run, then delete " + file;
    }
}
