package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.fault.NeedsOperator;
import ccupgrade.ledger.RehearsalEntry;
import ccupgrade.saga.Facts;
import ccupgrade.service.CommandRunner;
import ccupgrade.state.OpenFile;
import ccupgrade.state.Preparation;
import ccupgrade.state.RowChange;
import ccupgrade.state.SavedDatabase;
import ccupgrade.state.SavedFile;
import ccupgrade.state.Snapshot;
import ccupgrade.state.SnapshotStore;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The steps that are about the state: what is in the databases. */
final class StateSteps {

    private static final int OUTPUT_LINES = 15;

    /** With less than this free, a service is unlikely to start. */
    private static final long ENOUGH_TO_RUN = 16L << 20;

    private final Site site;
    private final SnapshotStore snapshots;
    private final MigrationCommand migration;
    private final long operation;
    private final Progress progress;
    private @Nullable Preparation preparation;

    StateSteps(Site site, long operation, Progress progress) {
        this.site = site;
        this.snapshots = site.snapshots();
        this.migration = new MigrationCommand(site, operation);
        this.operation = operation;
        this.progress = progress;
    }

    void nameSnapshot(Facts facts) {
        facts.put(Fact.SNAPSHOT, operation + "-before-" + ReleaseSteps.epoch(facts));
    }

    /** What can be copied while the service works. */
    String precopy(Facts facts) throws Fault, IOException, InterruptedException {
        return prepare(facts, "before the install of " + ReleaseSteps.label(facts));
    }

    private String prepare(Facts facts, String reason) throws Fault, IOException, InterruptedException {
        preparation = snapshots.prepare(
                facts.require(Fact.SNAPSHOT),
                facts.number(Fact.PREVIOUS).orElse(null),
                operation,
                reason,
                site.databases(),
                site.config().state().precopyRate(),
                progress);
        return "";
    }

    /** The rest of it, when the service stands still. */
    String snapshot(Facts facts) throws Fault, IOException, InterruptedException {
        Preparation begun = Objects.requireNonNull(preparation, "a snapshot is finished by the process that began it");
        Snapshot snapshot = begun.finish(site.databases(), progress);
        Warnings.add(facts, begun.notes());
        Schemas before = Schemas.of(snapshot);
        facts.put(Fact.SCHEMA_BEFORE, before.identity());
        facts.put(Fact.SCHEMA_BEFORE_TEXT, before.text());
        long present = snapshot.databases().stream()
                .filter(database -> database.saved() != null)
                .count();
        return present == 0
                ? "no database yet"
                : Words.format("%s, schema %s", Words.bytes(snapshot.size()), before.text());
    }

    /** Where the state was put back the snapshot is gone with it; where the release has run on the state it may be wanted. */
    String dropSnapshot(Facts facts) throws IOException {
        if (preparation != null) {
            preparation.close();
        }
        if (!facts.has(Fact.SNAPSHOT)) {
            return "";
        }
        if (facts.isTrue(Fact.STARTING)) {
            return "";
        }
        snapshots.delete(facts.require(Fact.SNAPSHOT));
        return "";
    }

    void intendToMigrate(Facts facts) {
        facts.put(Fact.MIGRATING, migration.isDue(facts));
    }

    String migrate(Facts facts) throws Fault, IOException, InterruptedException {
        if (!facts.isTrue(Fact.MIGRATING)) {
            return migration.whyNotDue(facts);
        }
        Path release = site.releases().path(ReleaseSteps.epoch(facts));
        CommandRunner.Result result = migration.run(release, rehearsal(facts), progress);
        String log = site.nameOf(result.output());
        if (result.timedOut()) {
            throw new Failed(
                    "cannot migrate: the migration was killed after " + Words.duration(result.took()) + ", its limit"
                            + lastWords(result),
                    "what it said is in " + log + "; give it more time as timeout in [migration]");
        }
        if (result.exitCode() != 0) {
            throw new Failed(
                    "cannot migrate: the migration ended with " + result.howItEnded() + lastWords(result),
                    "what it said is in " + log);
        }
        return "";
    }

    private @Nullable RehearsalEntry rehearsal(Facts facts) {
        return facts.has(Fact.SHA256)
                ? new History(site)
                        .rehearsalOf(facts.require(Fact.SHA256))
                        .map(History.Rehearsed::entry)
                        .orElse(null)
                : null;
    }

    private static String lastWords(CommandRunner.Result result) throws IOException {
        String said = result.lastOutput(OUTPUT_LINES).stripTrailing();
        long free = Files.getFileStore(result.output()).getUsableSpace();
        // On a full disk its last words could not be kept either.
        String full = free < ENOUGH_TO_RUN ? "; only " + Words.bytes(free) + " are free on the disk" : "";
        return said.isEmpty() ? full + "; it said nothing" : full + "\n  | " + said.replace("\n", "\n  | ");
    }

    /** After a migration command, and before the release is started. */
    String check(Facts facts) throws Fault, IOException, InterruptedException {
        if (!facts.isTrue(Fact.MIGRATING)) {
            facts.put(Fact.SCHEMA_AFTER, facts.require(Fact.SCHEMA_BEFORE));
            facts.put(Fact.SCHEMA_AFTER_TEXT, facts.require(Fact.SCHEMA_BEFORE_TEXT));
            return "nothing was migrated";
        }
        List<OpenFile> open = ServiceSteps.stillOpen(site);
        if (!open.isEmpty()) {
            throw new Failed(
                    "cannot take the migration for finished: it ended, yet " + ServiceSteps.describe(site, open),
                    "let it end only when its work is done");
        }
        return examine(facts);
    }

    /** Where the release migrates when it starts, the same look comes when it is up. */
    String checkWhatTheStartMigrated(Facts facts) throws Fault, IOException {
        String found = site.config().migration().atStart() ? examine(facts) : "checked before the start";
        // Whoever migrated may have left it to the kernel when that reaches the disk (synchronous = NORMAL or OFF), and
        // the next
        // record says that there is no way back.
        snapshots.makeDurable(site.databases());
        return found;
    }

    private String examine(Facts facts) throws Fault, IOException {
        Snapshot snapshot = require(facts);
        Schemas after = Schemas.read(site);
        for (String database : after.dirty()) {
            throw new Failed(
                    "cannot accept the migration: it left " + database + " dirty, a migration in it did not end", null);
        }
        expectVersion(facts, after);
        Map<String, Map<String, Long>> rowsBefore = rowsOf(snapshot);
        Map<String, Map<String, Long>> rowsAfter = new LinkedHashMap<>();
        for (Path database : site.databases()) {
            rowsAfter.put(site.nameOf(database), site.reader().rowCounts(database, progress));
            refuseBrokenKeys(database, snapshot);
        }
        facts.put(Fact.ROWS, RowsText.write(rowsBefore, rowsAfter));
        Warnings.add(facts, warningsAboutRows(rowsBefore, rowsAfter));
        facts.put(Fact.SCHEMA_AFTER, after.identity());
        facts.put(Fact.SCHEMA_AFTER_TEXT, after.text());
        String before = facts.require(Fact.SCHEMA_BEFORE_TEXT);
        return before.equals(after.text()) ? "schema " + before : "schema " + before + " → " + after.text();
    }

    /** An exit code of 0 proves nothing: a wrong path migrates a new, empty database and leaves ours as it was. */
    private void expectVersion(Facts facts, Schemas after) throws Failed {
        String expected = facts.get(Fact.EXPECTED_SCHEMA);
        if (expected == null || after.byDatabase().isEmpty()) {
            return;
        }
        boolean reached = after.byDatabase().values().stream()
                .flatMap(Optional::stream)
                .anyMatch(schema -> expected.equals(schema.version()));
        if (!reached) {
            throw new Failed(
                    "cannot accept the migration: it ended without an error, but the schema is at " + after.text()
                            + " and not at " + expected,
                    "see that [migration] works on the files named in databases");
        }
    }

    /** Only what the migration broke counts: a service may have lived with broken references for years. */
    private void refuseBrokenKeys(Path database, Snapshot snapshot) throws Fault, IOException {
        List<String> broken = site.reader().foreignKeyCheck(database, progress);
        if (broken.isEmpty()) {
            return;
        }
        String name = site.nameOf(database);
        for (SavedDatabase saved : snapshot.databases()) {
            SavedFile file = saved.saved();
            if (saved.path().equals(name)
                    && file != null
                    && site.reader()
                                    .foreignKeyCheck(
                                            snapshots
                                                    .folded(snapshot)
                                                    .directory()
                                                    .resolve(file.file()),
                                            progress)
                                    .size()
                            >= broken.size()) {
                return;
            }
        }
        throw new Failed(
                "cannot accept the migration: in " + name + " rows refer to rows that are not there: "
                        + String.join("; ", broken),
                null);
    }

    private Map<String, Map<String, Long>> rowsOf(Snapshot snapshot) throws Fault, IOException {
        Map<String, Map<String, Long>> rows = new LinkedHashMap<>();
        for (SavedDatabase database : snapshot.databases()) {
            SavedFile saved = database.saved();
            rows.put(database.path(), saved == null ? Map.of() : rowsOf(snapshot, saved));
        }
        return rows;
    }

    private Map<String, Long> rowsOf(Snapshot snapshot, SavedFile saved) throws Fault, IOException {
        if (saved.rows() != null) {
            return saved.rows();
        }
        Path file = snapshots.folded(snapshot).directory().resolve(saved.file());
        return site.reader().rowCounts(file, progress);
    }

    private static List<String> warningsAboutRows(
            Map<String, Map<String, Long>> before, Map<String, Map<String, Long>> after) {
        List<String> warnings = new ArrayList<>();
        before.forEach((database, rows) -> RowChange.compare(rows, after.getOrDefault(database, Map.of())).stream()
                .filter(RowChange::lostAll)
                .forEach(change -> warnings.add(Words.format(
                        "the migration removed ALL ROWS of table %s in %s: there were %,d",
                        change.table(), database, Objects.requireNonNullElse(change.before(), 0L)))));
        return warnings;
    }

    /**
     * The undo of everything that was done to the state. A release that was started on an unchanged schema may have been given rows by
     * users: they are kept, as a rollback keeps them.
     */
    String takeBack(Facts facts) throws Fault, IOException, InterruptedException {
        migration.killLeftovers();
        Path evidence = site.deployment().operation(operation).resolve("evidence");
        Path parked = evidence.resolve("parked");
        // An interrupted restore is finished, even if the databases look as they did before.
        if (!Files.exists(parked) && !isTouched(facts)) {
            return facts.isTrue(Fact.STARTING)
                    ? "the schema is unchanged: all rows are kept"
                    : "nothing had touched it";
        }
        Optional<Snapshot> snapshot = snapshots.find(facts.require(Fact.SNAPSHOT));
        if (snapshot.isEmpty() && !Files.exists(parked)) {
            throw new NeedsOperator(
                    "cannot put the state back: snapshot " + facts.require(Fact.SNAPSHOT) + " is not there",
                    "look for it, or for another copy, and restore the databases by hand");
        }
        List<OpenFile> open = ServiceSteps.stillOpen(site);
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
            snapshots.verify(snapshot.get(), progress);
            site.disk().createDirectories(evidence);
            site.disk().setPermissions(evidence, PosixFilePermissions.fromString("rwx------"));
            snapshots.park(site.databases(), evidence);
            // From here on what lies in the databases' place may be the snapshot's, and is not to be parked.
            site.disk().write(parked, new byte[0]);
        }
        if (snapshot.isPresent()) {
            snapshots.restore(snapshot.get(), site.databases(), progress);
        }
        if (!facts.isTrue(Fact.STARTING) && makeRoom(evidence, parked) || givenUp) {
            Warnings.add(
                    facts, List.of("what the migration had made of the state is deleted, to make room on a full disk"));
            return "the state is as it was";
        }
        facts.put(Fact.EVIDENCE, site.nameOf(evidence));
        return "the state is as it was; what was there is kept in " + site.nameOf(evidence);
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
            site.disk().delete(file);
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
    private static boolean leftATrace(Facts facts) {
        return facts.require(Fact.SCHEMA_BEFORE).contains("=none:")
                || RowsText.read(facts.get(Fact.ROWS)).stream()
                        .anyMatch(line -> !Objects.equals(line.before(), line.after()));
    }

    /** What cannot be read any more is not what it was. */
    private String identityNow() throws IOException {
        try {
            return Schemas.read(site).identity();
        } catch (Fault e) {
            return "unreadable: " + e.getMessage();
        }
    }

    void nameAbandoned(Facts facts) {
        if (facts.has(Fact.TARGET_SNAPSHOT)) {
            facts.put(Fact.SNAPSHOT, operation + "-abandoned");
        }
    }

    /** Both copies that a rollback of the state needs: of what is there, begun, and of what it goes back to, whole. */
    String precopyAbandoned(Facts facts) throws Fault, IOException, InterruptedException {
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        if (target == null) {
            return "";
        }
        snapshots.materialise(find(target), progress);
        return prepare(facts, "abandoned by the rollback to " + ReleaseSteps.label(facts));
    }

    /** The undo of it. */
    String dropPrecopied(Facts facts) throws Fault, IOException {
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        if (target != null) {
            snapshots.dropSpares(target);
        }
        return dropSnapshot(facts);
    }

    String keepAbandoned(Facts facts) throws Fault, IOException, InterruptedException {
        if (!facts.has(Fact.TARGET_SNAPSHOT)) {
            return "the schema is unchanged: all rows are kept";
        }
        return snapshot(facts) + ", kept as " + facts.require(Fact.SNAPSHOT);
    }

    String restore(Facts facts) throws Fault, IOException {
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        if (target == null) {
            return "nothing to restore";
        }
        Snapshot snapshot = find(target);
        snapshots.restoreCopy(snapshot, site.databases(), progress);
        Schemas after = Schemas.of(snapshot);
        facts.put(Fact.SCHEMA_AFTER, after.identity());
        facts.put(Fact.SCHEMA_AFTER_TEXT, after.text());
        return "from snapshot " + target;
    }

    /** What is live now has gone on from it. */
    String dropRestored(Facts facts) throws IOException {
        String target = facts.get(Fact.TARGET_SNAPSHOT);
        if (target != null) {
            snapshots.delete(target);
        }
        return "";
    }

    /** Makes the snapshot one to be kept; outside the downtime, because it reads every page and index. */
    String settleSnapshot(Facts facts) throws Fault, IOException {
        if (!facts.has(Fact.SNAPSHOT)) {
            return "";
        }
        Snapshot snapshot = require(facts);
        List<String> found = new ArrayList<>();
        for (SavedDatabase database : snapshots
                .settle(snapshot, site.config().state().compress(), progress)
                .databases()) {
            SavedFile saved = database.saved();
            if (saved != null && !saved.isSound()) {
                found.add("the snapshot of " + database.path() + " is damaged, and so was the database: "
                        + String.join("; ", saved.integrity()));
            }
        }
        Warnings.add(facts, found);
        return found.isEmpty() ? "" : "damaged: see the warning";
    }

    private Snapshot require(Facts facts) throws Fault, IOException {
        return find(facts.require(Fact.SNAPSHOT));
    }

    private Snapshot find(String id) throws Fault, IOException {
        Optional<Snapshot> snapshot = snapshots.find(id);
        if (snapshot.isEmpty()) {
            throw new Failed(
                    "cannot find snapshot " + id + " in "
                            + site.nameOf(site.deployment().snapshots()),
                    null);
        }
        return snapshot.get();
    }
}
