package ccupgrade.state;

import ccupgrade.disk.Sizes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A database's file and the names that SQLite gives to what belongs to it. A link to a database is followed, as SQLite does: the files
 * beside it stand beside the link's target.
 */
record DatabaseFiles(Path main) {

    static final List<String> SIDE_SUFFIXES = List.of("-wal", "-shm", "-journal");

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    private static final int MOST_LINKS = 40;

    /** The files behind a name, which need not exist: a link that leads nowhere is followed too. */
    static DatabaseFiles of(Path name) throws IOException {
        Path path = name.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(path); links++) {
            if (links == MOST_LINKS) {
                throw new FileSystemLoopException(name.toString());
            }
            path = path.resolveSibling(Files.readSymbolicLink(path));
        }
        return new DatabaseFiles(path);
    }

    Path wal() {
        return beside("-wal");
    }

    Path shm() {
        return beside("-shm");
    }

    Path journal() {
        return beside("-journal");
    }

    List<Path> sides() {
        return SIDE_SUFFIXES.stream().map(this::beside).toList();
    }

    Path directory() {
        return Objects.requireNonNull(main.getParent());
    }

    private Path beside(String suffix) {
        return main.resolveSibling(main.getFileName() + suffix);
    }

    /** Equal for two names of one database, whether it exists or not. Names in directories reached by a link count as the same. */
    Path identity() throws IOException {
        return Files.isDirectory(directory()) ? directory().toRealPath().resolve(main.getFileName()) : main;
    }

    boolean exists() {
        return Files.exists(main);
    }

    static boolean hasContent(Path file) throws IOException {
        return Sizes.ifThere(file) > 0;
    }

    /** The first 20 bytes, or fewer of a shorter file. Closes a descriptor: only while no connection of ours is open. */
    byte[] header() throws IOException {
        try (InputStream in = Files.newInputStream(main)) {
            return in.readNBytes(20);
        }
    }

    /** An empty file is an empty database to SQLite. */
    static boolean isSqlite(byte[] header) {
        return header.length == 0
                || header.length == 20 && Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /** Bytes 18 and 19 are the versions needed to write and to read; 2 means a write-ahead log. */
    static boolean usesWal(byte[] header) {
        return header.length == 20 && header[19] == 2;
    }

    /** A journal whose first byte is zero has ended (journal modes {@code persist} and {@code truncate} leave such files). */
    boolean journalHasContent() throws IOException {
        if (!hasContent(journal())) {
            return false;
        }
        try (InputStream in = Files.newInputStream(journal())) {
            return in.read() > 0;
        } catch (NoSuchFileException e) {
            // Its writer has committed meanwhile.
            return false;
        }
    }

    /** User, group and mode, as the kernel's numbers. */
    static FileOwner ownerOf(Path file) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,gid,mode");
        return new FileOwner(number(attributes, "uid"), number(attributes, "gid"), number(attributes, "mode") & 07777);
    }

    private static int number(Map<String, Object> attributes, String name) throws IOException {
        if (attributes.get(name) instanceof Integer value) {
            return value;
        }
        throw new IOException("this file system does not tell the " + name + " of a file");
    }
}
