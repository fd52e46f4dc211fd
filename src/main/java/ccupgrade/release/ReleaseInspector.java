package ccupgrade.release;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Learns from a release what can be learnt without running it, and whether it can be run here. */
public final class ReleaseInspector {

    private final ThisMachine here;

    public ReleaseInspector(ThisMachine here) {
        this.here = here;
    }

    /**
     * @param name of the file that it was made of: for messages, and where the release does not say what it is called
     * @throws Refused when it cannot be run here, or is damaged
     */
    public Inspection inspect(Staged staged, String name, Progress progress) throws Refused, Failed, IOException {
        JarInspector jars = new JarInspector();
        return inspect(
                staged.kind(),
                staged.place(),
                staged.executable(),
                name,
                (jar, itsName) -> jars.inspect(jar, itsName, progress));
    }

    /** The same for a stored one, which was proved to be whole when it was stored: only what matters is read. */
    public Inspection look(Release release) throws Refused, Failed, IOException {
        ReleaseRecord record = release.record();
        return inspect(record.kind(), release.stored(), record.executable(), record.origin(), new JarInspector()::look);
    }

    private interface JarReader {
        Inspection read(Path jar, String name) throws Refused, Failed, IOException;
    }

    private Inspection inspect(Kind kind, Path place, @Nullable String executable, String name, JarReader jars)
            throws Refused, Failed, IOException {
        FileTitle title = FileTitle.of(name);
        if (kind != Kind.DIRECTORY) {
            return kind == Kind.JAR
                    ? jars.read(place, name)
                    : program(place, name).as(kind, null, title, Files.size(place));
        }
        if (executable == null) {
            // A directory that was put there by hand.
            return inspect(kind, place, new Executables(place, name).choose(null), name, jars);
        }
        Path file = place.resolve(executable);
        String label = executable + " in " + name;
        Inspection inspection = executable.endsWith(".jar") ? jars.read(file, label) : program(file, label);
        FileTitle its =
                new FileTitle(title.title(), inspection.version() != null ? inspection.version() : title.version());
        return inspection.as(kind, executable, its, sizeOf(place));
    }

    private Inspection program(Path file, String label) throws Refused, IOException {
        Looks looks = Looks.of(file);
        Kind kind = Kind.EXECUTABLE;
        if (looks == Looks.ELF) {
            ElfHeader.read(file, label).check(here, label);
        } else if (looks == Looks.SCRIPT) {
            kind = Kind.SCRIPT;
            ScriptHeader.read(file, label).check(here, label);
        } else {
            throw new Refused("cannot run " + label + ": " + looks.text(), looks.remedy());
        }
        return new Inspection(label, null, kind, null, null, 0, Files.size(file), List.of());
    }

    static long sizeOf(Path directory) throws IOException {
        long size = 0;
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) found::iterator) {
                size += Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
            }
        }
        return size;
    }
}
