package ccupgrade.release;

import ccupgrade.disk.Disk;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
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
        if (!Files.isDirectory(names.directory())
                || !names.directory().toRealPath().equals(real.getParent())) {
            throw new Refused(
                    "cannot tell which release is current: " + link + " points to " + target + ", which is outside "
                            + names.directory(),
                    "install that file as a release: remove the link, run ccupgrade install " + real);
        }
        OptionalLong epoch = ReleaseNames.epochOfRelease(real);
        if (epoch.isEmpty() || !Files.isRegularFile(real)) {
            throw new Refused(
                    "cannot tell which release is current: " + link + " points to " + target
                            + ", which is not a release",
                    "point it to a stored release: " + linkCommand());
        }
        return epoch;
    }

    /** Whether the link would lead to this release, even if it is broken otherwise. */
    boolean names(long epoch) throws IOException {
        if (!Files.isSymbolicLink(link)) {
            return false;
        }
        Path release = names.release(epoch);
        if (Files.exists(link) && Files.exists(release)) {
            return Files.isSameFile(link, release);
        }
        Path target = link.resolveSibling(Files.readSymbolicLink(link));
        return target.toAbsolutePath()
                .normalize()
                .equals(release.toAbsolutePath().normalize());
    }

    void pointTo(Path release) throws Refused, IOException {
        isLink();
        Path parent = parent();
        disk.createDirectories(parent);
        disk.replaceLink(link, targetFrom(parent.toRealPath(), release.toRealPath()));
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
        return "ln -sfn " + names.directory().resolve("EPOCH.jar") + " " + link;
    }

    private Path parent() {
        Path parent = link.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a link has a directory: " + link);
        }
        return parent;
    }
}
