package ccupgrade.config;

import ccupgrade.config.Config.Archive;
import ccupgrade.config.Config.State;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The rules of {@code [state]}. */
final class StateReader {

    private final Path home;

    /** @param home absolute; nothing in it is read, relative paths are only compared with it */
    StateReader(Path home) {
        this.home = home;
    }

    State read(Section section, State defaults) {
        List<String> given = section.strings("databases");
        List<String> databases = given == null ? defaults.databases() : given;
        if (databases.isEmpty()) {
            section.problem("databases", "must name at least one database, such as \"var/*.db\"");
        }
        Set<String> seen = new HashSet<>();
        for (String database : databases) {
            if (!isPattern(database)) {
                section.problem("databases", "holds \"" + database + "\", which is neither a path nor a pattern");
            } else if (leavesHome(database)) {
                section.problem(
                        "databases",
                        "holds \"" + database + "\", which lies outside the home: write it as an absolute path");
            } else if (!seen.add(database)) {
                section.problem("databases", "holds \"" + database + "\" twice");
            }
        }
        return new State(
                databases,
                files(section, defaults.files()),
                archive(section, defaults.archive()),
                section.flag("compress", defaults.compress()),
                section.size("precopy-rate", defaults.precopyRate()));
    }

    private List<String> files(Section section, List<String> absent) {
        List<String> files = section.strings("files");
        if (files == null) {
            return absent;
        }
        Set<String> seen = new HashSet<>();
        for (String file : files) {
            if (!isPattern(file)
                    || leavesHome(file) && !home.getFileSystem().getPath(file).isAbsolute()) {
                section.problem("files", "holds \"" + file + "\", which is not the path of a file");
            } else if (!seen.add(file)) {
                section.problem("files", "holds \"" + file + "\" twice");
            }
        }
        return files;
    }

    private @Nullable Archive archive(Section section, @Nullable Archive absent) {
        boolean none = Boolean.FALSE.equals(section.raw("archive"));
        Path path = none ? null : section.path("archive", home.getFileSystem());
        String versionFile = section.string("archive-version-file");
        boolean rewrites = section.flag("archive-migration-writes-new-files", absent != null && absent.rewritesFiles());
        if (none) {
            return null;
        }
        if (path != null && home.resolve(path).normalize().equals(home)) {
            section.problem("archive", "is the home itself, which holds more than an archive");
        }
        if (versionFile != null && versionFile.contains("/")) {
            section.problem("archive-version-file", "must be the name of a file at the archive's root");
        }
        String where = path != null ? path.toString() : absent != null ? absent.path() : null;
        if (where == null) {
            for (String key : List.of("archive-version-file", "archive-migration-writes-new-files")) {
                if (section.has(key)) {
                    section.problem(key, "needs " + section.dotted("archive"));
                }
            }
            return null;
        }
        return new Archive(
                where,
                versionFile != null ? versionFile : absent != null ? absent.versionFile() : "version.txt",
                rewrites);
    }

    private boolean isPattern(String text) {
        try {
            // Only a path's own checks and a glob's: that something lies there is for the state package to see.
            return !text.isBlank()
                    && !home.getFileSystem()
                            .getPath(text)
                            .normalize()
                            .toString()
                            .isEmpty()
                    && !text.endsWith("/")
                    && home.getFileSystem().getPathMatcher("glob:" + text) != null;
        } catch (InvalidPathException | PatternSyntaxException e) {
            return false;
        }
    }

    private boolean leavesHome(String text) {
        Path path = home.getFileSystem().getPath(text).normalize();
        return !path.isAbsolute() && path.startsWith("..");
    }
}
