package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.io.input.ChecksumInputStream;
import org.jspecify.annotations.Nullable;

/** The entries of a zip file, by its table of contents. */
final class ZipEntries implements ArchiveEntries {

    /** A path of the kernel's is no longer. */
    private static final int LONGEST_TARGET = 4096;

    private static final int TYPE = 0170000;

    private final ZipArchive zip;
    private final Iterator<ZipArchiveEntry> entries;
    private @Nullable ZipArchiveEntry current;

    private ZipEntries(ZipArchive zip) {
        this.zip = zip;
        this.entries = zip.entries().iterator();
    }

    static ZipEntries open(Path file, String name) throws Refused, IOException {
        return new ZipEntries(ZipArchive.open(file, name));
    }

    @Override
    public @Nullable Entry next() throws Refused, IOException {
        if (!entries.hasNext()) {
            return null;
        }
        ZipArchiveEntry entry = entries.next();
        current = entry;
        int mode = entry.getPlatform() == ZipArchiveEntry.PLATFORM_UNIX ? entry.getUnixMode() : 0;
        Type type = entry.isDirectory()
                ? Type.DIRECTORY
                : switch (mode & TYPE) {
                    case 0, 0100000 -> Type.FILE;
                    case 0040000 -> Type.DIRECTORY;
                    case 0120000 -> Type.SYMBOLIC_LINK;
                    case 0020000, 0060000 -> Type.DEVICE;
                    case 0010000 -> Type.FIFO;
                    case 0140000 -> Type.SOCKET;
                    default -> Type.UNKNOWN;
                };
        String target = type == Type.SYMBOLIC_LINK ? target() : null;
        return new Entry(entry.getName(), type, (mode & 0777) == 0 ? UNKNOWN_MODE : mode & 07777, target);
    }

    private String target() throws Refused, IOException {
        try (InputStream in = content()) {
            return new String(in.readNBytes(LONGEST_TARGET + 1), StandardCharsets.UTF_8);
        }
    }

    @Override
    public InputStream content() throws Refused, IOException {
        ZipArchiveEntry entry = current;
        if (entry == null) {
            throw new IllegalStateException("no entry was told yet");
        }
        try {
            InputStream content = zip.read(entry);
            return new Source(
                    entry.getCrc() == -1
                            ? content
                            : ChecksumInputStream.builder()
                                    .setInputStream(content)
                                    .setChecksum(new CRC32())
                                    .setExpectedChecksumValue(entry.getCrc())
                                    .get());
        } catch (IOException | RuntimeException e) {
            throw new Unreadable(e);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
