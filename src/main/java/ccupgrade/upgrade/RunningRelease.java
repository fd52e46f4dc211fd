package ccupgrade.upgrade;

import ccupgrade.release.Release;
import ccupgrade.service.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which release the service was started from. */
final class RunningRelease {

    private final Site site;

    RunningRelease(Site site) {
        this.site = site;
    }

    /** What provably runs in place of the current release. A JVM keeps its jar open; behind a wrapper script nothing is proved. */
    Optional<Path> otherThan(Release current, Status.Running running) {
        Path expected = real(current.file());
        if (running.executable() != null) {
            return Optional.of(running.executable())
                    .filter(executable -> !real(executable).equals(expected));
        }
        if (running.pid() == null) {
            return Optional.empty();
        }
        List<Path> open = site.surroundings().processes().openFiles(running.pid());
        Path its = real(current.stored());
        return open.stream().anyMatch(file -> file.startsWith(its))
                ? Optional.empty()
                : open.stream().filter(file -> isRelease(file, its)).findFirst();
    }

    /** @param other a release, wherever the file lies in one */
    private static boolean isRelease(Path file, Path other) {
        Path releases = other.getParent();
        return releases != null
                && file.startsWith(releases)
                && !file.equals(releases)
                && releases.relativize(file).getName(0).toString().matches("\\d+(\\.jar)?");
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            // Gone: its name still says which one it was.
            return path.toAbsolutePath().normalize();
        }
    }
}
