package ccupgrade.upgrade;

import ccupgrade.disk.Disk;
import ccupgrade.fault.Fault;
import ccupgrade.release.Release;
import ccupgrade.state.Snapshot;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is kept and takes space, and what was left half done. */
final class StockSubject implements Subject {

    private final Site site;
    private final Volumes volumes;

    StockSubject(Site site, Volumes volumes) {
        this.site = site;
        this.volumes = volumes;
    }

    @Override
    public List<Finding> findings() throws Fault, IOException {
        List<Finding> findings = new ArrayList<>();
        findings.add(kept());
        List<Path> leftovers = leftovers();
        if (!leftovers.isEmpty() && site.journals().open().isEmpty()) {
            findings.add(Finding.note(
                    "leftovers",
                    Words.format(
                            "temporary files of commands that were ended: %s",
                            String.join(
                                    ", ", leftovers.stream().map(site::nameOf).toList())),
                    "when no ccupgrade is at work: rm -r them"));
        }
        return findings;
    }

    private Finding kept() throws Fault, IOException {
        List<Release> releases = site.releases().list();
        List<Snapshot> snapshots = site.snapshots().list();
        long bytes = releases.stream().mapToLong(each -> each.record().size()).sum()
                + snapshots.stream().mapToLong(Snapshot::size).sum();
        String text = Words.format(
                "%s and %s take %s",
                Words.count(releases.size(), "release"), Words.count(snapshots.size(), "snapshot"), Words.bytes(bytes));
        if (site.config().retention().limits()) {
            return Finding.ok("retention", text + "; what [retention] no longer wants goes after each install");
        }
        long free = volumes.of(site.deployment().dotDirectory()).free();
        return bytes <= free
                ? Finding.ok("retention", text + "; nothing goes by itself")
                : Finding.note(
                        "retention",
                        text + ", more than is free, and nothing goes by itself",
                        "ccupgrade prune --releases 3 --dry-run, or [retention]");
    }

    private List<Path> leftovers() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path directory : List.of(
                site.deployment().home(),
                site.deployment().releases(),
                site.deployment().dotDirectory(),
                site.deployment().snapshots())) {
            if (Files.isDirectory(directory)) {
                try (Stream<Path> files = Files.list(directory)) {
                    files.filter(StockSubject::isTemporary).sorted().forEach(found::add);
                }
            }
        }
        return found;
    }

    private static boolean isTemporary(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.startsWith(".") && name.endsWith(Disk.TEMPORARY_SUFFIX);
    }
}
