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
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** An open jar as Java sees it, by Java's own reader. Only its bytes are read. */
final class JarArchive implements Closeable {

    /** A manifest of more than this is an attack or a mistake. */
    private static final int LARGEST_MANIFEST = 16 << 20;

    /** What Java says of a zip file without its end, which was cut short. */
    private static final String NO_END = "END header not found";

    private final ZipFile zip;
    private final String name;

    private JarArchive(ZipFile zip, String name) {
        this.zip = zip;
        this.name = name;
    }

    /**
     * @param name what the messages call the file: the one the user gave, where the path is a temporary one
     * @throws Refused when it is not a zip file, or a damaged one, or one that other readers open and Java does not
     */
    static JarArchive open(Path file, String name) throws Refused, IOException {
        return ZipArchive.opened(file, name, path -> {
            try {
                return new JarArchive(new ZipFile(path.toFile()), name);
            } catch (ZipException e) {
                String why = String.valueOf(e.getMessage());
                if (why.contains(NO_END)) {
                    throw e;
                }
                throw new Refused(
                        "cannot use " + name + ": Java does not open it: " + why,
                        "the service's Java would not either: fetch it again, or build it anew with the JDK's jar",
                        e);
            }
        });
    }

    List<ZipEntry> entries() {
        return List.copyOf(Collections.list(zip.entries()));
    }

    @Nullable
    ZipEntry entry(String path) {
        return zip.getEntry(path);
    }

    InputStream read(ZipEntry entry) throws IOException {
        return zip.getInputStream(entry);
    }

    /** The main attributes of the manifest. */
    Attributes manifest() throws Refused, IOException {
        ZipEntry entry = entry(JarFile.MANIFEST_NAME);
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
}
