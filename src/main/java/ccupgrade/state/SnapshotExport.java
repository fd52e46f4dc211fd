package ccupgrade.state;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.disk.TreeMirror;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import com.github.luben.zstd.ZstdIOException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Copies snapshots to where anybody can use them without ccupgrade: a directory with plain files under the names that they have in the
 * deployment, and {@code SHA256SUMS} beside them. It is made under a hidden name and gets its own by one rename, when all of it is
 * durable and compared with what the snapshot says.
 */
public final class SnapshotExport {

    /** Where what lies outside of the deployment's home goes. */
    static final String OUTSIDE = "outside";

    static final String SUMS = "SHA256SUMS";

    private static final long MARGIN = 1L << 20;

    private final Disk disk;
    private final DatabaseReader reader;
    private final Clock clock;
    private final SnapshotStore.FreeSpace freeSpace;

    SnapshotExport(Disk disk, DatabaseReader reader, Clock clock, SnapshotStore.FreeSpace freeSpace) {
        this.disk = disk;
        this.reader = reader;
        this.clock = clock;
        this.freeSpace = freeSpace;
    }

    /**
     * Makes the copy. It belongs to whoever makes it, and nobody else may read it; an archive keeps its owners and modes as far as may be.
     *
     * @param destination a free name in a directory that is there
     * @param withArchive whether the archive is copied, too
     * @throws Refused when the name is taken, the snapshot has not been checked yet or lacks the archive, or the space does not suffice
     * @throws Failed when the copy is not what the snapshot says; nothing is left then, as after any exception
     */
    public void copy(Snapshot snapshot, Path destination, boolean withArchive, Progress progress)
            throws Fault, IOException, InterruptedException {
        Path target = destination.toAbsolutePath().normalize();
        Path parent = target.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new Refused("cannot export to " + target + ": there is no directory " + parent, "make it first");
        }
        refuseTaken(target);
        refuseUnchecked(snapshot);
        if (withArchive && (!snapshot.hasTree() || ArchiveTrees.isMissing(snapshot))) {
            throw new Refused(
                    "cannot export the archive of snapshot " + snapshot.id() + ": it is not in it",
                    "export without --archive");
        }
        removeLeftovers(target, parent);
        refuseWithoutSpace(snapshot, parent, withArchive);
        Path temporary = parent.resolve(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + Disk.TEMPORARY_SUFFIX);
        boolean whole = false;
        try {
            disk.createDirectories(temporary);
            disk.setPermissions(temporary, PosixFilePermissions.fromString("rwx------"));
            fill(snapshot, temporary, withArchive, progress);
            disk.sync(temporary);
            // It may have taken hours.
            refuseTaken(target);
            disk.move(temporary, target);
            whole = true;
        } catch (IOException e) {
            throw new Failed("cannot export snapshot " + snapshot.id() + " to " + target, null, e);
        } finally {
            if (!whole) {
                // What interrupts the copying must not interrupt the tidying up.
                boolean interrupted = Thread.interrupted();
                disk.deleteTree(temporary);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private static void refuseTaken(Path target) throws Refused {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refused("cannot export to " + target + ": it is there already", "name what is not there yet");
        }
    }

    private static void refuseUnchecked(Snapshot snapshot) throws Refused {
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved != null && saved.sha256() == null) {
                throw new Refused(
                        "cannot export snapshot " + snapshot.id()
                                + ": nobody has checked it since it was taken, so that"
                                + " there is nothing to compare the copy with",
                        "let the operation that took it end, or, if it was interrupted: ccupgrade recover");
            }
        }
    }

    /** Those of killed processes, by their names; one that is at work is left alone. */
    private void removeLeftovers(Path target, Path parent) throws IOException {
        Pattern name = Pattern.compile("\\."
                + Pattern.quote(String.valueOf(target.getFileName()))
                + "\\.(\\d{1,18})"
                + Pattern.quote(Disk.TEMPORARY_SUFFIX));
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, ".*" + Disk.TEMPORARY_SUFFIX)) {
            for (Path entry : entries) {
                Matcher matcher = name.matcher(String.valueOf(entry.getFileName()));
                if (matcher.matches() && isOver(Long.parseLong(matcher.group(1)))) {
                    disk.deleteTree(entry);
                }
            }
        }
    }

    /** Numbers come again: one that is ours was another process's. */
    private static boolean isOver(long pid) {
        return pid == ProcessHandle.current().pid()
                || ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
    }

    private void refuseWithoutSpace(Snapshot snapshot, Path parent, boolean withArchive) throws Refused, IOException {
        long needed = MARGIN;
        for (SavedDatabase database : snapshot.databases()) {
            needed += database.saved() == null ? 0 : database.saved().size();
        }
        for (KeptFile file : snapshot.files()) {
            needed += file.copy() == null ? 0 : file.copy().size();
        }
        SavedTree tree = snapshot.archive() == null ? null : snapshot.archive().tree();
        needed += withArchive && tree != null ? Objects.requireNonNullElse(tree.bytes(), 0L) : 0;
        long free = freeSpace.in(parent);
        if (free < needed) {
            throw new Refused(
                    "cannot export snapshot " + snapshot.id() + ": it needs " + Words.bytes(needed) + " in " + parent
                            + ", where " + Words.bytes(free) + " are free",
                    "name a place with more room");
        }
    }

    private void fill(Snapshot snapshot, Path directory, boolean withArchive, Progress progress)
            throws Fault, IOException, InterruptedException {
        Map<String, String> sums = new TreeMap<>();
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            if (saved != null && saved.sha256() != null) {
                Path target = place(snapshot, directory, database.path());
                copyOut(snapshot, saved, target, progress);
                requireSame(snapshot, database.path(), target, saved.sha256(), progress);
                requireSound(snapshot, database.path(), saved, target, progress);
                sums.put(directory.relativize(target).toString(), saved.sha256());
            }
        }
        for (KeptFile file : snapshot.files()) {
            KeptFile.Copy copy = file.copy();
            if (copy != null) {
                Path target = place(snapshot, directory, file.path());
                Path kept = snapshot.directory().resolve(copy.file());
                copyPlain(kept, target);
                requireSame(snapshot, file.path(), target, copy.sha256(), progress);
                sums.put(directory.relativize(target).toString(), copy.sha256());
            }
        }
        SavedArchive archive = snapshot.archive();
        if (withArchive && archive != null) {
            Path target = place(snapshot, directory, archive.path());
            Path tree = ArchiveTrees.placeIn(snapshot.directory());
            new TreeMirror(tree, target, TreeMirror.Way.COPY, disk, clock).pass(true, 0, progress);
        }
        StringBuilder text = new StringBuilder();
        sums.forEach(
                (path, sha256) -> text.append(sha256).append("  ").append(path).append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        disk.create(directory.resolve(SUMS), out -> out.write(bytes));
    }

    /** @param path as the manifest says it, which somebody may have altered */
    private Path place(Snapshot snapshot, Path directory, String path) throws Failed, IOException {
        Path named = Path.of(path);
        Path below = named.isAbsolute() ? Path.of(OUTSIDE).resolve(Path.of("/").relativize(named)) : named;
        Path place = directory.resolve(below).normalize();
        if (!place.startsWith(directory) || place.equals(directory) || place.equals(directory.resolve(SUMS))) {
            throw Restoration.unusable(snapshot, "a file of it is called " + path);
        }
        disk.createDirectories(Objects.requireNonNull(place.getParent()));
        return place;
    }

    private void copyOut(Snapshot snapshot, SavedFile saved, Path target, Progress progress) throws Fault, IOException {
        if (saved.form() == SavedFile.Form.COMPRESSED) {
            Path compressed = snapshot.compressedFileOf(saved);
            try {
                Compression.decompress(compressed, target, saved.size(), disk, progress);
            } catch (ZstdIOException e) {
                throw Restoration.unusable(snapshot, compressed + " is damaged: " + e.getMessage());
            }
        } else {
            copyPlain(snapshot.fileOf(saved), target);
        }
    }

    /** Without owner and mode, which are those of whoever exports. */
    private void copyPlain(Path source, Path target) throws IOException {
        try (InputStream in = Files.newInputStream(source)) {
            disk.create(target, in::transferTo);
        }
    }

    private static void requireSame(Snapshot snapshot, String path, Path copy, String sha256, Progress progress)
            throws Failed, IOException {
        String got = Checksum.sha256(copy, progress);
        if (!got.equals(sha256)) {
            throw Restoration.unusable(
                    snapshot, "what it holds of " + path + " has the SHA-256 " + got + " instead of " + sha256);
        }
    }

    /** The bytes are those that were checked once; that SQLite can open them here is what whoever takes them away relies on. */
    private void requireSound(Snapshot snapshot, String path, SavedFile saved, Path copy, Progress progress)
            throws Fault, IOException {
        if (saved.isSound()) {
            String findings = String.join("; ", reader.integrityCheck(copy, progress));
            if (!findings.isEmpty()) {
                throw Restoration.unusable(snapshot, "what it holds of " + path + " is damaged: " + findings);
            }
        }
    }
}
