package ccupgrade.service;

import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Asks a program that nobody knows yet something, where there is nothing that it could touch: in an empty directory, without an environment
 * to speak of, with nothing on its standard input, for a short time. Where the kernel lets us, the empty directory lies in the place of the
 * home, and so of all that a path in it leads to; and root asks as an account that owns nothing.
 */
public final class Seclusion {

    /** Who owns nothing: what NFS and most systems call nobody. */
    private static final String NOBODY = "65534";

    /** Positional: {@code RELEASE COMMAND…}. A release that nobody may read is run as who asks. */
    private static final String AS_NOBODY = "release=$1; shift; drop='setpriv --reuid=" + NOBODY + " --regid=" + NOBODY
            + " --clear-groups --no-new-privs'; if $drop test -r \"$release\" 2>/dev/null; then exec $drop \"$@\"; fi; exec \"$@\"";

    private static final int LINES = 1000;

    private final Disk disk;
    private final Processes processes;
    private final Map<String, String> environment;
    private final Path home;

    /** @param environment what ccupgrade itself was started with */
    public Seclusion(Disk disk, Processes processes, Map<String, String> environment, Path home) {
        this.disk = disk;
        this.processes = processes;
        this.environment = environment;
        this.home = home;
    }

    /** @param exitCode of no meaning when it timed out */
    public record Answer(int exitCode, boolean timedOut, String output) {}

    /**
     * @param scratch a directory that is made for it, and is gone when this returns
     * @param release a file, or a directory; it is seen under another name
     * @param hidden directories outside the home that are not to be seen either
     * @param command gives the command, by the name of the release
     */
    public Answer ask(
            Path scratch, Path release, List<Path> hidden, Duration limit, Function<Path, List<String>> command)
            throws Fault, IOException, InterruptedException {
        disk.deleteTree(scratch);
        try {
            return askIn(scratch, release, hidden, limit, command);
        } finally {
            disk.deleteTree(scratch);
        }
    }

    private Answer askIn(
            Path scratch, Path release, List<Path> hidden, Duration limit, Function<Path, List<String>> command)
            throws Fault, IOException, InterruptedException {
        Path empty = scratch.resolve("empty");
        disk.createDirectories(empty);
        Isolation isolation = Isolation.find(environment, home);
        Path directory = empty;
        List<String> argv;
        if (isolation.isPossible()) {
            Path name = Path.of("release", String.valueOf(release.getFileName()));
            Path stand = empty.resolve(name);
            disk.createDirectories(Files.isDirectory(release) ? stand : Objects.requireNonNull(stand.getParent()));
            if (!Files.isDirectory(release)) {
                disk.write(stand, new byte[0]);
            }
            Map<Path, Path> covers = new LinkedHashMap<>();
            covers.put(release.toRealPath(), stand);
            int number = 0;
            for (Path each : hidden) {
                Path nothing = scratch.resolve("nothing-" + number++);
                disk.createDirectories(nothing);
                covers.put(nothing, each);
            }
            directory = home.toRealPath();
            covers.put(empty, directory);
            Path seen = home.resolve(name);
            argv = isolation.hidden(covers, directory, asNobody(seen, command.apply(seen)));
        } else {
            argv = asNobody(release, command.apply(release));
        }
        CommandRunner runner = new CommandRunner(
                disk,
                processes,
                Map.of(
                        "PATH", environment.getOrDefault("PATH", "/usr/bin:/bin"),
                        "HOME", directory.toString(),
                        "LANG", "C.UTF-8"));
        CommandRunner.Result result = runner.run(
                new CommandRunner.Command(
                        "asking the release",
                        argv,
                        empty,
                        Map.of(),
                        Marker.spell(home) + "#asked-by-"
                                + ProcessHandle.current().pid(),
                        scratch.resolve("said"),
                        limit),
                Progress.NONE);
        return new Answer(result.exitCode(), result.timedOut(), result.lastOutput(LINES));
    }

    private static List<String> asNobody(Path release, List<String> command) {
        List<String> argv = new ArrayList<>(List.of("sh", "-c", AS_NOBODY, "sh", release.toString()));
        argv.addAll(command);
        return argv;
    }
}
