package ccupgrade.upgrade;

import ccupgrade.fault.Fault;
import ccupgrade.state.SavedDatabase;
import ccupgrade.state.SavedFile;
import ccupgrade.state.SchemaVersion;
import ccupgrade.state.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What versions the state has at one moment.
 *
 * @param byDatabase the schemas of all databases, by the name a reader knows the database by
 * @param archive the version of the archive; empty where there is none, or none can be read
 */
record Schemas(Map<String, Optional<SchemaVersion>> byDatabase, Optional<Long> archive) {

    private static final String ABSENT = "absent";
    private static final String NO_DATABASE = "no database";
    private static final String ARCHIVE = "archive ";

    /** The last line of {@link #identity} where there is an archive. No database's name comes so far without an equals sign. */
    private static final Pattern ARCHIVE_LINE = Pattern.compile("archive:(\\d+)");

    /** A line of {@link #identity}: the database's name, who keeps its version, the version, Flyway's rows, the fingerprint. */
    private static final Pattern LINE =
            Pattern.compile("(.*)=(?:golang_migrate|flyway|user_version|none):(.*?)(?:@\\d+)?:[0-9a-f]{64}");

    Schemas(Map<String, Optional<SchemaVersion>> byDatabase) {
        this(byDatabase, Optional.empty());
    }

    /** As they were when the snapshot was taken. */
    static Schemas of(Snapshot snapshot) {
        Map<String, Optional<SchemaVersion>> schemas = new LinkedHashMap<>();
        for (SavedDatabase database : snapshot.databases()) {
            schemas.put(database.path(), Optional.ofNullable(database.saved()).map(SavedFile::schema));
        }
        return new Schemas(schemas, Optional.ofNullable(snapshot.archiveVersion()));
    }

    static Schemas read(Site site) throws Fault, IOException {
        return new Schemas(read(site, site.databases()).byDatabase(), site.archiveVersion());
    }

    static Schemas read(Site site, List<Path> databases) throws Fault, IOException {
        Map<String, Optional<SchemaVersion>> schemas = new TreeMap<>();
        for (Path database : databases) {
            schemas.put(site.nameOf(database), site.reader().schema(database));
        }
        return new Schemas(schemas);
    }

    /** Equal at two moments only if nothing changed a schema in between. A database that is absent is as if it were not there. */
    String identity() {
        return Stream.concat(
                        byDatabase.entrySet().stream()
                                .filter(entry -> entry.getValue().isPresent())
                                .map(entry -> entry.getKey() + "="
                                        + entry.getValue()
                                                .map(SchemaVersion::identity)
                                                .orElse(ABSENT)),
                        archive.stream().map(version -> "archive:" + version))
                .collect(Collectors.joining("\n"));
    }

    /** Whether an identity is that of this; one from before there was an archive says nothing of it. */
    boolean isIdentifiedBy(@Nullable String identity) {
        return identity != null
                && (identity().equals(identity)
                        || identity.lines()
                                        .noneMatch(line ->
                                                ARCHIVE_LINE.matcher(line).matches())
                                && new Schemas(byDatabase).identity().equals(identity));
    }

    /** For a reader: the bare version where there is one database, {@code a.db 4, b.db 7} where there are more. */
    String text() {
        String databases = databasesText();
        return archive.map(version -> databases + ", " + ARCHIVE + version).orElse(databases);
    }

    /** What {@link #text} says of the databases alone. */
    static String withoutArchive(String text) {
        int archive = text.lastIndexOf(", " + ARCHIVE);
        return archive < 0 ? text : text.substring(0, archive);
    }

    private String databasesText() {
        if (byDatabase.isEmpty()) {
            return NO_DATABASE;
        }
        if (byDatabase.size() == 1) {
            return textOf(byDatabase.values().iterator().next());
        }
        return byDatabase.entrySet().stream()
                .map(entry -> entry.getKey() + " " + textOf(entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    /**
     * What {@link #text} was when {@link #identity} was this, except that absent databases are not told.
     *
     * @return empty when the identity is not one of this version's
     */
    static Optional<String> textOf(String identity) {
        if (identity.isEmpty()) {
            return Optional.of(NO_DATABASE);
        }
        List<String> all = identity.lines().toList();
        Matcher archive = ARCHIVE_LINE.matcher(all.get(all.size() - 1));
        if (archive.matches()) {
            String databases = String.join("\n", all.subList(0, all.size() - 1));
            return textOf(databases).map(text -> text + ", " + ARCHIVE + archive.group(1));
        }
        List<Matcher> lines = all.stream().map(LINE::matcher).toList();
        if (!lines.stream().allMatch(Matcher::matches)) {
            return Optional.empty();
        }
        return Optional.of(
                lines.size() == 1
                        ? lines.get(0).group(2)
                        : lines.stream()
                                .map(line -> line.group(1) + " " + line.group(2))
                                .collect(Collectors.joining(", ")));
    }

    /** The databases on which a migration began and did not end. */
    List<String> dirty() {
        return byDatabase.entrySet().stream()
                .filter(entry -> entry.getValue().map(SchemaVersion::dirty).orElse(false))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String textOf(Optional<SchemaVersion> schema) {
        return schema.map(SchemaVersion::text).orElse(ABSENT);
    }
}
