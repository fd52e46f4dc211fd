package ccupgrade.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The place where all deployments of a sweep lie, in memory where there is room, and the ways to run programs there quickly. Closing ends
 * every process that was started there, and removes the place.
 */
final class Bench implements AutoCloseable {

    private static final Path TOOL = Path.of("target", "ccupgrade.jar").toAbsolutePath();
    private static final Path SHIM_SOURCE = Path.of("src", "faults", "shim.c").toAbsolutePath();
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    final Path root;
    final Path shim;
    private final Path archive;

    private Bench(Path root) {
        this.root = root;
        this.shim = root.resolve("shim.so");
        this.archive = root.resolve("ccupgrade.jsa");
    }

    /** Empty when there is no C compiler. */
    static Optional<Bench> open() throws IOException, InterruptedException {
        Path memory = Path.of("/dev/shm");
        Path parent = Files.isWritable(memory) && room(memory) > 2L << 30
                ? memory
                : Path.of(System.getProperty("java.io.tmpdir"));
        Bench bench = new Bench(Files.createTempDirectory(parent, "ccupgrade-faults-"));
        if (!bench.compile()) {
            bench.close();
            return Optional.empty();
        }
        bench.unpackSqlite();
        return Optional.of(bench);
    }

    private static long room(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return store.getUsableSpace();
    }

    private boolean compile() throws IOException, InterruptedException {
        String compiler = System.getenv().getOrDefault("CC", "cc");
        try {
            Process process = new ProcessBuilder(
                            compiler,
                            "-std=c99",
                            "-O1",
                            "-shared",
                            "-fPIC",
                            "-o",
                            shim.toString(),
                            SHIM_SOURCE.toString(),
                            "-ldl")
                    .inheritIO()
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            // There is no such program.
            return false;
        }
    }

    /** Otherwise each process unpacks it for itself, and a killed one leaves it in the temporary directory. */
    private void unpackSqlite() throws IOException {
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        try (InputStream library =
                Bench.class.getResourceAsStream("/org/sqlite/native/Linux/" + machine + "/libsqlitejdbc.so")) {
            if (library == null) {
                throw new IOException("no SQLite library for " + machine);
            }
            Files.copy(library, root.resolve("libsqlitejdbc.so"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The options that make a short life of a JVM cheap. */
    List<String> quickJava() {
        return List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Dorg.sqlite.lib.path=" + root,
                "-Dorg.sqlite.lib.name=libsqlitejdbc.so");
    }

    List<String> java(String... more) {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(quickJava());
        command.addAll(List.of(more));
        return command;
    }

    List<String> tool(Path home, String... arguments) {
        List<String> command = java();
        // Its classes, already parsed: made by the first run that ends by itself.
        command.add(Files.exists(archive) ? "-XX:SharedArchiveFile=" + archive : "-Xshare:auto");
        command.addAll(List.of("-jar", TOOL.toString(), "-C", home.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs one harmless install only to learn which classes are used. */
    void archiveClasses(Sandbox sandbox, String... arguments) throws IOException, InterruptedException {
        List<String> command = tool(sandbox.home, arguments);
        command.addAll(1, List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("archive.txt").toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("no class archive: " + Files.readString(root.resolve("archive.txt")));
        }
    }

    /** Ends every process that works in a directory or carries its name in its environment. */
    static void killBelow(Path directory) throws IOException {
        String mark = directory.toString();
        for (int round = 0; round < 3; round++) {
            List<ProcessHandle> found = ProcessHandle.allProcesses()
                    .filter(process -> process.pid() != ProcessHandle.current().pid() && belongs(process.pid(), mark))
                    .toList();
            found.forEach(ProcessHandle::destroyForcibly);
            if (found.isEmpty()) {
                return;
            }
            try {
                for (ProcessHandle process : found) {
                    process.onExit().get(5, TimeUnit.SECONDS);
                }
            } catch (Exception e) {
                // Looked at again in the next round.
                continue;
            }
        }
    }

    private static boolean belongs(long pid, String mark) {
        try {
            Path process = Path.of("/proc", Long.toString(pid));
            String directory = Files.readSymbolicLink(process.resolve("cwd")).toString();
            return directory.equals(mark) || directory.startsWith(mark + "/") || directory.equals(mark + " (deleted)");
        } catch (IOException e) {
            return false;
        }
    }

    /** The environment by which the shim is told what to do. */
    Map<String, String> fault(Path home, Path scratch, String who, String mode, int at) {
        return Map.of(
                "LD_PRELOAD", shim.toString(),
                "FAULT_ROOT", home.toString(),
                "FAULT_WHO", who,
                "FAULT_COUNT", scratch.resolve("count").toString(),
                "FAULT_LOG", scratch.resolve("log").toString(),
                "FAULT_MODE", mode,
                "FAULT_AT", Integer.toString(at));
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

    static void copy(Path from, Path to) throws IOException, InterruptedException {
        Process copy = new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                .inheritIO()
                .start();
        if (copy.waitFor() != 0) {
            throw new IOException("cannot copy " + from + " to " + to);
        }
    }

    @Override
    public void close() throws IOException {
        killBelow(root);
        delete(root);
    }
}
