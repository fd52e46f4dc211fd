package ccupgrade.upgrade;

import ccupgrade.disk.Progress;
import ccupgrade.disk.Sizes;
import ccupgrade.fault.Failed;
import ccupgrade.fault.Fault;
import ccupgrade.saga.Facts;
import ccupgrade.state.RowChange;
import ccupgrade.state.SchemaVersion;
import ccupgrade.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The databases' copies that a rehearsal migrates: what was in them, and whether the migration may make of it what it made. */
final class RehearsedCopies {

    /** In the journal, where a schema of thousands of columns has no place. */
    private static final int MOST_DIFFERENCES = 100;

    private final Site site;
    private final Progress progress;

    /** What was in them before the migration: of no use to an undo, and too much for the journal. */
    private final Map<String, Map<String, Long>> rowsBefore = new LinkedHashMap<>();

    private final Set<String> objectsBefore = new TreeSet<>();

    RehearsedCopies(Site site, Progress progress) {
        this.site = site;
        this.progress = progress;
    }

    /** The live databases that there are. */
    List<Path> databases() throws IOException {
        return site.databases().stream().filter(Files::exists).toList();
    }

    /** What is in the copies before the migration, for {@link #judge} to compare with. */
    Schemas read(Facts facts, StandIn stage) throws Fault, IOException {
        Map<String, Optional<SchemaVersion>> schemas = new LinkedHashMap<>();
        for (Path database : databases()) {
            Path copy = stage.copyOf(database);
            String name = site.nameOf(database);
            schemas.put(name, site.reader().schema(copy));
            rowsBefore.put(name, site.reader().rowCounts(copy, progress));
            objectsBefore.addAll(objects(name, copy));
        }
        Schemas before = new Schemas(schemas);
        facts.put(Fact.SCHEMA_BEFORE, before.identity());
        facts.put(Fact.SCHEMA_BEFORE_TEXT, before.text());
        return before;
    }

    /** What the migration made of them, for the journal; refused where an install would refuse it. */
    String judge(Facts facts, StandIn stage) throws Fault, IOException {
        Map<String, Optional<SchemaVersion>> schemas = new LinkedHashMap<>();
        Map<String, Map<String, Long>> rowsAfter = new LinkedHashMap<>();
        Set<String> objectsAfter = new TreeSet<>();
        List<String> faults = new ArrayList<>();
        List<String> losses = new ArrayList<>();
        long bytes = 0;
        for (Path database : databases()) {
            Path copy = stage.copyOf(database);
            String name = site.nameOf(database);
            Optional<SchemaVersion> schema = site.reader().schema(copy);
            schemas.put(name, schema);
            if (schema.map(SchemaVersion::dirty).orElse(false)) {
                faults.add(name + " is dirty: the migration did not end");
            }
            site.reader().foreignKeyCheck(copy, progress).forEach(fault -> faults.add(name + ": " + fault));
            site.reader().integrityCheck(copy, progress).forEach(fault -> faults.add(name + ": " + fault));
            Map<String, Long> rows = site.reader().rowCounts(copy, progress);
            rowsAfter.put(name, rows);
            Map<String, Long> before = rowsBefore.getOrDefault(name, Map.of());
            Set<String> objects = new TreeSet<>(objects(name, copy));
            RenamedTables renamed = new RenamedTables(before, rows, objectsBefore, objects);
            for (RowChange change : RowChange.compare(before, rows)) {
                Optional<String> nameNow = renamed.nameNow(change.table());
                if (nameNow.isPresent()) {
                    Warnings.add(
                            facts,
                            List.of(Words.format(
                                    "table %s is gone, and %s is new, with the same columns and as many rows: taken for another name of it",
                                    change.table(), nameNow.get())));
                } else if (change.lostAll()) {
                    losses.add(RowsText.describe(change));
                } else if (change.after() == null || change.before() != null && change.after() < change.before()) {
                    Warnings.add(facts, List.of("the migration takes rows away: " + RowsText.describe(change)));
                }
            }
            objectsAfter.addAll(objects);
            bytes += Files.size(copy) + Sizes.ifThere(copy.resolveSibling(copy.getFileName() + "-wal"));
        }
        Schemas after = new Schemas(schemas);
        facts.put(Fact.SCHEMA_AFTER, after.identity());
        facts.put(Fact.SCHEMA_AFTER_TEXT, after.text());
        facts.put(Fact.ROWS, RowsText.write(rowsBefore, rowsAfter));
        facts.put(Fact.GROWTH_BYTES, bytes - facts.number(Fact.STATE_BYTES).orElse(0L));
        facts.put(Fact.DIFFERENCES, String.join("\n", differences(objectsAfter)));
        if (!faults.isEmpty()) {
            throw new Failed("cannot accept what the migration made of the copy: " + String.join("; ", faults), null);
        }
        boolean unchanged = facts.require(Fact.SCHEMA_BEFORE).equals(after.identity());
        if (unchanged && facts.number(Fact.PENDING).map(pending -> pending > 0).orElse(false)) {
            throw new Failed(
                    "cannot accept the migration: it ended well and did nothing, though something is pending",
                    "see that it works on "
                            + databases().stream().map(site::nameOf).collect(Collectors.joining(", "))
                            + " and not on another file");
        }
        MigrationSteps.expectVersion(facts, after);
        if (!losses.isEmpty() && !facts.isTrue(Fact.ACCEPT_ROW_LOSS)) {
            throw new Failed(
                    "cannot accept the migration: it empties tables that had rows: " + String.join("; ", losses),
                    "ask whoever made the release; when that is meant: --accept-row-loss");
        }
        losses.forEach(loss -> Warnings.add(facts, List.of("the migration empties a table: " + loss)));
        return Words.format(
                "schema %s → %s", facts.require(Fact.SCHEMA_BEFORE_TEXT), facts.require(Fact.SCHEMA_AFTER_TEXT));
    }

    private List<String> differences(Set<String> objectsAfter) {
        List<String> lines = new ArrayList<>();
        objectsBefore.stream().filter(object -> !objectsAfter.contains(object)).forEach(gone -> lines.add("- " + gone));
        objectsAfter.stream()
                .filter(object -> !objectsBefore.contains(object))
                .forEach(added -> lines.add("+ " + added));
        int more = lines.size() - MOST_DIFFERENCES;
        if (more <= 0) {
            return lines;
        }
        List<String> some = new ArrayList<>(lines.subList(0, MOST_DIFFERENCES));
        some.add(Words.format("and %d more", more));
        return some;
    }

    private List<String> objects(String name, Path copy) throws Fault, IOException {
        String prefix = databases().size() == 1 ? "" : name + ": ";
        return site.reader().objects(copy).stream()
                .map(object -> prefix + object)
                .toList();
    }
}
