package ccupgrade.release;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Archives made on the spot, with whatever an archive can be made to hold. */
final class TestArchive {

    static final String SCRIPT = "#!/bin/sh\necho hello\n";

    private record Entry(String name, byte type, int mode, byte[] content, String target) {}

    private final List<Entry> entries = new ArrayList<>();

    TestArchive file(String name, int mode, byte[] content) {
        entries.add(new Entry(name, TarConstants.LF_NORMAL, mode, content, ""));
        return this;
    }

    TestArchive file(String name, int mode, String content) {
        return file(name, mode, content.getBytes(StandardCharsets.UTF_8));
    }

    TestArchive script(String name) {
        return file(name, 0755, SCRIPT);
    }

    TestArchive directory(String name) {
        entries.add(new Entry(name, TarConstants.LF_DIR, 0755, new byte[0], ""));
        return this;
    }

    TestArchive link(String name, String target) {
        entries.add(new Entry(name, TarConstants.LF_SYMLINK, 0777, new byte[0], target));
        return this;
    }

    TestArchive hardLink(String name, String target) {
        entries.add(new Entry(name, TarConstants.LF_LINK, 0644, new byte[0], target));
        return this;
    }

    /** @param type a letter of tar's */
    TestArchive special(String name, byte type) {
        entries.add(new Entry(name, type, 0644, new byte[0], ""));
        return this;
    }

    byte[] tar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Entry entry : entries) {
                // The constructor that keeps a leading slash.
                TarArchiveEntry header = new TarArchiveEntry(entry.name, entry.type, true);
                header.setMode(entry.mode);
                header.setLinkName(entry.target);
                header.setSize(entry.content.length);
                tar.putArchiveEntry(header);
                tar.write(entry.content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private byte[] zip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
            for (Entry entry : entries) {
                ZipArchiveEntry header = new ZipArchiveEntry(entry.name);
                boolean isLink = entry.type == TarConstants.LF_SYMLINK;
                if (entry.mode != 0) {
                    header.setUnixMode((isLink ? 0120000 : 0100000) | entry.mode);
                }
                zip.putArchiveEntry(header);
                zip.write(isLink ? entry.target.getBytes(StandardCharsets.UTF_8) : entry.content);
                zip.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** Made as the suffix says. */
    Path in(Path directory, String name) throws IOException {
        Path file = directory.resolve(name);
        if (name.endsWith(".zip") || name.endsWith(".jar")) {
            return Files.write(file, zip());
        }
        try (OutputStream out = Files.newOutputStream(file);
                OutputStream packed = packed(out, name)) {
            packed.write(tar());
        }
        return file;
    }

    private static OutputStream packed(OutputStream out, String name) throws IOException {
        if (name.endsWith("gz")) {
            return new GzipCompressorOutputStream(out);
        }
        if (name.endsWith(".xz")) {
            return new XZOutputStream(out, new LZMA2Options(0));
        }
        return name.endsWith(".zst") ? new ZstdOutputStream(out).setChecksum(true) : out;
    }
}
