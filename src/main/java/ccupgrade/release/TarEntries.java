package ccupgrade.release;

import ccupgrade.fault.Refused;
import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.io.input.CloseShieldInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** The entries of a tar archive, compressed or not. */
final class TarEntries implements ArchiveEntries {

    /** What an entry takes besides its content: long names and other attributes, which the library keeps in memory. */
    private static final long LONGEST_HEADER = 4L << 20;

    /** What may follow the last entry: zeros to fill up a block, of a tape at most. */
    private static final long LONGEST_END = 16L << 20;

    private static final int BLOCK = 512;

    /** More than the highest level of compression needs. */
    private static final int MOST_MEMORY_KIB = 256 << 10;

    private final Guard guard;
    private final TarArchiveInputStream tar;

    private TarEntries(Guard guard) {
        this.guard = guard;
        this.tar = new TarArchiveInputStream(guard, StandardCharsets.UTF_8.name());
    }

    /**
     * @param looks a compressed file's, or a tar archive's
     * @throws Refused when there is no tar archive in it
     */
    static TarEntries open(Path file, Looks looks, String name) throws Refused, IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        boolean opened = false;
        try {
            BufferedInputStream plain = new BufferedInputStream(new Source(uncompressed(raw, looks)), 1 << 16);
            plain.mark(BLOCK);
            boolean isTar = Looks.ofBytes(plain.readNBytes(BLOCK)) == Looks.TAR;
            plain.reset();
            if (!isTar) {
                throw new Refused(
                        "cannot use " + name + ": " + looks.text() + ", and there is no tar archive in it",
                        "unpack it and name what was in it");
            }
            opened = true;
            return new TarEntries(new Guard(plain));
        } finally {
            if (!opened) {
                raw.close();
            }
        }
    }

    private static InputStream uncompressed(InputStream raw, Looks looks) throws IOException {
        try {
            return switch (looks) {
                case GZIP -> new GzipCompressorInputStream(raw, true);
                case XZ -> new XZInputStream(raw, MOST_MEMORY_KIB);
                case ZSTD -> new ZstdInputStream(raw);
                default -> raw;
            };
        } catch (IOException | RuntimeException e) {
            throw new Unreadable(e);
        }
    }

    @Override
    public @Nullable Entry next() throws IOException {
        TarArchiveEntry entry;
        try {
            // Also what is left of an entry that is no file, and should have no content.
            guard.allow(LONGEST_HEADER, "the header of an entry is too long");
            entry = tar.getNextEntry();
        } catch (IOException | RuntimeException e) {
            throw e instanceof Unreadable unreadable ? unreadable : new Unreadable(e);
        }
        if (entry == null) {
            guard.allow(LONGEST_END, "it goes on after its end");
            guard.finish();
            return null;
        }
        guard.allow(Long.MAX_VALUE, "");
        Type type = typeOf(entry);
        boolean isLink = type == Type.SYMBOLIC_LINK || type == Type.HARD_LINK;
        return new Entry(entry.getName(), type, entry.getMode() & 07777, isLink ? entry.getLinkName() : null);
    }

    private static Type typeOf(TarArchiveEntry entry) {
        return switch (entry.getLinkFlag()) {
            case TarConstants.LF_OLDNORM, TarConstants.LF_NORMAL, TarConstants.LF_CONTIG ->
                entry.getName().endsWith("/") ? Type.DIRECTORY : Type.FILE;
            case TarConstants.LF_GNUTYPE_SPARSE -> Type.FILE;
            case TarConstants.LF_DIR -> Type.DIRECTORY;
            case TarConstants.LF_SYMLINK -> Type.SYMBOLIC_LINK;
            case TarConstants.LF_LINK -> Type.HARD_LINK;
            case TarConstants.LF_CHR, TarConstants.LF_BLK -> Type.DEVICE;
            case TarConstants.LF_FIFO -> Type.FIFO;
            default -> Type.UNKNOWN;
        };
    }

    @Override
    public InputStream content() {
        // To close it would be to close the archive.
        return CloseShieldInputStream.wrap(new Source(tar));
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }

    /**
     * Between the archive and the library that reads it: lets through so many bytes at a time only, and sees whether it ends as an archive
     * does. A plain archive that was cut short between two entries looks like a whole one to the library.
     */
    private static final class Guard extends InputStream {

        /** Two blocks of zeros are the end. */
        private static final int END = 2 * BLOCK;

        private final InputStream from;
        private long allowed = LONGEST_HEADER;
        private String otherwise = "";
        private long zeros;

        Guard(InputStream from) {
            this.from = from;
        }

        void allow(long bytes, String why) {
            allowed = bytes;
            otherwise = why;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (allowed == 0) {
                throw new Unreadable(otherwise);
            }
            int n = from.read(bytes, offset, (int) Math.min(length, allowed));
            if (n > 0) {
                allowed -= n;
                int last = offset + n;
                while (last > offset && bytes[last - 1] == 0) {
                    last--;
                }
                zeros = last == offset ? zeros + n : offset + n - last;
            }
            return n;
        }

        /** To the end, where the checksums of the compression are. */
        void finish() throws IOException {
            byte[] buffer = new byte[1 << 14];
            int n = 0;
            while (n >= 0) {
                n = read(buffer, 0, buffer.length);
            }
            if (zeros < END) {
                throw new Unreadable("its end is missing");
            }
        }

        @Override
        public void close() throws IOException {
            from.close();
        }
    }
}
