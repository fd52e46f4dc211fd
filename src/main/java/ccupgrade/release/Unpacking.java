package ccupgrade.release;

import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Unpacks an archive that anybody may have made into a directory of its own. Nothing is written outside of that, whatever the archive
 * says: names are taken apart and put together again, and links are made when everything else is there, so that nothing is ever written
 * through one. What is left has no rights but those a release needs: files are for reading, or for reading and running, by everybody.
 *
 * <p>For one archive.
 */
final class Unpacking {

    static final Set<PosixFilePermission> READ = PosixFilePermissions.fromString("r--r--r--");
    static final Set<PosixFilePermission> RUN = PosixFilePermissions.fromString("r-xr-xr-x");

    /** Its owner, whoever that is, has to be able to remove what is in it. */
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwxr-xr-x");

    /** As for a jar: an archive may unpack to this much, and to so many times its own size. */
    private static final long ALWAYS_ALLOWED = 256L << 20;

    private static final long MOST_TIMES = 100;
    private static final int MOST_ENTRIES = 100_000;
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_PATH = 4000;
    private static final int SHOWN = 120;

    private final Disk disk;
    private final Path target;
    private final String archive;
    private final long most;
    private final Map<String, ArchiveEntries.Type> seen = new HashMap<>();
    private final Map<String, String> links = new LinkedHashMap<>();
    private long written;

    /**
     * @param target made here, and removed again when anything goes wrong
     * @param archive what the messages call it
     * @param size of the archive, in bytes
     */
    Unpacking(Disk disk, Path target, String archive, long size) {
        this.disk = disk;
        this.target = target;
        this.archive = archive;
        this.most = ALWAYS_ALLOWED + MOST_TIMES * size;
    }

    /**
     * Durable when it returns.
     *
     * @return the directory with what was in it: {@code target}, or the only directory at the top of the archive
     * @throws Refused when the archive is damaged, or holds what no archive should; names the entry
     * @throws Failed when the disk is full, or cannot be written
     */
    Path unpack(ArchiveEntries entries, Progress progress) throws Refused, Failed {
        boolean done = false;
        progress.begin("unpacking " + archive, -1);
        try {
            disk.deleteTree(target);
            makeDirectory(target);
            unpackAll(entries, progress);
            Path root = withoutSingleTop();
            makeLinks(root);
            disk.syncTree(target);
            done = true;
            return root;
        } catch (ArchiveEntries.Unreadable e) {
            throw new Refused(
                    "cannot unpack " + archive + ": it is damaged or cut short",
                    "fetch it again and compare its checksum",
                    e);
        } catch (IOException e) {
            throw new Failed(
                    "cannot unpack " + archive + " to " + target,
                    "see that the file system is writable and has room: df -h " + target.getParent(),
                    e);
        } finally {
            progress.end();
            if (!done) {
                removeWhatIsThere();
            }
        }
    }

    /** A directory that cannot be removed now is removed before the next attempt. */
    private void removeWhatIsThere() {
        try {
            disk.deleteTree(target);
        } catch (IOException e) {
            // What went wrong before matters more, and is about to be told.
            return;
        }
    }

    private void unpackAll(ArchiveEntries entries, Progress progress) throws Refused, IOException {
        int count = 0;
        for (ArchiveEntries.Entry entry = entries.next(); entry != null; entry = entries.next()) {
            count++;
            if (count > MOST_ENTRIES) {
                throw new Refused(
                        "cannot unpack " + archive + ": it holds more than " + MOST_ENTRIES + " entries", null);
            }
            String path = path(entry.name(), entry.name());
            if (path.isEmpty()) {
                continue;
            }
            unpack(path, entry, entries);
            progress.at(written);
        }
    }

    private void unpack(String path, ArchiveEntries.Entry entry, ArchiveEntries entries) throws Refused, IOException {
        makeParents(path);
        ArchiveEntries.Type before = seen.putIfAbsent(path, entry.type());
        if (before != null && !(before == entry.type() && before == ArchiveEntries.Type.DIRECTORY)) {
            throw refused(path, "is in it twice");
        }
        switch (entry.type()) {
            case DIRECTORY -> {
                if (before == null) {
                    makeDirectory(resolve(path));
                }
            }
            case FILE -> {
                try (InputStream content = entries.content()) {
                    write(path, content, entry.mode());
                }
            }
            case SYMBOLIC_LINK -> links.put(path, linkTarget(path, Objects.requireNonNull(entry.target())));
            case HARD_LINK -> copyLinked(path, Objects.requireNonNull(entry.target()));
            case DEVICE -> throw refused(path, "is a device node");
            case FIFO -> throw refused(path, "is a named pipe");
            case SOCKET -> throw refused(path, "is a socket");
            case UNKNOWN -> throw refused(path, "is of no kind that is known here");
        }
    }

    private void makeParents(String path) throws Refused, IOException {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String parent = path.substring(0, slash);
            ArchiveEntries.Type type = seen.putIfAbsent(parent, ArchiveEntries.Type.DIRECTORY);
            if (type == null) {
                makeDirectory(resolve(parent));
            } else if (type == ArchiveEntries.Type.SYMBOLIC_LINK) {
                throw refused(path, "would be written through the link " + shown(parent));
            } else if (type != ArchiveEntries.Type.DIRECTORY) {
                throw refused(path, "is to lie in " + shown(parent) + ", which is a file");
            }
        }
    }

    private void makeDirectory(Path directory) throws IOException {
        disk.createDirectories(directory);
        disk.setPermissions(directory, DIRECTORY);
    }

    private void write(String path, InputStream content, int mode) throws IOException, Refused {
        Path file = resolve(path);
        try {
            disk.put(file, out -> copy(content, out), (mode & 0111) == 0 ? READ : RUN);
        } catch (TooLarge e) {
            throw new Refused(
                    Words.format(
                            "cannot unpack %s: it unpacks to more than %s, of which %s is a part",
                            archive, Words.bytes(most), shown(path)),
                    null);
        }
        if (mode == ArchiveEntries.UNKNOWN_MODE && !Looks.of(file).isProgram()) {
            disk.setPermissions(file, READ);
        }
    }

    /** Counts what comes, whatever the archive says of it. */
    private void copy(InputStream content, OutputStream out) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
            written += n;
            if (written > most) {
                throw new TooLarge();
            }
            out.write(buffer, 0, n);
        }
    }

    private static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** A file of its own: two names of one would be one file to whoever changes it later. */
    private void copyLinked(String path, String target) throws Refused, IOException {
        String linked = path(target, path + " → " + target);
        if (seen.get(linked) != ArchiveEntries.Type.FILE) {
            throw refused(path, "is a link to " + shown(target) + ", which is no file before it in the archive");
        }
        seen.put(path, ArchiveEntries.Type.FILE);
        Path original = resolve(linked);
        boolean runs = Files.getPosixFilePermissions(original).contains(PosixFilePermission.OWNER_EXECUTE);
        try (InputStream content = Files.newInputStream(original)) {
            write(path, content, runs ? 0555 : 0444);
        }
    }

    private String linkTarget(String path, String target) throws Refused {
        if (target.isEmpty()
                || target.length() > LONGEST_PATH
                || !target.codePoints().allMatch(Unpacking::isPrintable)) {
            throw refused(path, "is a link to something that has no printable name");
        }
        if (target.startsWith("/")) {
            throw refused(path, "is a link that leads out of it, to " + shown(target));
        }
        return target;
    }

    private void makeLinks(Path root) throws Refused, IOException {
        Path top = target.relativize(root);
        for (Map.Entry<String, String> link : links.entrySet()) {
            disk.replaceLink(resolve(link.getKey()), pathOf(link.getValue(), link.getKey()));
        }
        Path real = root.toRealPath();
        for (Map.Entry<String, String> link : links.entrySet()) {
            Path leadsTo;
            try {
                leadsTo = resolve(link.getKey()).toRealPath();
            } catch (IOException e) {
                throw new Refused(
                        "cannot unpack " + archive + ": " + shown(link.getKey()) + " is a link to "
                                + shown(link.getValue()) + ", which is not there",
                        null,
                        e);
            }
            if (!leadsTo.startsWith(real)) {
                throw refused(
                        link.getKey(),
                        "is a link that leads out of " + (top.toString().isEmpty() ? "it" : top) + ", to "
                                + shown(link.getValue()));
            }
        }
    }

    /** Most archives hold one directory, named after themselves. */
    private Path withoutSingleTop() throws IOException {
        List<Path> children;
        try (Stream<Path> found = Files.list(target)) {
            children = found.toList();
        }
        boolean linkAtTop = links.keySet().stream().anyMatch(link -> link.indexOf('/') < 0);
        return children.size() == 1 && !linkAtTop && Files.isDirectory(children.get(0)) ? children.get(0) : target;
    }

    private Path resolve(String path) throws Refused {
        return target.resolve(pathOf(path, path));
    }

    private Path pathOf(String path, String entry) throws Refused {
        try {
            return target.getFileSystem().getPath(path);
        } catch (InvalidPathException e) {
            throw new Refused(
                    "cannot unpack " + archive + ": " + shown(entry) + " cannot be the name of a file here",
                    "run ccupgrade in a locale that has these letters: LC_ALL=C.UTF-8",
                    e);
        }
    }

    /** @return the name without what does not matter in it; empty for the archive's own top */
    private String path(String name, String entry) throws Refused {
        if (name.startsWith("/")) {
            throw refused(entry, "is an absolute path");
        }
        List<String> parts = new ArrayList<>();
        for (String part : name.split("/")) {
            if (part.equals("..")) {
                throw refused(entry, "leads out of it");
            }
            if (!part.codePoints().allMatch(Unpacking::isPrintable)) {
                throw refused(entry, "is not a printable name");
            }
            if (part.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
                throw refused(entry, "is too long a name");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        String path = String.join("/", parts);
        if (path.length() > LONGEST_PATH) {
            throw refused(entry, "is too long a name");
        }
        return path;
    }

    private Refused refused(String entry, String why) {
        return new Refused(
                "cannot unpack " + archive + ": " + shown(entry) + " " + why,
                "it was made like this, by mistake or on purpose: ask those who made it");
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            // What bytes become that are no text.
            default -> character != '\ufffd';
        };
    }

    private static String shown(String name) {
        StringBuilder text = new StringBuilder();
        name.codePoints().limit(SHOWN).forEach(c -> text.appendCodePoint(isPrintable(c) ? c : '?'));
        return name.length() > SHOWN ? text + "…" : text.toString();
    }
}
