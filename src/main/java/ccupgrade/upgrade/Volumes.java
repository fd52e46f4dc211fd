package ccupgrade.upgrade;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file systems of this machine. A test has others. */
@FunctionalInterface
interface Volumes {

    /**
     * One of them.
     *
     * @param identity the same for all places that share their free space
     * @param name for a reader: {@code /srv (ext4)}
     * @param free bytes that may still be written
     */
    record Volume(String identity, String name, long free) {}

    Volumes MOUNTED = Volumes::mounted;

    /** @param place need not be there yet: what it would be made in counts then */
    Volume of(Path place) throws IOException;

    private static Volume mounted(Path place) throws IOException {
        Path directory = nearest(place).toRealPath();
        FileStore store = Files.getFileStore(directory);
        Object number = numberOf(directory);
        // Subvolumes of one Btrfs have different numbers, and the device in common; what has no device has a number of
        // its
        // own.
        String identity = store.name().startsWith("/") ? store.name() : store.name() + "#" + number;
        Path top = directory;
        Path above = top.getParent();
        while (above != null && numberOf(above).equals(number)) {
            top = above;
            above = top.getParent();
        }
        return new Volume(identity, top + " (" + store.type() + ")", store.getUsableSpace());
    }

    private static Object numberOf(Path directory) throws IOException {
        return Files.getAttribute(directory, "unix:dev");
    }

    /** The directory itself, or the first one above it that is there. */
    static Path nearest(Path directory) {
        Path there = directory.toAbsolutePath();
        while (there.getParent() != null && !Files.isDirectory(there)) {
            there = there.getParent();
        }
        return there;
    }
}
