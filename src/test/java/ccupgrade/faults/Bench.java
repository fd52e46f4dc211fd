package ccupgrade.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The place where all deployments of a sweep lie, in memory where there is room, and the ways to run programs there quickly. Closing ends
 * every process that was started there, and removes the place.
 */
final class Bench implements AutoCloseable {

    static final Path TOOL = Path.of("target", "ccupgrade.jar").toAbsolutePath();
    private static final Path SHIM_SOURCE = Path.of("src", "faults", "shim.c").toAbsolutePath();
    private static final Path PROGRAM_SOURCE =
            Path.of("src", "faults", "jobs.c").toAbsolutePath();
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    final Path root;
    final Path shim;
    private final Path lists;
    private final Path toolArchive;
    private final Path serviceArchive;
    private boolean learning;
    private volatile boolean closed;

    private Bench(Path root) {
        this.root = root;
        this.shim = root.resolve("shim.so");
        this.lists = root.resolve("classes");
        this.toolArchive = root.resolve("ccupgrade.jsa");
        this.serviceArchive = root.resolve("service.jsa");
    }

    /** Empty when there is no C compiler, or no SQLite to link the sample service with. */
    static Optional<Bench> open() throws IOException, InterruptedException {
        Path memory = Path.of("/dev/shm");
        Path parent = Files.isWritable(memory) && room(memory) > 2L << 30
                ? memory
                : Path.of(System.getProperty("java.io.tmpdir"));
        Bench bench = new Bench(Files.createTempDirectory(parent, "ccupgrade-faults-"));
        if (!bench.compile(bench.shim, SHIM_SOURCE, "-std=c99", "-shared", "-fPIC", "-ldl") || !bench.makeReleases()) {
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

    /** The releases of the sample service, each as an executable and in an archive, and the configuration file that replaces another. */
    private boolean makeReleases() throws IOException, InterruptedException {
        Path releases = Files.createDirectories(root.resolve("releases"));
        Files.writeString(releases.resolve("config.json"), "new\n");
        return makeRelease(releases, "1.0", 3, 2)
                && makeRelease(releases, "1.1", 3, 2)
                && makeRelease(releases, "2.0", 4, 3)
                && makeRelease(releases, "2.1", 4, 3)
                && makeRelease(releases, "2.0-half", 4, 3, "-DFAILS=2")
                && makeRelease(releases, "3.0-half", 5, 3, "-DFAILS=1")
                && makeRelease(releases, "3.0-unhealthy", 5, 3, "-DUNHEALTHY=1");
    }

    private boolean makeRelease(Path releases, String name, int schema, int archive, String... more)
            throws IOException, InterruptedException {
        Path program = releases.resolve("jobs-" + name);
        List<String> options = new ArrayList<>(List.of("-std=gnu11", "-l:libsqlite3.so.0"));
        options.add("-DVERSION=\"" + name.replaceAll("-.*", "") + "\"");
        options.addAll(List.of("-DSCHEMA=" + schema, "-DARCHIVE=" + archive));
        options.addAll(List.of(more));
        if (!compile(program, PROGRAM_SOURCE, options.toArray(String[]::new))) {
            return false;
        }
        Path tree = releases.resolve("tree");
        Files.createDirectories(tree.resolve("bin"));
        Files.createDirectories(tree.resolve("share"));
        Files.copy(program, tree.resolve("bin/jobs"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(tree.resolve("share/version"), name + "\n");
        execute(
                "tar",
                "-C",
                tree.toString(),
                "-cf",
                releases.resolve("jobs-" + name + ".tar").toString(),
                ".");
        delete(tree);
        return true;
    }

    private boolean compile(Path target, Path source, String... options) throws IOException, InterruptedException {
        String compiler = System.getenv().getOrDefault("CC", "cc");
        List<String> command = new ArrayList<>(List.of(compiler, "-O1", "-o", target.toString(), source.toString()));
        command.addAll(List.of(options));
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
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

    /** The options that make a short life of a JVM cheap: of the service and of a migration. */
    List<String> quickJava() {
        List<String> options = quick(serviceArchive);
        // Of libraries from the build's own repository, time after time.
        options.addAll(List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"));
        return options;
    }

    private List<String> quick(Path archive) {
        checkOpen();
        List<String> options = new ArrayList<>(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:CompileThresholdScaling=4",
                "-Xms64m",
                "-Xmn40m",
                "-XX:-UsePerfData",
                "-Dorg.sqlite.lib.path=" + root,
                "-Dorg.sqlite.lib.name=libsqlitejdbc.so"));
        if (learning) {
            options.add("-XX:DumpLoadedClassList=" + listOf(archive) + "-%p");
        } else if (Files.exists(archive)) {
            options.add("-XX:SharedArchiveFile=" + archive);
        }
        return options;
    }

    private Path listOf(Path archive) {
        return lists.resolve(archive.getFileName());
    }

    List<String> java(String... more) {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(quickJava());
        command.addAll(List.of(more));
        return command;
    }

    /** A Java for ccupgrade; what is to be run in it follows. */
    List<String> tool() {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(quick(toolArchive));
        return command;
    }

    /** While this runs, all JVMs write down which classes they load; from then on they find those already parsed. */
    void archiveClasses(Learning run) throws IOException, InterruptedException {
        Files.createDirectories(lists);
        learning = true;
        try {
            run.run();
        } finally {
            learning = false;
        }
        archiveClasses(toolArchive, "-cp", TOOL.toString());
        // The service's jar lies somewhere else each time, so that only the JDK's own classes can be in its archive.
        archiveClasses(serviceArchive);
    }

    /** Some commands, with a service and a migration. */
    interface Learning {
        void run() throws IOException, InterruptedException;
    }

    private void archiveClasses(Path archive, String... classPath) throws IOException, InterruptedException {
        Path list = listOf(archive);
        Set<String> classes = new LinkedHashSet<>();
        try (Stream<Path> all = Files.list(lists)) {
            for (Path one :
                    all.filter(file -> file.toString().startsWith(list + "-")).toList()) {
                Files.readAllLines(one).stream()
                        // Made beforehand, they would link picocli's interfaces; the old class files that these are
                        // cannot be archived then.
                        .filter(line -> !line.startsWith("@lambda-proxy picocli")
                                && !line.startsWith("@lambda-proxy ccupgrade/cli/Root"))
                        .forEach(classes::add);
            }
        }
        Files.write(list, classes);
        List<String> command = new ArrayList<>(
                List.of(JAVA, "-Xshare:dump", "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + archive));
        command.addAll(List.of("-Xlog:disable", "-Xlog:all=error"));
        command.addAll(List.of(classPath));
        Path said = root.resolve("archive.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(300, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("no class archive: " + Files.readString(said));
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
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            // What is still there is looked at again in the next round.
            while (found.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < limit) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
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
        execute("cp", "-a", from.toString(), to.toString());
    }

    private static void execute(String... command) throws IOException, InterruptedException {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("cannot run " + String.join(" ", command));
        }
    }

    /** So that nothing is begun, and nothing believed, once all processes are killed. */
    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the sweep has ended");
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        killBelow(root);
        delete(root);
    }
}
