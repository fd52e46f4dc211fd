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
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.zip.ZipEntry;

/** Learns from a jar what can be learnt without running it. */
public final class JarInspector {

    private static final String SPRING_BOOT_CLASSES = "BOOT-INF/classes/";
    private static final String VERSIONED = "META-INF/versions/";

    /** A class file's major number less this is the feature number of the Java that reads it. */
    private static final int MAJOR_OF_JAVA_0 = 44;

    /** As {@link #inspect(Path, String, Progress)}, for a file that has its own name. */
    public Inspection inspect(Path jar, Progress progress) throws Refused, Failed, IOException {
        return inspect(jar, String.valueOf(jar.getFileName()), progress);
    }

    /**
     * Also proves that the jar is whole, for which all of it is read.
     *
     * @param name what the messages call the jar, and its title when the manifest has none: the name of the file the user gave, where
     *     {@code jar} is a copy under a temporary name
     * @throws Refused when it is no executable jar, or a damaged one
     * @throws Failed when it is no readable file at all
     */
    public Inspection inspect(Path jar, String name, Progress progress) throws Refused, Failed, IOException {
        GivenFile.check(jar);
        new JarProof(name).check(jar, progress);
        return look(jar, name);
    }

    /** The same for one that was proved to be whole when it was stored: only what matters is read. */
    Inspection look(Path jar, String name) throws Refused, Failed, IOException {
        GivenFile.check(jar);
        try (JarArchive archive = JarArchive.open(jar, name)) {
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
                    migrations(archive, name));
        }
    }

    private static List<EmbeddedMigration> migrations(JarArchive archive, String name) throws Refused, IOException {
        MigrationFiles migrations = new MigrationFiles(Set.of());
        for (ZipEntry entry : archive.entries()) {
            if (!entry.isDirectory() && migrations.wants(entry.getName())) {
                try (InputStream content = archive.read(entry)) {
                    migrations.take(entry.getName(), content);
                } catch (IOException | RuntimeException e) {
                    // Commons Compress has exceptions of both kinds for a jar in the jar that is none.
                    throw new Refused(
                            "cannot use " + name + ": " + (entry.getName().endsWith(".jar") ? "the jar " : "")
                                    + entry.getName() + " inside it is damaged",
                            "it was built like this: ask those who made it",
                            e);
                }
            }
        }
        return migrations.migrations();
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
        ZipEntry entry = archive.entry(root + path);
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
        for (ZipEntry entry : archive.entries()) {
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
