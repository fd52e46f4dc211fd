package ccupgrade.upgrade;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.state.SnapshotStore;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the configuration files and the archive can be kept and put back. */
final class StateGate {

    private final Site site;
    private final List<Finding> findings;

    /** @param findings where what is found is added */
    StateGate(Site site, List<Finding> findings) {
        this.site = site;
        this.findings = findings;
    }

    void checkFiles() throws Fault, IOException {
        if (site.files().isEmpty()) {
            return;
        }
        long bytes = SnapshotStore.sizeOfFiles(site.files());
        List<String> names = new ArrayList<>();
        for (Path file : site.files()) {
            String name = site.nameOf(file);
            if (Files.exists(file)) {
                names.add(name);
                requireOurs(file.toRealPath(), name);
            } else {
                names.add(name + " (not there)");
            }
        }
        findings.add(Finding.ok("files", Words.format("%s, %s", String.join(", ", names), Words.bytes(bytes))));
    }

    private void requireOurs(Path real, String name) throws Fault, IOException {
        if (!Files.isReadable(real)) {
            throw new Failed("cannot read " + name + ": permission denied", "run ccupgrade as root");
        }
        Path directory = real.getParent();
        if (directory != null && !Files.isWritable(directory)) {
            throw new Failed(
                    "cannot write in " + directory + ", where " + name
                            + " would be put back: permission denied, or the file system is read-only",
                    "run ccupgrade as the service's user or as root");
        }
        String user = site.surroundings().user();
        String owner =
                Files.readAttributes(real, PosixFileAttributes.class).owner().getName();
        if (!user.equals("root") && !user.equals(owner)) {
            throw new Refused(
                    Words.format(
                            "cannot keep the owner of %s: it belongs to %s, and ccupgrade runs as %s",
                            name, owner, user),
                    owner.equals("root") ? "run ccupgrade as root" : "run ccupgrade as root or as " + owner);
        }
    }

    /** @param due whether it is going to be migrated, and so has to be kept */
    void checkArchive(boolean due) throws Fault, IOException {
        Path archive = site.archive();
        if (archive == null) {
            return;
        }
        if (Files.notExists(archive)) {
            findings.add(Finding.note("archive", site.nameOf(archive) + " is not there"));
            return;
        }
        Optional<Long> version = site.archiveVersion();
        String what = site.nameOf(archive)
                + version.map(number -> ", version " + number).orElse(", which does not tell its version");
        if (!due) {
            findings.add(Finding.ok("archive", what + "; it is not touched by this upgrade"));
            return;
        }
        refuseWhatLiesInIt(archive.toRealPath());
        SnapshotStore.refuseUnmovable(archive);
        findings.add(Finding.ok("archive", what));
    }

    /** What is put back with it would be put back twice. */
    private void refuseWhatLiesInIt(Path archive) throws Refused, IOException {
        List<Path> others = new ArrayList<>(site.databases());
        others.addAll(site.files());
        others.add(site.deployment().dotDirectory());
        others.add(site.deployment().releases());
        for (Path other : others) {
            Path real = Files.exists(other) ? other.toRealPath() : other.toAbsolutePath();
            if (real.startsWith(archive)) {
                throw new Refused(
                        Words.format(
                                "cannot keep the archive %s: %s lies in it", site.nameOf(archive), site.nameOf(other)),
                        "name a directory as archive in [state] that holds nothing else");
            }
        }
    }
}
