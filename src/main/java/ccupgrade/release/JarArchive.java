package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** An open jar: a zip file with a manifest. Only its bytes are read. */
final class JarArchive implements Closeable {

    /** A manifest of more than this is an attack or a mistake. */
    private static final int LARGEST_MANIFEST = 16 << 20;

    private final ZipFile zip;
    private final String name;

    private JarArchive(ZipFile zip, String name) {
        this.zip = zip;
        this.name = name;
    }

    /**
     * @param name what the messages call the file: the one the user gave, where the path is a temporary one
     * @throws Refused when it is not a zip file, or a damaged one
     */
    static JarArchive open(Path file, String name) throws Refused, IOException {
        Looks looks = Looks.of(file);
        if (looks == Looks.EMPTY) {
            throw notAJar(name, looks, null);
        }
        try {
            return new JarArchive(ZipFile.builder().setPath(file).get(), name);
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

    @Nullable
    ZipArchiveEntry entry(String path) {
        return zip.getEntry(path);
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

    /** The main attributes of the manifest. */
    Attributes manifest() throws Refused, IOException {
        ZipArchiveEntry entry = entry(JarFile.MANIFEST_NAME);
        if (entry == null) {
            throw new Refused(
                    "cannot run " + name + ": it has no manifest (" + JarFile.MANIFEST_NAME + ")",
                    "it is a plain zip file or a library: name the service's executable jar");
        }
        if (entry.getSize() < 0 || entry.getSize() > LARGEST_MANIFEST) {
            throw new Refused("cannot read the manifest of " + name + ": it has " + entry.getSize() + " bytes", null);
        }
        try (InputStream in = read(entry)) {
            // Not more than it is said to have, whatever it unpacks to.
            return new Manifest(new ByteArrayInputStream(in.readNBytes((int) entry.getSize()))).getMainAttributes();
        } catch (IOException | IllegalArgumentException e) {
            throw new Refused("cannot read the manifest of " + name, "fetch the jar again", e);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private static Refused notAJar(String name, Looks looks, @Nullable Throwable cause) {
        return new Refused("cannot use " + name + ": it is not a jar, " + looks.text(), looks.remedy(), cause);
    }
}
