package ccupgrade.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A second tree that is made like one somebody works on, in as many passes as it takes: each makes equal what has changed since the last
 * one, and so the last one, when nobody works on it any more, is short. Links stay links, and two names of one file become two files.
 *
 * <p>A tree may have millions of files. What is remembered of a file or a directory is eight bytes: a digest of its name, inode, size and times as they
 * were before it was copied. A file or directory that changed so shortly before that the kernel's clock might not tell another change from it is
 * not remembered, and so is copied again.
 */
public final class TreeMirror {

    /** How the files of the second tree come about. */
    public enum Way {
        CLONE,
        LINK,
        COPY
    }

    /**
     * What there is after a pass.
     *
     * @param files of the first tree
     * @param bytes of these
     * @param made how many were made in this pass
     */
    public record Tally(long files, long bytes, long made) {}

    private static final Duration TICK = Duration.ofSeconds(1);

    /** One process clones so many. */
    private static final int BATCH = 500;

    private final Path source;
    private final Path target;
    private final Way way;
    private final Disk disk;
    private final Clock clock;
    private final SeenFiles seen = new SeenFiles();

    /** @param target a temporary name: a crash leaves a part of the tree */
    public TreeMirror(Path source, Path target, Way way, Disk disk, Clock clock) {
        this.source = source;
        this.target = target;
        this.way = way;
        this.disk = disk;
        this.clock = clock;
    }

    /**
     * Makes the second tree like the first one as it is now; what changes meanwhile is for the next pass. Durable when it returns.
     *
     * @param last whether nobody works on the first tree: only then are the times of all directories those of the first
     * @param rate bytes a second to copy at most; 0 for as fast as it goes
     * @throws FileSystemException also for what is neither a file, a directory nor a link, and for another file system within the tree
     */
    public Tally pass(boolean last, long rate, Progress progress) throws IOException, InterruptedException {
        progress.begin((last ? "comparing " : "copying ") + source.getFileName(), -1);
        try {
            Pass pass = new Pass(last, rate, progress);
            pass.directory(source, target, FileStat.of(source));
            pass.cloneAll();
            seen.sort();
            disk.syncFileSystem(target);
            disk.sync(target.toAbsolutePath().resolveSibling(""));
            return new Tally(pass.files, pass.bytes, pass.made);
        } finally {
            progress.end();
        }
    }

    /** A file that is to be cloned. */
    private record Pending(Path live, Path copy, FileStat stat) {}

    private final class Pass {

        private final boolean last;
        private final long rate;
        private final Progress progress;
        private final long began = System.nanoTime();
        private final long device;
        private final List<Pending> pending = new ArrayList<>();
        private long files;
        private long bytes;
        private long made;
        private long copied;

        Pass(boolean last, long rate, Progress progress) throws IOException {
            this.device = FileStat.of(source).device();
            this.last = last;
            this.rate = rate;
            this.progress = progress;
        }

        void directory(Path live, Path copy, FileStat stat) throws IOException, InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (stat.device() != device) {
                throw new FileSystemException(
                        live.toString(), null, "is on another file system than the rest of the tree");
            }
            boolean there = Files.isDirectory(copy, LinkOption.NOFOLLOW_LINKS);
            if (!there) {
                make(live, copy);
            }
            // No name in it has come or gone since the last pass, so all are in the copy: most of the calls of a pass
            // are saved by that.
            boolean sameNames = there && seen.has(seen.of(source.relativize(live), stat));
            // A directory may be too large for all its names to be held in memory.
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(live)) {
                for (Path entry : entries) {
                    entry(entry, copy.resolve(entry.getFileName()), sameNames);
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
            if (!sameNames) {
                remember(live, stat);
            }
            if (there && !sameNames) {
                deleteWhatIsGone(live, copy);
            }
            if (last) {
                cloneAll();
            }
            likeDirectory(copy, stat);
        }

        private void deleteWhatIsGone(Path live, Path copy) throws IOException {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(copy)) {
                for (Path entry : entries) {
                    if (!Files.exists(live.resolve(entry.getFileName()), LinkOption.NOFOLLOW_LINKS)) {
                        DurableDisk.removeTree(entry);
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }

        /** What goes meanwhile goes from the copy in the next pass. */
        private void entry(Path live, Path copy, boolean isThere) throws IOException, InterruptedException {
            try {
                make(live, copy, isThere || Files.exists(copy, LinkOption.NOFOLLOW_LINKS));
            } catch (NoSuchFileException | NotDirectoryException e) {
                if (last) {
                    throw e;
                }
            }
        }

        private void make(Path live, Path copy, boolean there) throws IOException, InterruptedException {
            FileStat stat = FileStat.of(live);
            if (stat.isDirectory()) {
                if (there && !Files.isDirectory(copy, LinkOption.NOFOLLOW_LINKS)) {
                    Files.delete(copy);
                }
                directory(live, copy, stat);
                return;
            }
            if (!stat.isFile() && !stat.isLink()) {
                throw new FileSystemException(live.toString(), null, "is neither a file, a directory nor a link");
            }
            files += stat.isFile() ? 1 : 0;
            bytes += stat.isFile() ? stat.size() : 0;
            progress.at(files);
            if (there && isEqual(live, copy, stat)) {
                return;
            }
            if (there) {
                DurableDisk.removeTree(copy);
            }
            made++;
            if (stat.isFile() && way == Way.CLONE) {
                pending.add(new Pending(live, copy, stat));
                if (pending.size() == BATCH) {
                    cloneAll();
                }
            } else if (stat.isFile() && way == Way.LINK) {
                Files.createLink(copy, live);
            } else {
                make(live, copy);
                remember(live, stat);
                slowDown(stat.size());
            }
        }

        private boolean isEqual(Path live, Path copy, FileStat stat) throws IOException {
            if (stat.isLink()) {
                return Files.isSymbolicLink(copy)
                        && Files.readSymbolicLink(copy).equals(Files.readSymbolicLink(live))
                        && FileStat.of(copy).belongsAs(stat);
            }
            if (way == Way.LINK) {
                return FileStat.of(copy).inode() == stat.inode();
            }
            return seen.has(seen.of(source.relativize(live), stat));
        }

        private void make(Path live, Path copy) throws IOException {
            Files.copy(live, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            requireOwner(live, copy);
            if (Files.isRegularFile(copy, LinkOption.NOFOLLOW_LINKS)) {
                // The copy's are whole microseconds.
                setWritten(copy, FileStat.of(live).written());
            }
        }

        private void requireOwner(Path live, Path copy) throws IOException {
            FileStat got = FileStat.of(copy);
            FileStat stat = FileStat.of(live);
            if (!got.belongsAs(stat)) {
                throw new FileSystemException(
                        copy.toString(),
                        live.toString(),
                        "cannot keep its owner: run ccupgrade as root or as its owner");
            }
        }

        private void remember(Path live, FileStat stat) {
            if (!last && !stat.isLink() && stat.changed().toInstant().plus(TICK).isBefore(now())) {
                seen.add(seen.of(source.relativize(live), stat));
            }
        }

        private Instant now() {
            return clock.instant();
        }

        void cloneAll() throws IOException, InterruptedException {
            if (pending.isEmpty()) {
                return;
            }
            List<String> command = new ArrayList<>(List.of(
                    "cp",
                    "--reflink=always",
                    "--preserve=all",
                    "--no-dereference",
                    "--parents",
                    "-t",
                    target.toAbsolutePath().toString(),
                    "--"));
            pending.forEach(one -> command.add("./" + source.relativize(one.live)));
            boolean all = ChildCopy.run(command, source).code() == 0;
            for (Pending one : pending) {
                try {
                    if (all) {
                        requireOwner(one.live, one.copy);
                    } else {
                        // One of them is gone, or has a name that cannot be passed on.
                        Files.deleteIfExists(one.copy);
                        make(one.live, one.copy);
                    }
                    remember(one.live, one.stat);
                } catch (NoSuchFileException e) {
                    if (last) {
                        throw e;
                    }
                }
            }
            pending.clear();
        }

        private void likeDirectory(Path copy, FileStat stat) throws IOException {
            FileStat is = FileStat.of(copy);
            if (!is.belongsAs(stat)) {
                Files.setAttribute(copy, "unix:gid", stat.group(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(copy, "unix:uid", stat.user(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(copy, "unix:mode", stat.mode() & 07777, LinkOption.NOFOLLOW_LINKS);
            }
            if (!is.written().equals(stat.written())) {
                setWritten(copy, stat.written());
            }
        }

        private void setWritten(Path copy, FileTime written) throws IOException {
            Files.getFileAttributeView(copy, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(written, null, null);
        }

        private void slowDown(long size) throws InterruptedException {
            copied += size;
            if (rate > 0) {
                ChildCopy.pause(began, copied * 1e9 / rate);
            }
        }
    }

    /**
     * Whether files of this tree can be cloned to beside {@code probe}: tried on one of them.
     *
     * @param probe a free, temporary name
     * @return false also where there is no file
     */
    public static boolean canClone(Path tree, Path probe, Disk disk) throws IOException, InterruptedException {
        Path file = anyFile(tree);
        if (file == null) {
            return false;
        }
        boolean cloned = new ChildCopy(disk).tryClone(file, probe);
        disk.delete(probe);
        return cloned;
    }

    private static @Nullable Path anyFile(Path directory) throws IOException {
        List<Path> directories = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS) && Files.size(entry) > 0) {
                    return entry;
                }
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    directories.add(entry);
                }
            }
        }
        for (Path child : directories) {
            Path found = anyFile(child);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
