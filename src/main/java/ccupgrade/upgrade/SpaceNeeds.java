package ccupgrade.upgrade;

import ccupgrade.disk.Sizes;
import ccupgrade.upgrade.Volumes.Volume;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an operation may take of each file system, and what for. All of it is added up, as if it were needed at one time. */
final class SpaceNeeds {

    /** For the journal, the records and a growing neighbour. A rehearsal that leaves less is ended. */
    static final long RESERVE = 64L << 20;

    // Those that have a remedy of their own.
    static final String COMPRESSION = "compressing it";
    static final String UNREHEARSED = "unrehearsed migration";
    static final String TEMPORARY = "temporary files";
    static final String ARCHIVE = "copy of the archive";

    private final Site site;
    private final Volumes volumes;
    private final List<Database> databases = new ArrayList<>();
    private final Map<String, OnVolume> needs = new LinkedHashMap<>();

    /** @param parts bytes, by what for */
    record OnVolume(Volume volume, Map<String, Long> parts) {

        long sum() {
            return parts.values().stream().mapToLong(Long::longValue).sum();
        }

        String describe() {
            return Words.format(
                    "%s needed (%s), %s free",
                    Words.bytes(sum()),
                    parts.entrySet().stream()
                            .map(part -> part.getKey() + " " + Words.bytes(part.getValue()))
                            .collect(Collectors.joining(", ")),
                    Words.bytes(volume.free()));
        }
    }

    /** Sizes of the files of one that is there. */
    private record Database(Path directory, long main, long wal, long journal) {

        static Database of(Path database) throws IOException {
            Path real = database.toRealPath();
            return new Database(
                    Objects.requireNonNull(real.getParent()),
                    Files.size(real),
                    Sizes.ifThere(real.resolveSibling(real.getFileName() + "-wal")),
                    Sizes.ifThere(real.resolveSibling(real.getFileName() + "-journal")));
        }

        long bytes() {
            return main + wal;
        }

        /**
         * What the service may add to its log while the file is copied, when the log cannot begin anew. Nobody knows: 400 commits a
         * second came to 330 MB.
         */
        long logMeanwhile() {
            return wal > 0 ? main / 10 : 0;
        }

        /** The log is copied, and folded into the copy, and so for a moment there twice. */
        long copy() {
            return main + 2 * (wal + logMeanwhile()) + journal;
        }
    }

    /** What of the state lies on one file system. */
    private record Share(Path place, long bytes) {

        Share plus(Share other) {
            return new Share(place, bytes + other.bytes);
        }
    }

    private SpaceNeeds(Site site, Volumes volumes) throws IOException {
        this.site = site;
        this.volumes = volumes;
        for (Path database : site.databases()) {
            if (Files.exists(database)) {
                databases.add(Database.of(database));
            }
        }
    }

    /**
     * @param release takes no more room when it is among the releases already; null for one that nobody knows yet
     * @param growth what the migration takes
     */
    static SpaceNeeds ofInstall(Site site, Volumes volumes, @Nullable Path release, Growth.Expected growth)
            throws IOException, InterruptedException {
        SpaceNeeds needs = new SpaceNeeds(site, volumes);
        Path snapshots = site.deployment().snapshots();
        for (Database database : needs.databases) {
            needs.add(snapshots, "snapshot", database.copy());
            if (site.config().state().compress()) {
                // How little is enough shows only when it is done.
                needs.add(snapshots, COMPRESSION, database.bytes());
            }
            needs.add(database.directory, "log meanwhile", database.logMeanwhile());
        }
        if (release != null && !release.startsWith(site.deployment().releases())) {
            needs.add(site.deployment().releases(), "release", Files.size(release));
        }
        Growth all = needs.expect(growth);
        Map<String, Share> shares = needs.shares();
        needs.addGrowth(all, shares);
        needs.addEvidence(all, shares);
        needs.add(snapshots, "files", sizeOf(site.files()));
        needs.add(snapshots, "reserve", RESERVE);
        return needs;
    }

    /** The copies, and what the migration makes of them, lie beside the operations. */
    static SpaceNeeds ofRehearsal(Site site, Volumes volumes, Path release, Growth.Expected growth)
            throws IOException, InterruptedException {
        SpaceNeeds needs = new SpaceNeeds(site, volumes);
        Path place = site.deployment().operations();
        for (Database database : needs.databases) {
            needs.add(place, "copy", database.copy());
            needs.add(database.directory, "log meanwhile", database.logMeanwhile());
        }
        needs.add(place, "release", Files.size(release));
        Share copies = new Share(
                place, needs.databases.stream().mapToLong(Database::bytes).sum());
        needs.addGrowth(needs.expect(growth), Map.of(volumes.of(place).identity(), copies));
        needs.add(place, "reserve", RESERVE);
        return needs;
    }

    /** @param bytes of the archive where all of it is copied, beside the live one or into the snapshot on the same file system */
    SpaceNeeds plusArchive(long bytes) throws IOException {
        Path archive = site.archive();
        if (archive != null) {
            add(archive, ARCHIVE, bytes);
        }
        return this;
    }

    private static long sizeOf(List<Path> files) throws IOException {
        long sum = 0;
        for (Path file : files) {
            sum += Sizes.ifThere(file);
        }
        return sum;
    }

    List<OnVolume> onVolumes() {
        return List.copyOf(needs.values());
    }

    private Growth expect(Growth.Expected growth) {
        return growth.of(
                databases.stream().mapToLong(Database::main).sum(),
                databases.stream().mapToLong(Database::wal).sum());
    }

    private Map<String, Share> shares() throws IOException {
        Map<String, Share> shares = new LinkedHashMap<>();
        for (Database database : databases) {
            Share share = new Share(database.directory, database.bytes());
            shares.merge(volumes.of(database.directory).identity(), share, Share::plus);
        }
        return shares;
    }

    private void addGrowth(Growth growth, Map<String, Share> shares) throws IOException, InterruptedException {
        String what = growth.rehearsed() ? "migration as rehearsed" : UNREHEARSED;
        Path temporary = TemporaryPlace.of(site);
        if (shares.keySet().equals(Set.of(volumes.of(temporary).identity()))) {
            add(temporary, what, growth.together());
            return;
        }
        for (Share share : shares.values()) {
            add(share.place, what, of(share, growth, shares.size()));
        }
        add(temporary, TEMPORARY, growth.temporary());
    }

    /**
     * A rehearsal does not tell which of several databases grows: each may be the one. But of none it makes more than no rehearsal would.
     */
    private static long of(Share share, Growth growth, int shares) {
        if (shares == 1) {
            return growth.databases();
        }
        long assumed = Growth.assumed(share.bytes, 0).databases();
        return growth.rehearsed() ? Math.min(growth.databases(), assumed) : assumed;
    }

    /** A state that is given up is kept beside the operation: by a rename where it lies on the same file system, else by a copy. */
    private void addEvidence(Growth growth, Map<String, Share> shares) throws IOException {
        if (growth.isNone()) {
            return;
        }
        Path evidence = site.deployment().operations();
        String here = volumes.of(evidence).identity();
        for (Map.Entry<String, Share> each : shares.entrySet()) {
            if (!each.getKey().equals(here)) {
                Share share = each.getValue();
                add(evidence, "evidence if it fails", share.bytes + of(share, growth, shares.size()));
            }
        }
    }

    private void add(Path place, String what, long bytes) throws IOException {
        if (bytes > 0) {
            Volume volume = volumes.of(place);
            needs.computeIfAbsent(volume.identity(), identity -> new OnVolume(volume, new LinkedHashMap<>()))
                    .parts
                    .merge(what, bytes, Long::sum);
        }
    }
}
