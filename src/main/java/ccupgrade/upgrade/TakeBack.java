package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.saga.Facts;
import ccupgrade.saga.Failure;
import ccupgrade.state.KeptFile;
import ccupgrade.state.OpenFile;
import ccupgrade.state.Snapshot;
import ccupgrade.state.SnapshotStore;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The undo of everything that was done to the state, by a migration or by a restore. */
final class TakeBack {

    /** With less than this free, a service is unlikely to start. */
    static final long ENOUGH_TO_RUN = 16L << 20;

    private final Site site;
    private final SnapshotStore snapshots;
    private final MigrationCommand migration;
    private final long operation;
    private final Progress progress;

    TakeBack(Site site, long operation, Progress progress) {
        this.site = site;
        this.snapshots = site.snapshots();
        this.migration = new MigrationCommand(site, operation);
        this.operation = operation;
        this.progress = progress;
    }

    /**
     * The undo of everything that was done to the state. A release that was started on an unchanged schema may have been given rows by
     * users: they are kept, as a rollback keeps them.
     */
    String run(Facts facts) throws Fault, IOException, InterruptedException {
        migration.killLeftovers();
        Path evidence = site.deployment().operation(operation).resolve("evidence");
        Path parked = evidence.resolve("parked");
        // An interrupted restore is finished, even if the databases look as they did before.
        if (!Files.exists(parked) && !isTouched(facts)) {
            String files = takeFilesBack(facts, evidence);
            return (facts.isTrue(Fact.STARTING)
                            ? "the schema is unchanged: all rows are kept"
                            : "nothing had touched it")
                    + files;
        }
        Optional<Snapshot> snapshot = snapshots.find(facts.require(Fact.SNAPSHOT));
        if (snapshot.isEmpty() && !Files.exists(parked)) {
            throw new NeedsOperator(
                    "cannot put the state back: snapshot " + facts.require(Fact.SNAPSHOT) + " is not there",
                    "look for it, or for another copy, and restore the databases by hand");
        }
        List<OpenFile> open = ServiceSteps.stillOpen(site, facts);
        if (!open.isEmpty()) {
            // It would go on to write, by name, beside what is put in place here.
            throw new NeedsOperator(
                    "cannot put the state back: " + ServiceSteps.describe(site, open), "end that process");
        }
        boolean givenUp = false;
        if (!Files.exists(parked)) {
            if (!facts.isTrue(Fact.STARTING) && isFull()) {
                snapshots.giveUp(snapshot.get(), site.databases());
                givenUp = true;
            }
            String archive = facts.get(Fact.TARGET_ARCHIVE);
            if (archive != null) {
                snapshots.unswapTree(archive, snapshot.get());
            }
            snapshots.verify(snapshot.get(), progress);
            makePrivate(evidence);
            snapshots.park(snapshot.get(), site.databases(), evidence);
            // From here on what lies in the databases' place may be the snapshot's, and is not to be parked.
            site.disk().write(parked, new byte[0]);
        }
        if (snapshot.isPresent()) {
            snapshots.restore(snapshot.get(), site.databases(), progress);
        }
        warnOfUsedArchive(facts);
        if (!facts.isTrue(Fact.STARTING) && makeRoom(evidence, parked) || givenUp) {
            Warnings.add(
                    facts, List.of("what the migration had made of the state is deleted, to make room on a full disk"));
            return "the state is as it was";
        }
        facts.put(Fact.EVIDENCE, site.nameOf(evidence));
        return "the state is as it was; what was there is kept in " + site.nameOf(evidence);
    }

    /** The rows that a release wrote which was tried are in the evidence; what it wrote into the tree stays there: nobody has a second one. */
    private void warnOfUsedArchive(Facts facts) throws Fault {
        String used = facts.get(Fact.TARGET_ARCHIVE);
        if (used == null || !facts.isTrue(Fact.STARTING)) {
            return;
        }
        List<String> warnings = new ArrayList<>();
        warnings.add(Words.format(
                "the archive of snapshot %s was live while %s was tried, and is back in it as that has left it",
                used, ReleaseSteps.label(facts)));
        try {
            snapshots.forgetCount(used);
        } catch (IOException e) {
            // On a full disk: everything is back all the same.
            warnings.add("that could not be noted in it, so that verify may find it altered: " + Failure.messageOf(e));
        }
        Warnings.add(facts, warnings);
    }

    private void makePrivate(Path evidence) throws IOException {
        site.disk().createDirectories(evidence);
        site.disk().setPermissions(evidence, PosixFilePermissions.fromString("rwx------"));
    }

    /**
     * Configuration files alone, where the rest of the state stays: the release that runs from now on cannot do with those of the other one.
     *
     * @return what to add to what is told
     */
    private String takeFilesBack(Facts facts, Path evidence) throws Fault, IOException {
        if (!facts.isTrue(Fact.REPLACING) && !facts.has(Fact.TARGET_FILES)) {
            return "";
        }
        Optional<Snapshot> snapshot = snapshots.find(facts.require(Fact.SNAPSHOT));
        if (snapshot.isEmpty()) {
            throw new NeedsOperator(
                    "cannot put the configuration back: snapshot " + facts.require(Fact.SNAPSHOT) + " is not there",
                    "look for it, or restore the files by hand");
        }
        String changed = snapshots.changedFiles(snapshot.get()).stream()
                .map(KeptFile::path)
                .collect(Collectors.joining(", "));
        if (!changed.isEmpty()) {
            makePrivate(evidence);
            snapshots.parkFiles(snapshot.get(), evidence);
        }
        snapshots.restoreFiles(snapshot.get());
        if (Files.notExists(evidence)) {
            return "";
        }
        facts.put(Fact.EVIDENCE, site.nameOf(evidence));
        return "; the configuration is as it was, what was there is kept in " + site.nameOf(evidence);
    }

    /**
     * A migration that filled the disk leaves the old release nothing to run on. What only the migration wrote is no user's, and is given
     * up for that; the state of a release that was started is kept in any case.
     *
     * @param parked stays, because it says which way the state went
     * @return whether the evidence is deleted
     */
    private boolean makeRoom(Path evidence, Path parked) throws IOException {
        if (!isFull()) {
            return false;
        }
        List<Path> files;
        try (Stream<Path> children = Files.list(evidence)) {
            files = children.filter(file -> !file.equals(parked)).toList();
        }
        for (Path file : files) {
            snapshots.deleteParked(file);
        }
        return true;
    }

    private boolean isFull() throws IOException {
        return Files.getFileStore(site.deployment().dotDirectory()).getUsableSpace() < ENOUGH_TO_RUN;
    }

    private boolean isTouched(Facts facts) throws IOException {
        if (facts.has(Fact.TARGET_SNAPSHOT)) {
            return true;
        }
        boolean migrated = facts.isTrue(Fact.MIGRATING);
        boolean started = facts.isTrue(Fact.STARTING);
        if (!migrated && !started) {
            return false;
        }
        if (migrated && (!started || leftATrace(facts))) {
            return true;
        }
        return !facts.require(Fact.SCHEMA_BEFORE).equals(identityNow());
    }

    /** Where no version is kept, a migration that changed rows alone would not be seen in the schema. */
    private boolean leftATrace(Facts facts) throws IOException {
        return facts.require(Fact.SCHEMA_BEFORE).contains("=none:")
                || hasUnversionedTree(facts)
                || facts.has(Fact.EMPTIED)
                || RowsText.read(facts.get(Fact.ROWS)).stream()
                        .anyMatch(line -> !Objects.equals(line.before(), line.after()));
    }

    private boolean hasUnversionedTree(Facts facts) throws IOException {
        try {
            return snapshots
                    .find(facts.require(Fact.SNAPSHOT))
                    .filter(snapshot -> snapshot.hasTree() && snapshot.archiveVersion() == null)
                    .isPresent();
        } catch (Fault e) {
            // Whether it can be used is found out when it is.
            return true;
        }
    }

    /** What cannot be read any more is not what it was. */
    private String identityNow() throws IOException {
        try {
            return Schemas.read(site).identity();
        } catch (Fault e) {
            return "unreadable: " + e.getMessage();
        }
    }
}
