package ccupgrade.release;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Learns from a jar what can be learnt without running it, and proves that it is whole: every entry is unpacked and its checksum
 * compared, once, so that a file that was damaged on its way is found before the service is stopped for it.
 */
public final class JarInspector {

    private static final String SPRING_BOOT_CLASSES = "BOOT-INF/classes/";
    private static final String VERSIONED = "META-INF/versions/";

    /** A jar may unpack to this much, and to so many times its own size: beyond it is made to fill a disk or a day. */
    private static final long ALWAYS_ALLOWED = 256L << 20;

    private static final long MOST_TIMES = 100;

    /** A class file's major number less this is the feature number of the Java that reads it. */
    private static final int MAJOR_OF_JAVA_0 = 44;

    /** As {@link #inspect(Path, String, Progress)}, for a file that has its own name. */
    public Inspection inspect(Path jar, Progress progress) throws Refused, Failed, IOException {
        return inspect(jar, String.valueOf(jar.getFileName()), progress);
    }

    /**
     * @param name what the messages call the jar, and its title when the manifest has none: the name of the file the user gave, where
     *     {@code jar} is a copy under a temporary name
     * @throws Refused when it is no executable jar, or a damaged one
     * @throws Failed when it is no readable file at all
     */
    public Inspection inspect(Path jar, String name, Progress progress) throws Refused, Failed, IOException {
        GivenFile.check(jar);
        try (JarArchive archive = JarArchive.open(jar, name)) {
            refuseBomb(archive, name, Files.size(jar));
            List<EmbeddedMigration> migrations = readAll(archive, name, progress);
            Attributes manifest = archive.manifest();
            JarTitle title = JarTitle.of(manifest, name);
            String mainClass = manifest.getValue(Attributes.Name.MAIN_CLASS);
            if (mainClass == null || mainClass.isBlank()) {
                throw new Refused(
                        "cannot run " + name + ": its manifest names no Main-Class",
                        "it is a library: name the service's executable jar");
            }
            return new Inspection(
                    title.title(),
                    title.version(),
                    Kind.JAR,
                    null,
                    mainClass.strip(),
                    javaVersion(archive, name, manifest, mainClass.strip()),
                    Files.size(jar),
                    migrations);
        }
    }

    /** Going by what the entries say; that none is more than it says is seen to when it is read. */
    private static void refuseBomb(JarArchive archive, String name, long size) throws Refused {
        long most = ALWAYS_ALLOWED + MOST_TIMES * size;
        long all = 0;
        for (ZipArchiveEntry entry : archive.entries()) {
            all += Math.max(0, Math.min(entry.getSize(), most));
            if (all > most) {
                throw new Refused("cannot use " + name + ": it unpacks to more than " + most + " bytes", null);
            }
        }
    }

    private static List<EmbeddedMigration> readAll(JarArchive archive, String name, Progress progress)
            throws Refused, IOException {
        List<ZipArchiveEntry> entries = archive.entries();
        MigrationFiles migrations = new MigrationFiles(Set.of());
        progress.begin(
                "checking " + name,
                entries.stream().mapToLong(e -> Math.max(0, e.getSize())).sum());
        try {
            long done = 0;
            Set<String> seen = new HashSet<>();
            for (ZipArchiveEntry entry : entries) {
                if (entry.isDirectory()) {
                    continue;
                }
                boolean matters = entry.getName().equals(JarFile.MANIFEST_NAME) || migrations.wants(entry.getName());
                if (matters && !seen.add(entry.getName())) {
                    throw new Refused(
                            "cannot use " + name + ": " + entry.getName()
                                    + " is in it twice, and Java may take the other",
                            "it was built like this: ask those who made it");
                }
                try (CheckedInputStream content = new CheckedInputStream(archive.read(entry), new CRC32())) {
                    readEntry(entry, content, name, migrations);
                }
                done += Math.max(0, entry.getSize());
                progress.at(done);
            }
        } finally {
            progress.end();
        }
        return migrations.migrations();
    }

    private static void readEntry(
            ZipArchiveEntry entry, CheckedInputStream content, String name, MigrationFiles migrations)
            throws Refused, IOException {
        IOException notReadAsAJar = null;
        try {
            if (migrations.wants(entry.getName())) {
                try {
                    migrations.take(entry.getName(), content);
                } catch (IOException e) {
                    notReadAsAJar = e;
                }
            }
            consume(content, entry.getSize());
        } catch (IOException | RuntimeException e) {
            throw damaged(entry, name, e);
        }
        if (entry.getCrc() != -1 && content.getChecksum().getValue() != entry.getCrc()) {
            throw damaged(entry, name, null);
        }
        if (notReadAsAJar != null) {
            throw new Refused(
                    "cannot use " + name + ": the jar " + entry.getName() + " inside it is damaged",
                    "it was built like this: ask those who made it",
                    notReadAsAJar);
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

    private static Refused damaged(ZipArchiveEntry entry, String name, @Nullable Throwable cause) {
        return new Refused(
                "cannot use " + name + ": it is damaged, " + entry.getName() + " in it cannot be read back",
                "fetch it again and compare its checksum",
                cause);
    }

    private static int javaVersion(JarArchive archive, String name, Attributes manifest, String mainClass)
            throws Refused, IOException {
        int version = classVersion(archive, name, manifest, "", mainClass, "Main-Class");
        String startClass = manifest.getValue("Start-Class");
        if (startClass != null && !startClass.isBlank()) {
            version = Math.max(
                    version,
                    classVersion(archive, name, manifest, SPRING_BOOT_CLASSES, startClass.strip(), "Start-Class"));
        }
        return version;
    }

    private static int classVersion(
            JarArchive archive, String name, Attributes manifest, String root, String className, String attribute)
            throws Refused, IOException {
        String path = className.replace('.', '/') + ".class";
        ZipArchiveEntry entry = archive.entry(root + path);
        int least = 0;
        if (entry == null && Boolean.parseBoolean(manifest.getValue("Multi-Release"))) {
            for (int candidate : versionsWith(archive, root, path)) {
                entry = archive.entry(root + VERSIONED + candidate + "/" + path);
                least = candidate;
                break;
            }
        }
        if (entry == null) {
            throw new Refused(
                    "cannot run " + name + ": its manifest names the " + attribute + " " + className
                            + ", which is not inside",
                    "it was built wrongly, or it is not the executable one of several jars");
        }
        try (DataInputStream in = new DataInputStream(archive.read(entry))) {
            if (in.readInt() != 0xCAFEBABE) {
                throw new Refused("cannot run " + name + ": " + entry.getName() + " is not a class file", null);
            }
            in.readUnsignedShort(); // the minor number
            return Math.max(least, in.readUnsignedShort() - MAJOR_OF_JAVA_0);
        } catch (EOFException e) {
            throw new Refused("cannot run " + name + ": " + entry.getName() + " is not a class file", null, e);
        }
    }

    /** The Java versions for which a multi-release jar has this class, the oldest first. */
    private static List<Integer> versionsWith(JarArchive archive, String root, String path) {
        List<Integer> versions = new ArrayList<>();
        String prefix = root + VERSIONED;
        for (ZipArchiveEntry entry : archive.entries()) {
            String entryName = entry.getName();
            if (entryName.startsWith(prefix) && entryName.endsWith("/" + path)) {
                String version = entryName.substring(prefix.length(), entryName.length() - path.length() - 1);
                if (version.matches("[0-9]{1,3}")) {
                    versions.add(Integer.parseInt(version));
                }
            }
        }
        versions.sort(null);
        return versions;
    }
}
