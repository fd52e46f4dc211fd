package ccupgrade.release;

import ccupgrade.disk.Disk;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** The symbolic link through which the service is started. Reads it with suspicion: an administrator may have made it by hand. */
final class CurrentLink {

    private final Path link;
    private final ReleaseNames names;
    private final Disk disk;

    CurrentLink(Path link, ReleaseNames names, Disk disk) {
        this.link = link;
        this.names = names;
        this.disk = disk;
    }

    /** The epoch of the release that the link names; empty when there is no link. */
    OptionalLong epoch() throws Refused, IOException {
        if (!isLink()) {
            return OptionalLong.empty();
        }
        Path target = Files.readSymbolicLink(link);
        if (!Files.exists(link)) {
            throw new Refused(
                    "cannot tell which release is current: " + link + " points to " + target + ", which does not exist",
                    "point it to a stored release: " + linkCommand());
        }
        Path real = link.toRealPath();
        Path directory = names.directory();
        Path realDirectory = Files.isDirectory(directory) ? directory.toRealPath() : directory;
        if (!real.startsWith(realDirectory) || real.equals(realDirectory)) {
            throw new Refused(
                    "cannot tell which release is current: " + link + " points to " + target + ", which is outside "
                            + directory,
                    "take what lies there as a release: ccupgrade init --adopt; or remove the link, and: ccupgrade install "
                            + real);
        }
        // The executable of a release that is a directory, or that directory itself.
        Path release = realDirectory.resolve(realDirectory.relativize(real).getName(0));
        OptionalLong epoch = ReleaseNames.epochOfRelease(release);
        if (epoch.isEmpty() || !names.stored(epoch.getAsLong()).equals(Optional.of(stored(release)))) {
            throw new Refused(
                    "cannot tell which release is current: " + link + " points to " + target
                            + ", which is not a release",
                    "point it to a stored release: " + linkCommand());
        }
        return epoch;
    }

    private Path stored(Path release) {
        return names.directory().resolve(release.getFileName());
    }

    /** Whether the link would lead to this release, even if it is broken otherwise. */
    boolean names(long epoch) throws IOException {
        if (!Files.isSymbolicLink(link)) {
            return false;
        }
        Path target = link.resolveSibling(Files.readSymbolicLink(link))
                .toAbsolutePath()
                .normalize();
        for (Path release : names.possible(epoch)) {
            boolean leadsThere = Files.exists(link)
                    && Files.exists(release)
                    && link.toRealPath().startsWith(release.toRealPath());
            if (leadsThere || target.startsWith(release.toAbsolutePath().normalize())) {
                return true;
            }
        }
        return false;
    }

    /** @param release in the releases' directory, or below it */
    void pointTo(Path release) throws Refused, IOException {
        isLink();
        Path parent = parent();
        disk.createDirectories(parent);
        // Not the real path of the release itself: its executable may be a link inside of it, which keeps its name.
        Path real = names.directory().toRealPath().resolve(names.directory().relativize(release));
        disk.replaceLink(link, targetFrom(parent.toRealPath(), real));
    }

    void remove() throws Refused, IOException {
        if (isLink()) {
            disk.delete(link);
        }
    }

    /** Relative, so that a home that is moved or mounted elsewhere keeps working; absolute where only the root is shared. */
    private static Path targetFrom(Path directory, Path release) {
        Path root = directory.getRoot();
        boolean nothingShared = directory.getNameCount() == 0
                || release.getNameCount() == 0
                || !directory.getName(0).equals(release.getName(0));
        return root == null || !root.equals(release.getRoot()) || nothingShared
                ? release
                : directory.relativize(release);
    }

    /** @return false when there is nothing at all */
    private boolean isLink() throws Refused {
        if (Files.isSymbolicLink(link)) {
            return true;
        }
        if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        if (Files.isDirectory(link)) {
            throw new Refused(
                    "cannot tell which release is current: " + link + " is a directory, not a symbolic link",
                    "move it out of the way: mv " + link + " " + link + ".old");
        }
        throw new Refused(
                "cannot tell which release is current: " + link + " is a plain file, not a symbolic link",
                "if it is the running program, move it away and install it as a release: mv " + link + " " + link
                        + ".old && ccupgrade install " + link + ".old");
    }

    private String linkCommand() {
        return "ln -sfn " + names.directory().resolve("RELEASE") + " " + link;
    }

    private Path parent() {
        Path parent = link.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a link has a directory: " + link);
        }
        return parent;
    }
}
