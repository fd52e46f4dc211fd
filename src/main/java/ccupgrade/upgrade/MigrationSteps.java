package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.config.Config.Subject;
import ccupgrade.disk.Progress;
import ccupgrade.disk.Sizes;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.ledger.RehearsalEntry;
import ccupgrade.saga.Facts;
import ccupgrade.service.CommandRunner;
import ccupgrade.service.Execution;
import ccupgrade.state.ArchiveVersion;
import ccupgrade.state.OpenFile;
import ccupgrade.state.SavedDatabase;
import ccupgrade.state.SavedFile;
import ccupgrade.state.SchemaVersion;
import ccupgrade.state.Snapshot;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The steps that bring the state to the new release's version, and that see that it has got there. */
final class MigrationSteps {

    private static final int OUTPUT_LINES = 15;

    /** Bytes of databases of which all can be looked at without anybody noticing: about a tenth of a second. */
    private static final long SMALL = 16L << 20;

    private final Site site;
    private final long operation;
    private final MigrationCommand migration;
    private final Progress progress;

    MigrationSteps(Site site, long operation, Progress progress) {
        this.site = site;
        this.operation = operation;
        this.migration = new MigrationCommand(site, operation);
        this.progress = progress;
    }

    void intend(Facts facts) {
        facts.put(Fact.REPLACING, facts.has(Fact.REPLACE));
        facts.put(Fact.MIGRATING, migration.isDue(facts));
    }

    String migrate(Facts facts) throws Fault, IOException, InterruptedException {
        Replacements.of(facts).apply(site, operation);
        if (!facts.isTrue(Fact.MIGRATING)) {
            return migration.whyNotDue();
        }
        List<Config.Migration> due = migration.due(facts);
        Execution execution = site.execution();
        MigrationCommand.Names names = migration.names(site.releases().path(ReleaseSteps.epoch(facts)));
        for (Config.Migration step : due) {
            run(step, due, names, execution, rehearsal(facts));
            if (step != due.get(due.size() - 1)) {
                // The next one must not work on what this one has left half done.
                boolean last = due.stream().skip(due.indexOf(step) + 1L).noneMatch(later -> later.of() == step.of());
                examine(step.of(), last, facts);
            }
        }
        return site.config().migrations().steps().size() == 1
                ? ""
                : due.stream().map(Config.Migration::name).collect(Collectors.joining(", "));
    }

    /** @param rehearsal how it went on a copy: for whoever waits, and for the limit; null when it was not tried */
    private void run(
            Config.Migration step,
            List<Config.Migration> due,
            MigrationCommand.Names names,
            Execution execution,
            @Nullable RehearsalEntry rehearsal)
            throws Fault, IOException, InterruptedException {
        String what = "migrating" + migration.progress(step, due);
        Duration limit = step.timeout();
        Duration rehearsed = rehearsal == null ? null : rehearsal.migrate(step.of() == Subject.ARCHIVE);
        if (rehearsed != null) {
            what += ", of about " + Words.wholeSeconds(rehearsed);
            Duration ample = rehearsed.multipliedBy(3);
            limit = ample.compareTo(limit) > 0 ? ample : limit;
        }
        CommandRunner.Result result = migration.run(
                what, step, migration.argv(step, names, execution), execution, execution.directory(), limit, progress);
        String log = site.nameOf(result.output());
        String cannot = "cannot migrate" + migration.called(step) + ": the migration ";
        if (result.timedOut()) {
            throw new Failed(
                    cannot + "was killed after " + Words.duration(result.took()) + ", its limit" + lastWords(result),
                    "what the migration said: " + log + "; give it more time as timeout in [migration]");
        }
        if (result.exitCode() != 0) {
            throw new Failed(
                    cannot + "ended with " + result.howItEnded() + lastWords(result),
                    "what the migration said: " + log);
        }
    }

    private void examine(Subject subject, boolean all, Facts facts) throws Fault, IOException {
        switch (subject) {
            case DATABASE -> {
                Schemas schemas = Schemas.read(site);
                refuseDirty(schemas);
                if (all) {
                    expectVersion(facts, schemas);
                }
            }
            case ARCHIVE -> {
                if (all) {
                    expectArchive(facts);
                }
            }
        }
    }

    private boolean isRehearsed(Facts facts) {
        RehearsalEntry entry = rehearsal(facts);
        return entry != null && entry.passed();
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
        String full = free < TakeBack.ENOUGH_TO_RUN ? "; only " + Words.bytes(free) + " are free on the disk" : "";
        return said.isEmpty() ? full + "; it said nothing" : full + "\n  | " + said.replace("\n", "\n  | ");
    }

    /** After a migration command, and before the release is started: what takes no longer for a larger database. */
    String check(Facts facts) throws Fault, IOException, InterruptedException {
        if (!facts.isTrue(Fact.MIGRATING)) {
            facts.put(Fact.SCHEMA_AFTER, facts.require(Fact.SCHEMA_BEFORE));
            facts.put(Fact.SCHEMA_AFTER_TEXT, facts.require(Fact.SCHEMA_BEFORE_TEXT));
            return "nothing was migrated";
        }
        List<OpenFile> open = ServiceSteps.stillOpen(site, facts);
        if (!open.isEmpty()) {
            throw new Failed(
                    "cannot take the migration for finished: it ended, yet " + ServiceSteps.describe(site, open),
                    "let it end only when its work is done");
        }
        String found = examine(facts);
        if (isSmall() || !isReadBesideWriters()) {
            refuseBrokenKeys(facts);
            recordRows(facts);
        }
        return found;
    }

    /** When the release is up, and while there is a way back: the rest, and all of it where the release migrates when it starts. */
    String verify(Facts facts) throws Fault, IOException, InterruptedException {
        String found = "";
        if (site.config().migrations().atStart()) {
            found = examine(facts);
            if (isSmall()) {
                recordRows(facts);
            }
            refuseBrokenKeys(facts);
        } else if (facts.isTrue(Fact.MIGRATING) && !facts.has(Fact.ROWS) && !isRehearsed(facts)) {
            refuseBrokenKeys(facts);
        }
        // Whoever migrated may have left it to the kernel when that reaches the disk (synchronous = NORMAL or OFF), and
        // the next record says that there is no way back.
        site.snapshots().makeDurable(site.databases());
        Path archive = site.archive();
        if (archive != null && StateScope.isArchiveDue(site.config(), facts.get(Fact.DUE))) {
            syncArchive(archive);
        }
        return found;
    }

    private void syncArchive(Path archive) throws IOException, InterruptedException {
        if (!Files.isDirectory(archive)) {
            return;
        }
        progress.begin("writing the archive to the disk", -1);
        try {
            site.disk().syncFileSystem(archive);
        } finally {
            progress.end();
        }
    }

    /** When all is over: of a large database, with what has been written since. */
    String countRows(Facts facts) throws IOException {
        boolean migrated = site.config().migrations().atStart() || facts.isTrue(Fact.MIGRATING);
        if (!migrated || facts.has(Fact.ROWS) || !isReadBesideWriters()) {
            return "";
        }
        try {
            recordRows(facts);
            return "";
        } catch (Fault e) {
            return "not counted: " + e.getMessage();
        }
    }

    private boolean isSmall() throws IOException {
        long bytes = 0;
        for (Path database : site.databases()) {
            bytes += Sizes.ifThere(database);
        }
        return bytes <= SMALL;
    }

    /** Where not, a long reading would keep the service from writing. */
    private boolean isReadBesideWriters() throws IOException {
        for (Path database : site.databases()) {
            if (!site.reader().isReadBesideWriters(database)) {
                return false;
            }
        }
        return true;
    }

    private String examine(Facts facts) throws Fault, IOException {
        Schemas after = Schemas.read(site);
        refuseDirty(after);
        expectVersion(facts, after);
        String archive = expectArchive(facts);
        warnOfEmptied(facts);
        facts.put(Fact.SCHEMA_AFTER, after.identity());
        facts.put(Fact.SCHEMA_AFTER_TEXT, after.text());
        String before = facts.require(Fact.SCHEMA_BEFORE_TEXT);
        String was = Schemas.withoutArchive(before);
        String is = Schemas.withoutArchive(after.text());
        return (was.equals(is) ? "schema " + is : "schema " + was + " → " + is) + archive;
    }

    private static void refuseDirty(Schemas schemas) throws Failed {
        for (String database : schemas.dirty()) {
            throw new Failed(
                    "cannot accept the migration: it left " + database + " dirty, a migration in it did not end", null);
        }
    }

    /** @return for a reader, what it has come to; nothing where there is no archive */
    private String expectArchive(Facts facts) throws Failed, IOException {
        Config.Archive archive = site.config().state().archive();
        Path directory = site.archive();
        if (archive == null || directory == null) {
            return "";
        }
        String is = ArchiveVersion.read(directory, archive.versionFile())
                .map(String::valueOf)
                .orElse("unknown");
        boolean countable = facts.has(Fact.ARCHIVE_BEFORE)
                || migration.due(facts).stream().anyMatch(step -> step.of() == Subject.ARCHIVE);
        if (countable && Files.isDirectory(directory)) {
            expectArchive(facts, site.nameOf(directory), is);
        }
        String was = facts.get(Fact.ARCHIVE_BEFORE);
        return was == null ? "" : ", archive " + (was.equals(is) ? is : was + " → " + is);
    }

    /**
     * @param name of the archive, for the message
     * @param is its version
     */
    static void expectArchive(Facts facts, String name, String is) throws Failed {
        String expected = facts.get(Fact.EXPECTED_ARCHIVE);
        if (expected != null && !StateVersion.compare(is, expected).equals(Optional.of(0))) {
            throw new Failed(
                    Words.format(
                            "cannot accept the migration of the archive: it ended without an error, but %s is at"
                                    + " version %s and not at %s",
                            name, is, expected),
                    "see that it works on that directory, and that stdin in [[migration]] answers what it asks");
        }
    }

    private void warnOfEmptied(Facts facts) throws Fault, IOException {
        FilledTables emptied = FilledTables.of(facts.require(Fact.FILLED)).without(FilledTables.read(site));
        if (emptied.tables().isEmpty()) {
            return;
        }
        facts.put(Fact.EMPTIED, emptied.text());
        Map<String, Map<String, Long>> before = RowsText.of(snapshot(facts));
        List<String> warnings = new ArrayList<>();
        for (FilledTables.Table table : emptied.tables()) {
            Long rows = before.getOrDefault(table.database(), Map.of()).get(table.name());
            String had = rows == null ? "" : Words.format(": there were %,d", rows);
            warnings.add(
                    isGone(table)
                            ? "table " + table.name() + " in " + table.database()
                                    + " is gone since the migration, renamed or with ALL ITS ROWS" + had
                            : "the migration removed ALL ROWS of table " + table.name() + " in " + table.database()
                                    + had);
        }
        Warnings.add(facts, warnings);
    }

    private boolean isGone(FilledTables.Table table) throws Fault, IOException {
        for (Path database : site.databases()) {
            if (site.nameOf(database).equals(table.database())) {
                return site.reader().objects(database).stream().noneMatch(("table " + table.name())::equals);
            }
        }
        return false;
    }

    private void recordRows(Facts facts) throws Fault, IOException {
        Map<String, Map<String, Long>> rows = new LinkedHashMap<>();
        for (Path database : site.databases()) {
            rows.put(site.nameOf(database), site.reader().rowCounts(database, progress));
        }
        facts.put(Fact.ROWS, RowsText.write(RowsText.of(snapshot(facts)), rows));
    }

    private Snapshot snapshot(Facts facts) throws Fault, IOException {
        String id = facts.require(Fact.SNAPSHOT);
        return site.snapshots()
                .find(id)
                .orElseThrow(() -> new Failed("cannot find snapshot " + id, "somebody else has removed it"));
    }

    /** An exit code of 0 proves nothing: a wrong path migrates a new, empty database and leaves ours as it was. */
    static void expectVersion(Facts facts, Schemas after) throws Failed {
        String expected = facts.get(Fact.EXPECTED_SCHEMA);
        if (expected == null || after.byDatabase().isEmpty()) {
            return;
        }
        List<String> versions = after.byDatabase().values().stream()
                .flatMap(Optional::stream)
                .map(SchemaVersion::version)
                .filter(Objects::nonNull)
                .toList();
        // What a release says of itself may count in a way that nobody here can read.
        if (versions.isEmpty() && !facts.has(Fact.PENDING)) {
            return;
        }
        boolean reached = versions.stream()
                .anyMatch(version -> version.equals(expected)
                        || StateVersion.compare(version, expected).equals(Optional.of(0)));
        if (!reached) {
            throw new Failed(
                    "cannot accept the migration: it ended without an error, but the schema is at " + after.text()
                            + " and not at " + expected,
                    "see that [migration] works on the files named in databases");
        }
    }

    private void refuseBrokenKeys(Facts facts) throws Fault, IOException {
        for (Path database : site.databases()) {
            refuseBrokenKeys(database, snapshot(facts));
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
                                            site.snapshots()
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
}
