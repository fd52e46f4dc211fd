package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** An open zip file, entry for entry: also what Java would pass over, of entries with one name all but one. */
final class ZipArchive implements Closeable {

    private final ZipFile zip;
    private final String name;

    private ZipArchive(ZipFile zip, String name) {
        this.zip = zip;
        this.name = name;
    }

    /**
     * @param name what the messages call the file: the one the user gave, where the path is a temporary one
     * @throws Refused when it is not a zip file, or a damaged one
     */
    static ZipArchive open(Path file, String name) throws Refused, IOException {
        return opened(
                file,
                name,
                path -> new ZipArchive(ZipFile.builder().setPath(path).get(), name));
    }

    /** Opens a zip file in some way. */
    interface Opener<T> {
        /** @throws Refused when it can tell more than that the file is damaged */
        T open(Path file) throws Refused, IOException;
    }

    /** As {@link #open}, in this way. */
    static <T> T opened(Path file, String name, Opener<T> opener) throws Refused, IOException {
        Looks looks = Looks.of(file);
        if (looks == Looks.EMPTY) {
            throw notAJar(name, looks, null);
        }
        try {
            return opener.open(file);
        } catch (IOException | RuntimeException e) {
            if (looks == Looks.ZIP) {
                throw new Refused(
                        "cannot read " + name
                                + ": it begins like a jar, but its table of contents is missing or damaged",
                        "it is probably cut short: fetch it again and compare its size",
                        e);
            }
            throw notAJar(name, looks, e);
        }
    }

    /** In the order of the file. */
    List<ZipArchiveEntry> entries() {
        return Collections.list(zip.getEntriesInPhysicalOrder());
    }

    InputStream read(ZipArchiveEntry entry) throws Refused, IOException {
        if (entry.getGeneralPurposeBit().usesEncryption()) {
            throw new Refused("cannot read " + entry.getName() + " in " + name + ": it is encrypted", null);
        }
        if (!zip.canReadEntryData(entry)) {
            throw new Refused(
                    "cannot read " + entry.getName() + " in " + name + ": unknown compression method "
                            + entry.getMethod(),
                    null);
        }
        return zip.getInputStream(entry);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private static Refused notAJar(String name, Looks looks, @Nullable Throwable cause) {
        return new Refused("cannot use " + name + ": it is not a jar, " + looks.text(), looks.remedy(), cause);
    }
}
