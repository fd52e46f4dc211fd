package ccupgrade.bench;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A deployment that can be brought back to what it was after its first install, but for its database, which stays and may be of any size. */
final class Deployment {

    /** Below those that the kernel gives to clients. */
    private static final int FIRST_PORT = 21_000;

    private static final int PORTS = 8_000;

    final Path home;
    final int port;
    private final Path seed;

    private Deployment(Path home, int port) {
        this.home = home;
        this.port = port;
        this.seed = home.resolveSibling(home.getFileName() + ".seed");
    }

    /**
     * Installs the first release into an empty home. Its service is not running then.
     *
     * @param settings {@code ccupgrade.toml}; {@code {port}} in it stands for a free one
     */
    static Deployment create(Path home, String settings, Path release) throws IOException, InterruptedException {
        Deployment deployment = new Deployment(home, freePort());
        delete(home);
        Files.createDirectories(home);
        Files.writeString(
                home.resolve("ccupgrade.toml"), settings.replace("{port}", Integer.toString(deployment.port)));
        Tool.run(home, "install", release.toString());
        Tool.run(home, "stop");
        delete(deployment.seed);
        Files.createDirectories(deployment.seed);
        for (String part : List.of("releases", ".ccupgrade")) {
            Command.run("cp", "-a", home.resolve(part).toString(), deployment.seed.toString());
        }
        return deployment;
    }

    private static int freePort() {
        for (int port = FIRST_PORT + (int) (ProcessHandle.current().pid() % PORTS); ; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Taken: the next one.
                continue;
            }
        }
    }

    /** Whatever runs there is ended, and all that is ccupgrade's is as it was in the beginning. */
    void reset() throws IOException, InterruptedException {
        Proc.endBelow(home);
        for (String part : List.of("releases", ".ccupgrade", "var/jobs.db-copy")) {
            delete(home.resolve(part));
        }
        Command.run("cp", "-a", seed + "/.", home.toString());
    }

    Path database() {
        return home.resolve("var/jobs.db");
    }

    /** Where a copy goes that is made by hand: on the same file system. */
    Path copy() {
        return home.resolve("var/jobs.db-copy");
    }

    Path release() throws IOException {
        return home.resolve("releases/current").toRealPath();
    }

    /** The process of the service that ccupgrade started. */
    long servicePid() throws IOException, InterruptedException {
        JsonObject service = Tool.run(home, "status").document().getAsJsonObject("service");
        return service.get("pid").getAsLong();
    }

    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
