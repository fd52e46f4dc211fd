package ccupgrade.state;

import ccupgrade.disk.Disk;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which files are the databases of a deployment. */
public final class DatabaseFinder {

    private DatabaseFinder() {}

    /**
     * The databases that names and patterns ({@code var/*.db}, {@code **}{@code /*.sqlite}) stand for, absolute and sorted.
     *
     * <p>A name without a wildcard is among them even if there is no such file: the first release will make it. Patterns find files
     * only; they enter no linked directory and nothing hidden, and pass over what SQLite or ccupgrade put beside a database. A database
     * with two names is told once, by the name that comes first, an explicit one before one that was found.
     */
    public static List<Path> resolve(Path home, List<String> patterns) throws IOException {
        TreeSet<Path> explicit = new TreeSet<>();
        TreeSet<Path> found = new TreeSet<>();
        for (String pattern : patterns) {
            if (hasWildcard(pattern)) {
                found.addAll(matching(home, pattern));
            } else {
                explicit.add(tidy(home.toAbsolutePath().resolve(pattern)));
            }
        }
        Set<Path> known = new HashSet<>();
        TreeSet<Path> databases = new TreeSet<>();
        for (Set<Path> names : List.of(explicit, found)) {
            for (Path name : names) {
                if (known.add(DatabaseFiles.of(name).identity())) {
                    databases.add(name);
                }
            }
        }
        return List.copyOf(databases);
    }

    private static List<Path> matching(Path home, String pattern) throws IOException {
        Path given = home.getFileSystem().getPath(pattern);
        Path start = given.isAbsolute() ? given.getRoot() : home.toAbsolutePath();
        int plain = 0;
        while (!hasWildcard(given.getName(plain).toString())) {
            start = start.resolve(given.getName(plain));
            plain++;
        }
        if (!Files.isDirectory(start)) {
            return List.of();
        }
        // Only what follows the plain names is matched: the home's own name may hold a bracket.
        Path from = tidy(start);
        Path rest = given.subpath(plain, given.getNameCount());
        PathMatcher matcher = home.getFileSystem().getPathMatcher("glob:" + rest);
        int depth = pattern.contains("**") ? Integer.MAX_VALUE : rest.getNameCount();
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(from, EnumSet.noneOf(FileVisitOption.class), depth, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return !directory.equals(from) && isHidden(directory)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (matcher.matches(from.relativize(file)) && isDatabaseName(file) && Files.isRegularFile(file)) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    private static boolean isDatabaseName(Path file) {
        String name = String.valueOf(file.getFileName());
        return !isHidden(file)
                && !name.endsWith(Disk.TEMPORARY_SUFFIX)
                && DatabaseFiles.SIDE_SUFFIXES.stream().noneMatch(name::endsWith);
    }

    private static boolean isHidden(Path file) {
        return String.valueOf(file.getFileName()).startsWith(".");
    }

    private static boolean hasWildcard(String pattern) {
        return pattern.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    /** Without the dots of {@code ./var}; but {@code link/..} means another place than its text, and stays. */
    private static Path tidy(Path path) {
        for (Path part : path) {
            if (part.toString().equals("..")) {
                return path;
            }
        }
        return path.normalize();
    }
}
