package ccupgrade.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.output.CloseShieldOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The disk itself. Durability is what fsync(2) gives; renames are made durable by syncing the directories concerned.
 *
 * <p>On file systems that are not the machine's (Jimfs in tests) directories cannot be opened, so they are not synced there.
 */
public final class DurableDisk implements Disk {

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final RandomGenerator random;

    /** @param random for the temporary names: a fixed one would make the leftover of a crash block the next attempt */
    public DurableDisk(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            syncForPredecessor(directory);
            return;
        }
        Path parent = parentOf(directory);
        createDirectories(parent);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        syncDirectory(parent);
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
        Path temporary = temporaryBeside(file);
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                writeAll(channel, content);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw afterRemoving(temporary, naming(file, e));
        }
        syncDirectory(parentOf(file));
        removeLeftovers(file);
    }

    /** Those of killed writes of the same file. That one cannot be removed is no reason to call a durable write failed. */
    private static void removeLeftovers(Path file) throws FileSystemException {
        String name = Pattern.quote("." + file.getFileName() + ".") + "[0-9a-f]{12}" + Pattern.quote(TEMPORARY_SUFFIX);
        List<Path> leftovers;
        try (Stream<Path> siblings = Files.list(parentOf(file))) {
            leftovers = siblings.filter(
                            sibling -> sibling.getFileName().toString().matches(name))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            // Writing in a directory needs no right to list it.
            return;
        }
        for (Path leftover : leftovers) {
            try {
                Files.deleteIfExists(leftover);
            } catch (IOException e) {
                // It only lies about, under a name that nobody reads; the next write tries again.
                continue;
            }
        }
    }

    @Override
    public void append(Path file, byte[] bytes) throws IOException {
        boolean isNew = !Files.exists(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            writeAll(channel, bytes);
            channel.force(true);
        } catch (IOException e) {
            throw naming(file, e);
        }
        if (isNew) {
            syncDirectory(parentOf(file));
        }
    }

    @Override
    public void truncate(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
            channel.force(true);
        } catch (IOException e) {
            throw naming(file, e);
        }
    }

    @Override
    public void replaceLink(Path link, Path target) throws IOException {
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
            throw new FileAlreadyExistsException(link.toString(), null, "is not a symbolic link");
        }
        Path temporary = temporaryBeside(link);
        try {
            Files.createSymbolicLink(temporary, target);
            Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw afterRemoving(temporary, e);
        }
        syncDirectory(parentOf(link));
    }

    @Override
    public void move(Path source, Path target) throws IOException {
        Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // The new name first: between the two syncs a crash may show both names, but never none.
        syncDirectory(parentOf(target));
        if (!parentOf(source).equals(parentOf(target))) {
            syncDirectory(parentOf(source));
        }
    }

    @Override
    public void link(Path file, Path secondName) throws IOException {
        Files.createLink(secondName, file);
        syncDirectory(parentOf(secondName));
    }

    @Override
    public void publish(Path source, Path target) throws IOException {
        // rename(2) would replace what is there, without a word; link(2) never does.
        Files.createLink(target, source);
        syncDirectory(parentOf(target));
        Files.delete(source);
        syncDirectory(parentOf(source));
    }

    @Override
    public void copy(Path source, Path target, Progress progress) throws IOException {
        progress.begin("copying " + source.getFileName(), Files.size(source));
        try {
            copyWatched(source, target, progress);
            sync(target);
            progress.at(Files.size(target));
        } finally {
            progress.end();
        }
        syncDirectory(parentOf(target));
    }

    /** The JDK's copy is the only one that takes all extended attributes along (SELinux's too), but it is silent: watch its target grow. */
    private static void copyWatched(Path source, Path target, Progress progress) throws IOException {
        FutureTask<@Nullable Void> copy = new FutureTask<>(() -> {
            Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES);
            // The copy's are whole microseconds.
            Files.getFileAttributeView(target, BasicFileAttributeView.class)
                    .setTimes(Files.getLastModifiedTime(source), null, null);
            return null;
        });
        Thread thread = new Thread(copy, "copy of " + source.getFileName());
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    copy.get(200, TimeUnit.MILLISECONDS);
                    return;
                } catch (TimeoutException e) {
                    if (Files.exists(target)) {
                        progress.at(Files.size(target));
                    }
                } catch (InterruptedException e) {
                    // A copy that is under way is finished: its caller must not clean up behind a thread that still
                    // writes.
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof IOException failure) {
                        throw failure;
                    }
                    throw new IOException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void create(Path target, Content content) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        try (FileChannel channel = FileChannel.open(target, options, OWNER_ONLY)) {
            content.writeTo(CloseShieldOutputStream.wrap(Channels.newOutputStream(channel)));
            channel.force(true);
        } catch (IOException e) {
            throw naming(target, e);
        }
        syncDirectory(parentOf(target));
    }

    @Override
    public void put(Path target, Content content, Set<PosixFilePermission> permissions) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        try (FileChannel channel = FileChannel.open(target, options, OWNER_ONLY)) {
            content.writeTo(CloseShieldOutputStream.wrap(Channels.newOutputStream(channel)));
        } catch (IOException e) {
            throw naming(target, e);
        }
        Files.getFileAttributeView(target, PosixFileAttributeView.class).setPermissions(permissions);
    }

    @Override
    public void overwrite(Path target, long position, byte[] bytes, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
            channel.position(position);
            writeAll(channel, ByteBuffer.wrap(bytes, 0, length));
        } catch (IOException e) {
            throw naming(target, e);
        }
    }

    @Override
    public void setOwner(Path file, int user, int group, int mode) throws IOException {
        Files.setAttribute(file, "unix:gid", group);
        Files.setAttribute(file, "unix:uid", user);
        // Last, because a change of owner takes set-id bits away.
        Files.setAttribute(file, "unix:mode", mode);
        sync(file);
    }

    @Override
    public void makeReadOnly(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        permissions.removeAll(Set.of(
                PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE));
        view.setPermissions(permissions);
        sync(file);
    }

    @Override
    public void setPermissions(Path file, Set<PosixFilePermission> permissions) throws IOException {
        Files.getFileAttributeView(file, PosixFileAttributeView.class).setPermissions(permissions);
        sync(file);
    }

    @Override
    public void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            syncDirectory(parentOf(file));
        } else {
            syncForPredecessor(file);
        }
    }

    @Override
    public void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            syncForPredecessor(directory);
            return;
        }
        removeTree(directory);
        syncDirectory(parentOf(directory));
    }

    /** Without making it durable. Also for a single file, or a link. */
    static void removeTree(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public void sync(Path fileOrDirectory) throws IOException {
        if (Files.isDirectory(fileOrDirectory)) {
            syncDirectory(fileOrDirectory);
            return;
        }
        // fsync works on a descriptor that is open for reading, so that a read-only file can be synced too.
        try (FileChannel channel = FileChannel.open(fileOrDirectory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw naming(fileOrDirectory, e);
        }
    }

    @Override
    public void syncFileSystem(Path fileOrDirectory) throws IOException, InterruptedException {
        // syncfs(2), which Java has not.
        ChildCopy.require(ChildCopy.run(
                List.of("sync", "-f", "--", fileOrDirectory.toAbsolutePath().toString())));
    }

    @Override
    public void syncTree(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    sync(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                syncDirectory(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void syncDirectory(Path directory) throws IOException {
        if (!directory.getFileSystem().equals(FileSystems.getDefault())) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw naming(directory, e);
        }
    }

    /**
     * For a verb that finds its work done: perhaps by a process of ours that was killed before it could sync. Whoever repeats a verb
     * relies on its being durable then.
     */
    private static void syncForPredecessor(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        // Where we may not even look, no predecessor of ours was at work.
        if (parent != null && Files.isReadable(parent)) {
            syncDirectory(parent);
        }
    }

    private static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
        writeAll(channel, ByteBuffer.wrap(bytes));
    }

    private static void writeAll(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private Path temporaryBeside(Path file) {
        byte[] bytes = new byte[6];
        random.nextBytes(bytes);
        return file.resolveSibling(
                "." + file.getFileName() + "." + HexFormat.of().formatHex(bytes) + TEMPORARY_SUFFIX);
    }

    /** What fails on an open channel (a full disk) says what is the matter, but not with which file. */
    private static IOException naming(Path file, IOException failure) {
        if (failure.getClass() != IOException.class) {
            return failure;
        }
        FileSystemException named = new FileSystemException(file.toString(), null, failure.getMessage());
        named.initCause(failure);
        return named;
    }

    private static IOException afterRemoving(Path temporary, IOException failure) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private static Path parentOf(Path path) throws FileSystemException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new NoSuchFileException(path.toString(), null, "has no parent directory");
        }
        return parent;
    }
}
