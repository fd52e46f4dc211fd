package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether a snapshot by hand can be taken. What it takes of the databases is looked at where they are copied. */
final class SnapshotGate {

    private final Site site;
    private final Progress progress;

    SnapshotGate(Site site, Progress progress) {
        this.site = site;
        this.progress = progress;
    }

    String check(boolean withArchive) throws Fault, IOException, InterruptedException {
        List<Path> databases = site.databases().stream().filter(Files::exists).toList();
        if (databases.isEmpty()) {
            throw new Refused(
                    "cannot take a snapshot: there is no database yet",
                    "see that databases in [state] names it: "
                            + site.config().state().databases());
        }
        StateGate gate = new StateGate(site, new ArrayList<>());
        gate.checkFiles();
        if (withArchive) {
            refuseWithoutArchive();
            gate.checkArchive(true);
            refuseWithoutSpace();
        }
        return Words.count(databases.size(), "database") + ", schema "
                + Schemas.read(site).text();
    }

    private void refuseWithoutArchive() throws Refused {
        Path archive = site.archive();
        if (archive == null || Files.notExists(archive)) {
            throw new Refused(
                    archive == null
                            ? "cannot keep the archive: none is named in [state]"
                            : "cannot keep the archive: " + site.nameOf(archive) + " is not there",
                    "take the snapshot without --archive");
        }
    }

    private void refuseWithoutSpace() throws Fault, IOException, InterruptedException {
        long needed = ArchiveSize.toBeCopied(site, progress);
        Path archive = site.archive();
        if (needed == 0 || archive == null) {
            return;
        }
        Path beside = archive.toRealPath();
        long free = Files.getFileStore(beside).getUsableSpace();
        if (free < needed) {
            throw new Refused(
                    Words.format(
                            "cannot keep the archive %s: a copy of it needs %s, and %s are free on its file system",
                            site.nameOf(archive), Words.bytes(needed), Words.bytes(free)),
                    "free some space there, or take the snapshot without --archive");
        }
    }
}
