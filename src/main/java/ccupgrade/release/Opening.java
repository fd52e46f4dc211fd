package ccupgrade.release;

import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds out what a file is that somebody gave as a release, and unpacks it when it is an archive. Nothing of it is run. */
public final class Opening {

    private final Disk disk;
    private final @Nullable String executable;

    /** @param executable what is run of an archive that holds several files; null: the only candidate */
    public Opening(Disk disk, @Nullable String executable) {
        this.disk = disk;
        this.executable = executable;
    }

    /**
     * @param given a copy of ours; a program is made executable
     * @param name the name of the file that the user gave
     * @param directory where an archive is unpacked; what lies there is deleted
     * @throws Refused when it is nothing that could be a release; nothing is left in {@code directory} then
     * @throws Failed when it cannot be unpacked for want of space or rights
     */
    public Staged open(Path given, String name, Path directory, Progress progress) throws Refused, Failed, IOException {
        Staged staged = look(given, name, directory, progress);
        if (staged.kind() != Kind.JAR && !staged.unpacked()) {
            disk.setPermissions(staged.place(), Unpacking.RUN);
        }
        return staged;
    }

    /** The same for a file that is not ours, which is only read. */
    public Staged look(Path given, String name, Path directory, Progress progress) throws Refused, Failed, IOException {
        GivenFile.check(given);
        Looks looks = Looks.of(given);
        return switch (looks) {
            case ELF -> new Staged(Kind.EXECUTABLE, given, null, false);
            // A jar can be made to be a script as well.
            case SCRIPT ->
                new Staged(Executables.hasMainClass(given, name) ? Kind.JAR : Kind.SCRIPT, given, null, false);
            case ZIP -> {
                if (isJar(given, name)) {
                    yield new Staged(Kind.JAR, given, null, false);
                }
                try (ArchiveEntries entries = ZipEntries.open(given, name)) {
                    yield unpack(entries, given, name, directory, progress);
                }
            }
            case GZIP, XZ, ZSTD, TAR -> {
                try (ArchiveEntries entries = TarEntries.open(given, looks, name)) {
                    yield unpack(entries, given, name, directory, progress);
                } catch (ArchiveEntries.Unreadable e) {
                    throw new Refused(
                            "cannot unpack " + name + ": it is damaged or cut short",
                            "fetch it again and compare its checksum",
                            e);
                }
            }
            default -> throw new Refused("cannot use " + name + ": " + looks.text(), looks.remedy());
        };
    }

    /** What is named like one is one, so that a damaged one is not complained about as an archive. */
    private static boolean isJar(Path given, String name) throws IOException {
        return name.endsWith(".jar") || Executables.hasMainClass(given, name);
    }

    private Staged unpack(ArchiveEntries entries, Path given, String name, Path directory, Progress progress)
            throws Refused, Failed, IOException {
        Path root = new Unpacking(disk, directory, name, Files.size(given)).unpack(entries, progress);
        boolean chosen = false;
        try {
            List<Path> files = files(root);
            Staged staged = files.size() == 1
                    ? single(files.get(0), name)
                    : new Staged(Kind.DIRECTORY, root, new Executables(root, name).choose(executable), true);
            if (!staged.file().toString().endsWith(".jar")) {
                disk.setPermissions(staged.file(), Unpacking.RUN);
            }
            chosen = true;
            return staged;
        } finally {
            if (!chosen) {
                disk.deleteTree(directory);
            }
        }
    }

    /** Links count as files: what is more than one file belongs together. */
    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> found = Files.walk(root)) {
            return found.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .limit(2)
                    .toList();
        }
    }

    private static Staged single(Path file, String name) throws Refused, IOException {
        Looks looks = Looks.of(file);
        String inside = file.getFileName() + " in " + name;
        return switch (looks) {
            case ELF -> new Staged(Kind.EXECUTABLE, file, null, true);
            case SCRIPT ->
                new Staged(Executables.hasMainClass(file, inside) ? Kind.JAR : Kind.SCRIPT, file, null, true);
            case ZIP -> new Staged(Kind.JAR, file, null, true);
            default -> throw new Refused("cannot use " + inside + ": " + looks.text(), looks.remedy());
        };
    }
}
