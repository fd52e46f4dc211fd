package ccupgrade.release;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a program finds here.
 *
 * @param root of the file system
 * @param architecture as Java names it
 * @param path directories in which programs are looked for by their names
 */
public record ThisMachine(Path root, String architecture, List<Path> path) {

    /** @param searchPath as {@code PATH} writes it */
    public static ThisMachine of(String searchPath) {
        List<Path> directories = new ArrayList<>();
        for (String directory : searchPath.split(":")) {
            if (!directory.isEmpty()) {
                directories.add(Path.of(directory));
            }
        }
        return new ThisMachine(Path.of("/"), System.getProperty("os.arch", "?"), directories);
    }

    /** @param file an absolute path, as a program names it */
    Path at(String file) {
        return root.resolve(file.substring(1));
    }

    boolean hasProgram(String file) {
        return Files.isExecutable(at(file)) && !Files.isDirectory(at(file));
    }

    /** Where a name leads that has no slash in it. */
    Optional<Path> onPath(String name) {
        return path.stream()
                .map(directory -> directory.resolve(name))
                .filter(program -> Files.isExecutable(program) && !Files.isDirectory(program))
                .findFirst();
    }
}
