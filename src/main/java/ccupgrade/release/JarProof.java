package ccupgrade.release;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Proves that a jar is whole: every entry is unpacked and its checksum compared, so that a file that was damaged on its way is found
 * before the service is stopped for it.
 */
final class JarProof {

    /** A jar may unpack to this much, and to so many times its own size: beyond it is made to fill a disk or a day. */
    private static final long ALWAYS_ALLOWED = 256L << 20;

    private static final long MOST_TIMES = 100;

    private final String name;

    /** @param name what the messages call the jar */
    JarProof(String name) {
        this.name = name;
    }

    /** @throws Refused when it is not whole, or not to be trusted */
    void check(Path jar, Progress progress) throws Refused, IOException {
        try (ZipArchive archive = ZipArchive.open(jar, name)) {
            List<ZipArchiveEntry> entries = archive.entries();
            refuseBomb(entries, Files.size(jar));
            refuseAmbiguity(entries);
            progress.begin(
                    "checking " + name,
                    entries.stream().mapToLong(e -> Math.max(0, e.getSize())).sum());
            try {
                long done = 0;
                for (ZipArchiveEntry entry : entries) {
                    if (!entry.isDirectory()) {
                        readBack(archive, entry);
                        done += Math.max(0, entry.getSize());
                        progress.at(done);
                    }
                }
            } finally {
                progress.end();
            }
        }
    }

    /** Going by what the entries say; that none is more than it says is seen to when it is read. */
    private void refuseBomb(List<ZipArchiveEntry> entries, long size) throws Refused {
        long most = ALWAYS_ALLOWED + MOST_TIMES * size;
        long all = 0;
        for (ZipArchiveEntry entry : entries) {
            all += Math.max(0, Math.min(entry.getSize(), most));
            if (all > most) {
                throw new Refused("cannot use " + name + ": it unpacks to more than " + most + " bytes", null);
            }
        }
    }

    private void refuseAmbiguity(List<ZipArchiveEntry> entries) throws Refused {
        MigrationFiles migrations = new MigrationFiles(Set.of());
        Set<String> seen = new HashSet<>();
        for (ZipArchiveEntry entry : entries) {
            String path = entry.getName();
            boolean matters = !entry.isDirectory() && (path.equals(JarFile.MANIFEST_NAME) || migrations.wants(path));
            if (matters && !seen.add(path)) {
                throw new Refused(
                        "cannot use " + name + ": " + path + " is in it twice, and Java may take the other",
                        "it was built like this: ask those who made it");
            }
        }
    }

    private void readBack(ZipArchive archive, ZipArchiveEntry entry) throws Refused, IOException {
        try (CheckedInputStream content = new CheckedInputStream(archive.read(entry), new CRC32())) {
            try {
                consume(content, entry.getSize());
            } catch (IOException | RuntimeException e) {
                throw damaged(entry, e);
            }
            if (entry.getCrc() != -1 && content.getChecksum().getValue() != entry.getCrc()) {
                throw damaged(entry, null);
            }
        }
    }

    /** To the end, which is to come within this many bytes from the beginning: an entry may be made to have none. */
    private static void consume(InputStream content, long most) throws IOException {
        InputStream bounded = BoundedInputStream.builder()
                .setInputStream(content)
                .setMaxCount(most + 1)
                .get();
        if (IOUtils.consume(bounded) > most) {
            throw new IOException("it is larger than the " + most + " bytes that it is said to have");
        }
    }

    private Refused damaged(ZipArchiveEntry entry, @Nullable Throwable cause) {
        return new Refused(
                "cannot use " + name + ": it is damaged, " + entry.getName() + " in it cannot be read back",
                "fetch it again and compare its checksum",
                cause);
    }
}
