package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What of a release that is a directory is run. */
final class Executables {

    private static final int MOST_NAMED = 10;

    /** They are executable files, too, and some have an entry of their own. */
    private static final Pattern LIBRARY = Pattern.compile(".*\\.so(\\.[0-9.]+)?");

    private final Path root;
    private final String name;

    /** @param name what the messages call it */
    Executables(Path root, String name) {
        this.root = root;
        this.name = name;
    }

    /**
     * @param configured what the configuration says; null: the only candidate
     * @return relative to the root
     */
    String choose(@Nullable String configured) throws Refused, IOException {
        List<String> candidates = candidates();
        if (configured != null) {
            Path file = root.resolve(configured).normalize();
            if (!file.startsWith(root)
                    || !Files.isRegularFile(file)
                    || !file.toRealPath().startsWith(root.toRealPath())) {
                throw new Refused(
                        "cannot find " + configured + " in " + name + ": executable in [releases] names it",
                        candidates.isEmpty() ? null : "what could be run there: " + named(candidates));
            }
            return root.relativize(file).toString();
        }
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        if (candidates.isEmpty()) {
            throw new Refused(
                    "cannot run " + name + ": it holds no executable file and no jar with a Main-Class",
                    "name what is to be run: executable = \"…\" in [releases]");
        }
        throw new Refused(
                "cannot tell what is to be run of " + name + ": it holds " + named(candidates),
                "name one: executable = \"" + candidates.get(0) + "\" in [releases]");
    }

    private List<String> candidates() throws IOException {
        List<String> candidates = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> found = Files.walk(root)) {
            files = found.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            if (isCandidate(file)) {
                candidates.add(root.relativize(file).toString());
            }
        }
        return candidates;
    }

    private static boolean isCandidate(Path file) throws IOException {
        String fileName = String.valueOf(file.getFileName());
        if (fileName.endsWith(".jar")) {
            return hasMainClass(file, fileName);
        }
        return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE)
                && !LIBRARY.matcher(fileName).matches()
                && Looks.of(file).isProgram();
    }

    /** False also for what cannot be read as a jar. */
    static boolean hasMainClass(Path file, String name) throws IOException {
        try (JarArchive jar = JarArchive.open(file, name)) {
            return jar.manifest().getValue(Attributes.Name.MAIN_CLASS) != null;
        } catch (Refused e) {
            return false;
        }
    }

    private static String named(List<String> files) {
        String some = String.join(", ", files.subList(0, Math.min(MOST_NAMED, files.size())));
        return files.size() > MOST_NAMED ? some + " and " + (files.size() - MOST_NAMED) + " more" : some;
    }
}
