package ccupgrade.state;

import ccupgrade.fault.Failed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who has a database open, or writes into a tree, as the kernel tells in {@code /proc}.
 *
 * <p>Into processes of other users only root can look. Of those the locks are seen: every connection in WAL mode holds one on
 * {@code -shm}, but an idle connection in a rollback-journal mode holds none and stays unseen.
 */
public final class OpenFiles {

    /** Here the device that {@code /proc/locks} names is not the one that stat(2) names; the inode alone has to do. */
    private static final Set<String> OTHER_DEVICE_IN_LOCKS = Set.of("btrfs", "overlay", "bcachefs", "zfs");

    private static final long INIT = 1;

    private final Path proc;
    /** Asked for only when somebody looks: Java takes five milliseconds for the first answer. */
    private final LongSupplier self;

    public OpenFiles() {
        this(Path.of("/proc"), () -> ProcessHandle.current().pid());
    }

    OpenFiles(Path proc, LongSupplier self) {
        this.proc = proc;
        this.self = self;
    }

    private record FileId(long device, long inode) implements Comparable<FileId> {

        @Override
        public int compareTo(FileId other) {
            return device == other.device ? Long.compare(inode, other.inode) : Long.compare(device, other.device);
        }
    }

    private static final Comparator<OpenFile> BY_FILE = OpenFiles::compare;

    private static int compare(OpenFile one, OpenFile other) {
        int files = one.file().compareTo(other.file());
        return files == 0 ? Long.compare(one.pid(), other.pid()) : files;
    }

    /**
     * The processes other than this one that have one of these databases open, or what SQLite keeps beside it. A process is told once
     * for each file. Databases that are absent are nobody's.
     *
     * @throws Failed where the kernel does not tell
     */
    public List<OpenFile> of(Collection<Path> databases) throws Failed, IOException {
        Map<FileId, Path> wanted = new TreeMap<>();
        for (Path database : databases) {
            DatabaseFiles files = DatabaseFiles.of(database);
            want(wanted, files.main());
            for (Path side : files.sides()) {
                want(wanted, side);
            }
        }
        if (!Files.isDirectory(proc.resolve("self").resolve("fd")) && !Files.isReadable(proc.resolve("locks"))) {
            throw new Failed(
                    "cannot tell which processes have " + databases + " open: there is no " + proc + " here", null);
        }
        Set<OpenFile> open = new TreeSet<>(BY_FILE);
        Looked looked = look(
                descriptor -> {
                    FileId id = idBehind(descriptor);
                    return id == null ? null : wanted.get(id);
                },
                open);
        // Who has seen all descriptors need not ask for the locks, which takes the kernel ten milliseconds.
        if (!looked.intoAll()) {
            fromLocks(wanted, looked.into(), open);
        }
        return List.copyOf(open);
    }

    /**
     * The processes other than this one that have a file below this directory open for writing: as far as we may look into them. Who only
     * reads is not told, because a tree that is renamed under a reader stays what it is.
     */
    public List<OpenFile> writingBelow(Path tree) throws IOException {
        Set<OpenFile> open = new TreeSet<>(BY_FILE);
        if (Files.isDirectory(tree)) {
            Path real = tree.toRealPath();
            look(descriptor -> writtenBelow(real, descriptor), open);
        }
        return List.copyOf(open);
    }

    /** What of interest is behind a descriptor; null when nothing is. */
    private interface Interest {
        @Nullable
        Path behind(Path descriptor);
    }

    /**
     * How far a look went.
     *
     * @param into the processes that let us look
     * @param intoAll false as well where somebody may be hidden: everybody is who is not ours, by {@code hidepid} of proc(5), except from
     *     root; and who may look into init is root
     */
    private record Looked(Set<Long> into, boolean intoAll) {}

    private Looked look(Interest interest, Set<OpenFile> open) throws IOException {
        Set<Long> into = new HashSet<>();
        boolean all = true;
        long own = self.getAsLong();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                long pid = number(String.valueOf(process.getFileName()), 10);
                if (pid <= 0 || pid == own) {
                    continue;
                }
                if (lookInto(process, pid, interest, open)) {
                    into.add(pid);
                } else {
                    all = false;
                }
            }
        }
        return new Looked(into, all && into.contains(INIT));
    }

    private static void want(Map<FileId, Path> wanted, Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            FileId id = idOf(file);
            if (id != null) {
                wanted.putIfAbsent(id, file);
            }
        }
    }

    private static @Nullable FileId idOf(Path file) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, "unix:dev,ino");
        return attributes.get("dev") instanceof Long device && attributes.get("ino") instanceof Long inode
                ? new FileId(device, inode)
                : null;
    }

    /** False when the process does not let us look. One that ends meanwhile has nothing open. */
    private boolean lookInto(Path process, long pid, Interest interest, Set<OpenFile> open) {
        Path descriptors = process.resolve("fd");
        try (DirectoryStream<Path> list = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : list) {
                Path file = interest.behind(descriptor);
                if (file != null) {
                    open.add(new OpenFile(pid, commandOf(pid), file));
                }
            }
            return true;
        } catch (NotDirectoryException e) {
            return true;
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return !Files.exists(process);
        }
    }

    private static @Nullable FileId idBehind(Path descriptor) {
        try {
            // Asked first, because a stat of something remote that is gone can hang: only absolute names can be ours.
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("/") && !target.startsWith("/dev/") ? idOf(descriptor) : null;
        } catch (IOException e) {
            return null; // closed meanwhile
        }
    }

    private static @Nullable Path writtenBelow(Path tree, Path descriptor) {
        try {
            Path target = Files.readSymbolicLink(descriptor);
            return target.startsWith(tree) && isForWriting(descriptor) ? target : null;
        } catch (IOException e) {
            return null; // closed meanwhile
        }
    }

    /** A line as {@code flags:	0100002}, in octal, whose last two bits are 0 for reading. */
    private static boolean isForWriting(Path descriptor) throws IOException {
        Path info = descriptor.resolveSibling("").resolveSibling("fdinfo").resolve(descriptor.getFileName());
        for (String line : Files.readAllLines(info, StandardCharsets.UTF_8)) {
            if (line.startsWith("flags:")) {
                return (number(line.substring("flags:".length()).trim(), 8) & 3) != 0;
            }
        }
        return false;
    }

    /** Lines as {@code 3: POSIX  ADVISORY  READ  4711 08:01:131090 1073741826 1073742335}; a waiting one has an arrow before its kind. */
    private void fromLocks(Map<FileId, Path> wanted, Set<Long> looked, Set<OpenFile> open) throws IOException {
        Path locks = proc.resolve("locks");
        if (!Files.isReadable(locks)) {
            return;
        }
        long own = self.getAsLong();
        for (String line : Files.readAllLines(locks, StandardCharsets.UTF_8)) {
            List<String> words = new ArrayList<>(List.of(line.trim().split("\\s+")));
            words.remove("->");
            if (words.size() < 6) {
                continue;
            }
            long pid = number(words.get(4), 10);
            String[] place = words.get(5).split(":");
            if (place.length != 3 || pid == own || looked.contains(pid)) {
                continue;
            }
            for (Map.Entry<FileId, Path> entry : wanted.entrySet()) {
                FileId id = entry.getKey();
                if (number(place[2], 10) == id.inode && isOn(place, id, entry.getValue())) {
                    open.add(new OpenFile(Math.max(pid, 0), commandOf(pid), entry.getValue()));
                }
            }
        }
    }

    /** Whether {@code 08:01:131090}, as {@code /proc/locks} writes device and inode, means this file. */
    static boolean isPlaceOf(String text, Path file) throws IOException {
        String[] place = text.split(":");
        FileId id = idOf(file);
        return id != null && place.length == 3 && number(place[2], 10) == id.inode && isOn(place, id, file);
    }

    private static boolean isOn(String[] place, FileId id, Path file) throws IOException {
        long major = id.device >>> 8 & 0xfff | id.device >>> 32 & ~0xfffL;
        long minor = id.device & 0xff | id.device >>> 12 & ~0xffL & 0xffffffffL;
        if (number(place[0], 16) == major && number(place[1], 16) == minor) {
            return true;
        }
        FileStore store = Files.getFileStore(file);
        return OTHER_DEVICE_IN_LOCKS.contains(store.type());
    }

    private String commandOf(long pid) {
        try {
            return Files.readString(proc.resolve(Long.toString(pid)).resolve("comm"), StandardCharsets.UTF_8)
                    .trim();
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** -1 for what is no number. */
    private static long number(String text, int radix) {
        try {
            return Long.parseLong(text, radix);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
