import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Makes one list of classes of those that Java recorded, for the archive that {@code prepare} makes: {@code ClassList DIRECTORY NAME
 * RECORDED…}; the directory has the jars, and gets the list {@code NAME.lst}.
 *
 * <p>Java from 25 on links these classes ahead of time, as far as the list names the places in their pools of constants that were resolved.
 * Those recorded are not the same twice, and it leaves out what it cannot resolve; so all are named. A list that does not begin with the
 * classes themselves has no effect.
 */
class ClassList {

    /**
     * What a thread loads only when it has to wait for another. That is not the same twice, so all of it is in the list: it is short.
     */
    private static final List<String> WHEN_WAITING =
            List.of("locks/", "SynchronousQueue", "LinkedTransferQueue", "ForkJoinPool");

    private static final String CONCURRENT = "java/util/concurrent/";

    /** What becomes of a connection goes by how fast the service answers. */
    private static final List<String> WHEN_ANSWERED = List.of("KeepAlive", "HttpClient", "ChunkedInputStream");

    private static final String HTTP = "sun/net/www/http/";

    /** Java 17 names one or the other of these, and loads both. */
    private static final List<String> BY_CHANCE =
            List.of("jdk/internal/misc/ScopedMemoryAccess$Scope", "jdk/internal/misc/ScopedMemoryAccess$Scope$Handle");

    private static final int LINKS_AHEAD = 25;

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        TreeSet<String> classes = new TreeSet<>();
        TreeSet<String> calls = new TreeSet<>();
        for (int i = 2; i < arguments.length; i++) {
            for (String line : Files.readAllLines(Path.of(arguments[i]))) {
                String plain = line.replaceAll(" id: [0-9]*$", "");
                if (plain.startsWith("@")) {
                    calls.add(plain);
                } else {
                    classes.add(plain);
                }
            }
        }
        addAll(CONCURRENT, WHEN_WAITING, classes);
        addAll(HTTP, WHEN_ANSWERED, classes);
        for (String name : BY_CHANCE) {
            if (Files.exists(java().getPath("/modules/java.base", name + ".class"))) {
                classes.add(name);
            }
        }
        classes.removeIf(line -> line.startsWith("#"));
        calls.removeIf(line -> line.startsWith("@cp "));
        TreeSet<String> pools = new TreeSet<>();
        if (Runtime.version().feature() >= LINKS_AHEAD) {
            try (ZipFile jar = new ZipFile(directory.resolve("ccupgrade.jar").toFile());
                    ZipFile rest = new ZipFile(directory.resolve("libraries.jar").toFile())) {
                for (String name : classes) {
                    byte[] bytes = bytes(List.of(jar, rest), name);
                    if (bytes != null) {
                        pools.add("@cp " + name + resolvable(bytes));
                    }
                }
            }
        }
        Files.write(
                directory.resolve(arguments[1] + ".lst"),
                (Iterable<String>) Stream.of(classes, calls, pools).flatMap(TreeSet::stream)::iterator);
    }

    /** Those classes in a package of java.base and below it whose names begin like one of these. */
    private static void addAll(String directory, List<String> beginnings, TreeSet<String> classes) throws IOException {
        Path root = java().getPath("/modules/java.base", directory);
        try (Stream<Path> files = Files.walk(root)) {
            files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && beginnings.stream().anyMatch(name::startsWith))
                    .forEach(name -> classes.add(directory + name.substring(0, name.length() - ".class".length())));
        }
    }

    private static FileSystem java() {
        return FileSystems.getFileSystem(URI.create("jrt:/"));
    }

    private static byte[] bytes(List<ZipFile> jars, String name) throws IOException {
        for (ZipFile jar : jars) {
            ZipEntry entry = jar.getEntry(name + ".class");
            if (entry != null) {
                try (InputStream in = jar.getInputStream(entry)) {
                    return in.readAllBytes();
                }
            }
        }
        FileSystem java = java();
        int end = name.lastIndexOf('/');
        Path packages = java.getPath("/packages", end < 0 ? "" : name.substring(0, end).replace('/', '.'));
        if (end < 0 || Files.notExists(packages)) {
            return null;
        }
        try (Stream<Path> modules = Files.list(packages)) {
            for (Path module : (Iterable<Path>) modules::iterator) {
                Path file = java.getPath("/modules", module.getFileName().toString(), name + ".class");
                if (Files.exists(file)) {
                    return Files.readAllBytes(file);
                }
            }
        }
        return null;
    }

    /** The numbers of the constants that are classes, fields, methods and calls; of the format see chapter 4.4 of the specification. */
    private static String resolvable(byte[] classFile) throws IOException {
        StringBuilder numbers = new StringBuilder();
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
        in.skipNBytes(8);
        int count = in.readUnsignedShort();
        for (int number = 1; number < count; number++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> in.skipNBytes(in.readUnsignedShort());
                case 3, 4, 12, 17 -> in.skipNBytes(4);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    // It takes two places.
                    number++;
                }
                case 7 -> {
                    numbers.append(' ').append(number);
                    in.skipNBytes(2);
                }
                case 8, 16, 19, 20 -> in.skipNBytes(2);
                case 9, 10, 11, 18 -> {
                    numbers.append(' ').append(number);
                    in.skipNBytes(4);
                }
                case 15 -> in.skipNBytes(3);
                default -> throw new IOException("there is no constant of the kind " + tag);
            }
        }
        return numbers.toString();
    }
}
