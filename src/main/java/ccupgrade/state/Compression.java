package ccupgrade.state;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files compressed by zstd, which {@code zstd -d} reads too. At its fastest level a database shrinks to about a fifth; a higher one would
 * take the service's processor for little more.
 */
final class Compression {

    private static final int LEVEL = 1;
    private static final int BUFFER = 1 << 20;

    private Compression() {}

    /** @param target a free name; an exception leaves it incomplete */
    static void compress(Path source, Path target, Disk disk, Progress progress) throws IOException {
        progress.begin("compressing " + source.getFileName(), Files.size(source));
        try (InputStream in = Files.newInputStream(source)) {
            disk.create(target, out -> {
                try (OutputStream packed = new ZstdOutputStream(out, LEVEL).setChecksum(true)) {
                    copy(in, packed, progress);
                }
            });
        } finally {
            progress.end();
        }
    }

    /**
     * @param target a free name; an exception leaves it incomplete
     * @param size bytes expected, for the progress alone
     */
    static void decompress(Path source, Path target, long size, Disk disk, Progress progress) throws IOException {
        progress.begin("decompressing " + source.getFileName(), size);
        try (InputStream in = open(source)) {
            disk.create(target, out -> copy(in, out, progress));
        } finally {
            progress.end();
        }
    }

    /** Of what it holds. */
    static String sha256(Path compressed, long size, Progress progress) throws IOException {
        try (InputStream in = open(compressed)) {
            return Checksum.sha256(in, "reading back " + compressed.getFileName(), size, progress);
        }
    }

    private static InputStream open(Path compressed) throws IOException {
        return new ZstdInputStream(new BufferedInputStream(Files.newInputStream(compressed), BUFFER));
    }

    private static void copy(InputStream in, OutputStream out, Progress progress) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long done = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
            done += n;
            progress.at(done);
        }
    }
}
