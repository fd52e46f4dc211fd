package ccupgrade.config;

import ccupgrade.fault.Misuse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Which directory a command is about. */
public final class Home {

    private Home() {}

    /**
     * The directory that was given; else the nearest one from {@code start} upwards with a {@code ccupgrade.toml}; else {@code start}.
     *
     * @param start the working directory
     * @param given what {@code -C} says, relative to {@code start}; null when it was not used
     * @return absolute, without {@code .} or {@code ..}; symbolic links in it are kept, because they are how the administrator calls it
     */
    public static Path find(Path start, @Nullable Path given) throws Misuse {
        Path from = plain(start);
        if (given != null) {
            Path home = start.resolve(given);
            if (!Files.isDirectory(home)) {
                throw new Misuse(
                        "cannot use " + given + " as the home: "
                                + (Files.exists(home, LinkOption.NOFOLLOW_LINKS)
                                        ? "it is not a directory"
                                        : "there is no such directory"),
                        "give -C the directory that holds the service's " + Deployment.CONFIG_FILE
                                + " or its releases");
            }
            return plain(home);
        }
        for (Path directory = from; directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve(Deployment.CONFIG_FILE), LinkOption.NOFOLLOW_LINKS)) {
                return directory;
            }
        }
        return from;
    }

    /** {@code a/link/..} is not {@code a}: only the file system knows what it is. */
    private static Path plain(Path path) throws Misuse {
        Path absolute = path.toAbsolutePath();
        for (Path element : absolute) {
            if (element.toString().equals("..")) {
                try {
                    return absolute.toRealPath();
                } catch (IOException e) {
                    throw new Misuse("cannot find the directory " + path, null, e);
                }
            }
        }
        return absolute.normalize();
    }
}
