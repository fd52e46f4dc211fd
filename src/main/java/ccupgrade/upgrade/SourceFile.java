package ccupgrade.upgrade;

import ccupgrade.disk.Checksum;
import ccupgrade.disk.Disk;
import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.release.Inspection;
import ccupgrade.release.Proofs;
import ccupgrade.release.Release;
import ccupgrade.release.Staged;
import ccupgrade.release.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The file that somebody wants installed. It is only read. */
final class SourceFile {

    private static final String REMEDY = "give the path of a jar, an executable or an archive";

    private final Site site;
    private final Path file;
    private final Progress progress;

    SourceFile(Site site, Path file, Progress progress) {
        this.site = site;
        this.file = file;
        this.progress = progress;
    }

    static void check(Path file) throws Failed {
        if (Files.notExists(file)) {
            throw new Failed("cannot install " + file + ": no such file", REMEDY);
        }
        if (Files.isDirectory(file)) {
            throw new Failed("cannot install " + file + ": it is a directory", REMEDY);
        }
        if (!Files.isRegularFile(file)) {
            // A device may give bytes without end.
            throw new Failed("cannot install " + file + ": it is not a regular file", REMEDY);
        }
        if (!Files.isReadable(file)) {
            throw new Failed("cannot install " + file + ": permission denied", "make it readable, or run as root");
        }
    }

    /**
     * The current release when it was made of the very same bytes and is known to be good.
     *
     * @param proofs a file that is not what they say is refused, installed or not
     */
    Optional<Release> installed(Proofs proofs) throws Fault, IOException {
        Optional<Release> current = site.releases().current();
        if (current.isEmpty() || current.get().record().verdict() == Verdict.BAD) {
            return Optional.empty();
        }
        String known = current.get().record().sha256();
        if (known == null && !Files.isRegularFile(current.get().stored())) {
            return Optional.empty();
        }
        String stored = known != null ? known : Checksum.sha256(current.get().stored(), progress);
        String its = Checksum.sha256(file, progress);
        if (!stored.equals(its)) {
            return Optional.empty();
        }
        site.authenticity().check(file, file, its, proofs);
        return current;
    }

    /**
     * All that can be known of it before anything of it is stored.
     *
     * @param proved what shows where it comes from, for a reader; empty when nothing was asked
     */
    record Looked(Disk disk, Path unpacked, Staged staged, Inspection inspection, String sha256, List<String> proved)
            implements AutoCloseable {

        /** Removes what had to be unpacked for the look. */
        @Override
        public void close() throws IOException {
            disk.deleteTree(unpacked);
        }
    }

    Looked look(Proofs proofs) throws Fault, IOException {
        Path unpacked = site.scratch().resolve(".opened" + Disk.TEMPORARY_SUFFIX);
        String name = String.valueOf(file.getFileName());
        String sha256 = Checksum.sha256(file, progress);
        List<String> proved = site.authenticity().check(file, file, sha256, proofs);
        Staged staged = site.opening().look(file, name, unpacked, progress);
        boolean done = false;
        try {
            Inspection inspection = site.inspector().inspect(staged, name, progress);
            done = true;
            return new Looked(site.disk(), unpacked, staged, inspection, sha256, proved);
        } finally {
            if (!done) {
                site.disk().deleteTree(unpacked);
            }
        }
    }
}
