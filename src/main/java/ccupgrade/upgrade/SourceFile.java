package ccupgrade.upgrade;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.release.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file that somebody wants installed. It is only read. */
final class SourceFile {

    private final Path file;
    private final Progress progress;

    SourceFile(Path file, Progress progress) {
        this.file = file;
        this.progress = progress;
    }

    static void check(Path file) throws Failed {
        if (Files.notExists(file)) {
            throw new Failed("cannot install " + file + ": no such file", "give the path of a jar");
        }
        if (Files.isDirectory(file)) {
            throw new Failed("cannot install " + file + ": it is a directory", "give the path of a jar");
        }
        if (!Files.isReadable(file)) {
            throw new Failed("cannot install " + file + ": permission denied", "make it readable, or run as root");
        }
    }

    /** The current release when it has the very same bytes and is known to be good. */
    Optional<Release> installed(Site site) throws Fault, IOException {
        Optional<Release> current = site.releases().current();
        if (current.isEmpty()
                || current.get().record().verdict() == Verdict.BAD
                || current.get().record().size() != Files.size(file)) {
            return Optional.empty();
        }
        String known = current.get().record().sha256();
        String stored = known != null ? known : Checksum.sha256(current.get().file(), progress);
        return stored.equals(Checksum.sha256(file, progress)) ? current : Optional.empty();
    }
}
