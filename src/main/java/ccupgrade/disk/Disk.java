package ccupgrade.disk;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * All that ccupgrade does to files. {@link DurableDisk} is the real one; tests put others in its place, to stop or to forget at any
 * point. A verb that throws may have happened, half happened (where it says so) or not happened: callers' undos cope with each.
 */
public interface Disk {

    /** How the temporary names end that a crash can leave behind. Whoever lists a directory of ours passes them over. */
    String TEMPORARY_SUFFIX = ".ccupgrade-tmp";

    /** Makes a directory and its missing parents; a no-op for one that exists. */
    void createDirectories(Path directory) throws IOException;

    /**
     * Replaces the content of a file by one rename, or makes it. Readers see the old content or the new. Mode 0644 less the umask. Removes
     * what killed writes of the same file have left, and so is for one writer at a time.
     */
    void write(Path file, byte[] content) throws IOException;

    /** Adds to the end of a file, making it when absent. A crash may leave a prefix of the bytes. */
    void append(Path file, byte[] bytes) throws IOException;

    /** Cuts a file to a length, in bytes. */
    void truncate(Path file, long length) throws IOException;

    /**
     * Makes {@code link} a symbolic link to {@code target} (kept as given, so relative stays relative) by one rename over whatever link
     * was there. At no moment is there no link.
     *
     * @throws IOException also when {@code link} is there and is not a symbolic link: it is never replaced
     */
    void replaceLink(Path link, Path target) throws IOException;

    /**
     * Renames, replacing a file that is there.
     *
     * @throws java.nio.file.AtomicMoveNotSupportedException when the two are on different file systems; nothing happened then
     */
    void move(Path source, Path target) throws IOException;

    /**
     * Gives a file a second name, which must be free: content, owner and mode are one file's from there on.
     *
     * @throws IOException also where the file system, or who owns the file, does not allow it; nothing happened then
     */
    void link(Path file, Path secondName) throws IOException;

    /**
     * Renames a file to a name that must be free.
     *
     * @throws java.nio.file.FileAlreadyExistsException when it is not; nothing happened then. A crash may leave both names.
     */
    void publish(Path source, Path target) throws IOException;

    /**
     * Copies one regular file, with owner, mode, times and extended attributes as far as the process is allowed to set them, to a name
     * that must be free. {@code target} is to be a temporary name: a crash, and an exception, leave it incomplete.
     */
    void copy(Path source, Path target, Progress progress) throws IOException;

    /** What a new file is to hold. */
    interface Content {
        /** Writes all of it, in pieces that are worth a system call each. May close the stream. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Makes a file of content that comes bit by bit, under a name that must be free. Mode 0600. {@code target} is to be a temporary
     * name: a crash, and an exception, leave it incomplete.
     */
    void create(Path target, Content content) throws IOException;

    /**
     * Makes a file of content that comes bit by bit, under a name that must be free, without syncing it: whoever makes many syncs them
     * together, by {@link #syncTree}.
     *
     * @param target in a temporary directory: a crash, and an exception, leave it incomplete
     */
    void put(Path target, Content content, Set<PosixFilePermission> permissions) throws IOException;

    /**
     * Writes bytes into a file that is there, without syncing it: whoever writes many places syncs once.
     *
     * @param target a temporary file: a crash leaves any of the places written
     */
    void overwrite(Path target, long position, byte[] bytes, int length) throws IOException;

    /**
     * Gives a file the numeric user, group and mode.
     *
     * @throws IOException when the process is not allowed to
     */
    void setOwner(Path file, int user, int group, int mode) throws IOException;

    /** Takes the right to write from everybody. */
    void makeReadOnly(Path file) throws IOException;

    /** Gives a file exactly these permissions, whatever the umask is. */
    void setPermissions(Path file, Set<PosixFilePermission> permissions) throws IOException;

    /** Deletes a file, a link or an empty directory; a no-op when there is none. */
    void delete(Path file) throws IOException;

    /** Deletes a directory and all below it, following no link; a no-op when there is none. A crash may leave a part. */
    void deleteTree(Path directory) throws IOException;

    /** Makes the bytes of a file that somebody else wrote durable, and the names in a directory when it is one. */
    void sync(Path fileOrDirectory) throws IOException;

    /** The same for a directory with all files and directories below it, following no link. */
    void syncTree(Path directory) throws IOException;

    /**
     * Makes durable all that anybody has written so far to the file system that a file or directory is on: for trees with too many files to
     * sync each. What others write to it meanwhile can make it take long.
     */
    void syncFileSystem(Path fileOrDirectory) throws IOException, InterruptedException;
}
