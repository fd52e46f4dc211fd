package ccupgrade.state;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Configuration files: small, each complete by itself, and written by people. A link to one is followed, and stays. One that is as it was
 * kept is left alone, so that what has it open, or mounted, keeps it.
 */
final class PlainFiles {

    /** They are copied while the service stands still. */
    static final long MOST_BYTES = 64L << 20;

    private final Path home;
    private final Disk disk;

    PlainFiles(Path home, Disk disk) {
        this.home = home;
        this.disk = disk;
    }

    /** What the name means, which need not exist. */
    static Path real(Path name) throws IOException {
        return DatabaseFiles.of(name).main();
    }

    /**
     * Bytes of those that are there.
     *
     * @throws Refused when one is no file, or together they are too large to be copied within the downtime
     */
    static long sizeOf(List<Path> files) throws Refused, IOException {
        long sum = 0;
        for (Path file : files) {
            if (Files.exists(file)) {
                if (!Files.isRegularFile(file)) {
                    throw new Refused(
                            "cannot keep " + file + ": it is not a file", "name files in files of [state], one by one");
                }
                sum += Files.size(file);
            }
        }
        if (sum > MOST_BYTES) {
            throw new Refused(
                    "cannot keep the files named in [state]: they have " + Words.bytes(sum) + ", and up to "
                            + Words.bytes(MOST_BYTES) + " are copied while the service stands still",
                    "name only configuration there");
        }
        return sum;
    }

    /** @param copy a free name in a directory that is itself temporary */
    KeptFile keep(Path name, String path, boolean replaced, Path copy) throws Failed, IOException {
        Path live = real(name);
        if (!Files.exists(live)) {
            return new KeptFile(path, replaced, null);
        }
        FileOwner owner = DatabaseFiles.ownerOf(live);
        disk.copy(live, copy, Progress.NONE);
        requireOwner(path, copy, owner);
        return new KeptFile(
                path,
                replaced,
                new KeptFile.Copy(
                        String.valueOf(copy.getFileName()),
                        Files.size(copy),
                        Checksum.sha256(copy, Progress.NONE),
                        owner));
    }

    private static void requireOwner(String path, Path copy, FileOwner owner) throws Failed, IOException {
        FileOwner got = DatabaseFiles.ownerOf(copy);
        if (!got.equals(owner)) {
            throw new Failed(
                    "cannot keep the owner of " + path + ": the copy has " + got + " instead of " + owner,
                    "run ccupgrade as root or as the user that owns the file");
        }
    }

    private Path liveOf(KeptFile file) throws IOException {
        return real(home.resolve(file.path()));
    }

    /** Whether the live file is what was kept. */
    boolean isAsKept(KeptFile file) throws IOException {
        Path live = liveOf(file);
        KeptFile.Copy copy = file.copy();
        if (copy == null) {
            return !Files.exists(live, LinkOption.NOFOLLOW_LINKS);
        }
        return Files.isRegularFile(live) && DatabaseFiles.ownerOf(live).equals(copy.owner()) && isOf(live, copy);
    }

    private static boolean isOf(Path file, KeptFile.Copy copy) throws IOException {
        return Files.size(file) == copy.size()
                && Checksum.sha256(file, Progress.NONE).equals(copy.sha256());
    }

    /**
     * @param consuming whether a copy that is gone may have been put in place by an earlier attempt
     * @throws Failed when the copy is missing or is not what was kept
     */
    void verify(Snapshot snapshot, KeptFile file, boolean consuming) throws Failed, IOException {
        KeptFile.Copy copy = file.copy();
        if (copy == null) {
            return;
        }
        Path kept = snapshot.directory().resolve(copy.file());
        if (!Files.isRegularFile(kept, LinkOption.NOFOLLOW_LINKS)) {
            if (consuming && isAsKept(file)) {
                return;
            }
            throw Restoration.unusable(snapshot, kept + " is missing");
        }
        if (!isOf(kept, copy)) {
            throw Restoration.unusable(snapshot, kept + " is not what was kept of " + file.path());
        }
        FileOwner owner = DatabaseFiles.ownerOf(kept);
        if (!owner.equals(copy.owner())) {
            throw Restoration.unusable(snapshot, kept + " has " + owner + " instead of " + copy.owner());
        }
    }

    /**
     * Makes the live file what was kept of it. It is verified, and what is there now is lost unless it was parked.
     *
     * @param consuming whether the copy is used up, which needs no space
     */
    void restore(Snapshot snapshot, KeptFile file, boolean consuming) throws Failed, IOException {
        Path live = liveOf(file);
        Path temporary = temporaryFor(live);
        if (Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
            disk.delete(temporary);
        }
        if (isAsKept(file)) {
            return;
        }
        KeptFile.Copy copy = file.copy();
        if (copy == null) {
            disk.delete(live);
            return;
        }
        Path kept = snapshot.directory().resolve(copy.file());
        disk.createDirectories(DatabaseFiles.of(live).directory());
        if (consuming) {
            try {
                disk.move(kept, live);
                return;
            } catch (AtomicMoveNotSupportedException e) {
                // Copied below; the copy goes with the snapshot.
            }
        }
        disk.copy(kept, temporary, Progress.NONE);
        requireOwner(file.path(), temporary, copy.owner());
        disk.move(temporary, live);
    }

    /** Of a file that is about to be replaced. Whoever replaces it again removes what a crash has left there. */
    static Path temporaryFor(Path live) {
        return live.resolveSibling("." + live.getFileName() + ".replaced" + Disk.TEMPORARY_SUFFIX);
    }

    /**
     * Gives a file a new content by one rename, with the owner, mode and attributes that it has; one that is not there yet belongs to whom
     * its directory belongs to, mode 0640.
     *
     * @param name a link is followed
     */
    void replace(Path name, byte[] content) throws IOException {
        Path live = real(name);
        Path temporary = temporaryFor(live);
        disk.delete(temporary);
        if (Files.exists(live)) {
            disk.copy(live, temporary, Progress.NONE);
            disk.overwrite(temporary, 0, content, content.length);
            disk.truncate(temporary, content.length);
        } else {
            disk.createDirectories(DatabaseFiles.of(live).directory());
            FileOwner directory = DatabaseFiles.ownerOf(DatabaseFiles.of(live).directory());
            disk.create(temporary, out -> out.write(content));
            disk.setOwner(temporary, directory.user(), directory.group(), 0640);
        }
        disk.move(temporary, live);
    }
}
