package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.ledger.RehearsalEntry;
import ccupgrade.upgrade.SpaceNeeds.OnVolume;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether there is room for what an operation may take, on each file system concerned. One finding each. */
final class SpaceGate {

    private static final String ABOUT = "space";

    private enum Purpose {
        INSTALL,
        REHEARSAL
    }

    private final Site site;
    private final Volumes volumes;
    private final Purpose purpose;
    private final String sha256;
    private final boolean acceptLowSpace;
    private final Progress progress;

    private SpaceGate(
            Site site, Volumes volumes, Purpose purpose, String sha256, boolean acceptLowSpace, Progress progress) {
        this.site = site;
        this.volumes = volumes;
        this.purpose = purpose;
        this.sha256 = sha256;
        this.acceptLowSpace = acceptLowSpace;
        this.progress = progress;
    }

    /**
     * @param sha256 of the release
     * @param acceptLowSpace whether too little is worth a warning only
     */
    static SpaceGate ofInstall(Site site, Volumes volumes, String sha256, boolean acceptLowSpace, Progress progress) {
        return new SpaceGate(site, volumes, Purpose.INSTALL, sha256, acceptLowSpace, progress);
    }

    /** The same for a rehearsal of it. */
    static SpaceGate ofRehearsal(Site site, Volumes volumes, String sha256, boolean acceptLowSpace) {
        return new SpaceGate(site, volumes, Purpose.REHEARSAL, sha256, acceptLowSpace, Progress.NONE);
    }

    /**
     * What can be said before there is a release: an install without a migration is to find room. That one with a migration that nobody
     * has rehearsed would not is worth a warning.
     */
    static List<Finding> ofAnyInstall(Site site, Volumes volumes) throws IOException, InterruptedException {
        List<OnVolume> without = SpaceNeeds.ofInstall(site, volumes, null, (files, logs) -> Growth.NONE)
                .onVolumes();
        List<OnVolume> with =
                SpaceNeeds.ofInstall(site, volumes, null, Growth::assumed).onVolumes();
        if (!without.stream().allMatch(SpaceGate::suffices)) {
            return without.stream()
                    .map(need -> suffices(need) ? ok(need) : refused(need, "free some space there"))
                    .toList();
        }
        return with.stream()
                .map(need -> suffices(need)
                        ? ok(need)
                        : Finding.warning(
                                ABOUT,
                                text(need) + ", too little for a migration that was not rehearsed",
                                "for the next release: ccupgrade rehearse FILE"))
                .toList();
    }

    /**
     * @param migrates whether databases may be migrated
     * @param archive whether the archive is going to be kept, which may have to be copied for that
     */
    List<Finding> check(Path release, boolean migrates, boolean archive)
            throws Fault, IOException, InterruptedException {
        Growth.Expected growth = migrates ? expected() : (files, logs) -> Growth.NONE;
        SpaceNeeds needs = purpose == Purpose.INSTALL
                ? SpaceNeeds.ofInstall(site, volumes, release, growth)
                        .plusArchive(archive ? ArchiveSize.toBeCopied(site, progress) : 0)
                : SpaceNeeds.ofRehearsal(site, volumes, release, growth);
        List<Finding> findings = new ArrayList<>();
        for (OnVolume need : needs.onVolumes()) {
            if (suffices(need)) {
                findings.add(ok(need));
            } else if (acceptLowSpace) {
                findings.add(Finding.warning(ABOUT, "the space may not suffice: " + text(need)));
            } else {
                findings.add(refused(need, remedy(need)));
            }
        }
        return findings;
    }

    private Growth.Expected expected() {
        Optional<RehearsalEntry> rehearsal =
                new History(site).rehearsalOf(sha256).map(History.Rehearsed::entry);
        return rehearsal.isPresent()
                ? (files, logs) -> Growth.rehearsed(rehearsal.get(), files, logs)
                : Growth::assumed;
    }

    private static boolean suffices(OnVolume need) {
        return need.sum() <= need.volume().free();
    }

    private static Finding ok(OnVolume need) {
        return Finding.ok(ABOUT, text(need));
    }

    private static Finding refused(OnVolume need, String remedy) {
        return Finding.refused(ABOUT, "cannot be sure of the space " + text(need), remedy);
    }

    private static String text(OnVolume need) {
        return "on " + need.volume().name() + ": " + need.describe();
    }

    private String remedy(OnVolume need) {
        List<String> ways = new ArrayList<>(List.of("free some space there"));
        if (need.parts().containsKey(SpaceNeeds.TEMPORARY)) {
            ways.add("name a larger place for temporary files as SQLITE_TMPDIR in environment of [service]");
        }
        if (need.parts().containsKey(SpaceNeeds.UNREHEARSED)) {
            String reckoned = Words.format(
                    "%d times the databases are reckoned for a migration that was not rehearsed",
                    Growth.ASSUMED_FACTOR);
            ways.add(
                    purpose == Purpose.REHEARSAL || site.config().migrations().atStart()
                            ? reckoned
                            : reckoned + ": see what it takes: ccupgrade rehearse FILE");
        }
        if (need.parts().containsKey(SpaceNeeds.ARCHIVE)) {
            ways.add(
                    "if what migrates the archive writes new files and never into old ones, say so: archive-migration-writes-new-files = true in [state]");
        }
        Long compression = need.parts().get(SpaceNeeds.COMPRESSION);
        if (compression != null && need.sum() - compression <= need.volume().free()) {
            ways.add("or keep snapshots as they are: compress = false in [state]");
        }
        ways.add(
                purpose == Purpose.REHEARSAL
                        ? "to try it all the same, ended before the disk is full: --accept-low-space"
                        : "to go on all the same: --accept-low-space");
        return String.join("; ", ways);
    }
}
