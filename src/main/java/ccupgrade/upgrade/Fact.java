package ccupgrade.upgrade;

/**
 * What the steps tell each other through the journal, by key. Journals of earlier versions are recovered by later ones: a key's meaning
 * never changes, and none is used again for something else.
 */
final class Fact {

    /** Who asked, and where from. */
    static final String WHO = "who";

    /** The file to install, as an absolute path. */
    static final String SOURCE = "source";

    /** What the user calls the release; absent when it is to say that itself. */
    static final String NAME = "name";

    /** The epoch of the release that the operation leads to. */
    static final String RELEASE = "release";

    /** Its version, for readers. */
    static final String VERSION = "version";

    /** The epoch of the release that {@code current} named before; absent when there was none. */
    static final String PREVIOUS = "previous";

    /** The release's SHA-256. */
    static final String SHA256 = "sha256";

    /** The SHA-256 that the file to install is to have; absent when nobody said. */
    static final String EXPECTED_SHA256 = "sha256.expected";

    /** The file with checksums that lists it, as an absolute path; absent when there is none. */
    static final String CHECKSUMS = "checksums";

    /** The file with its signature, as an absolute path; absent when none was named. */
    static final String SIGNATURE = "signature";

    /** The schema version that the release works on, or that its embedded migrations lead to; absent where that is not known. */
    static final String EXPECTED_SCHEMA = "schema.expected";

    /** How many embedded migrations the databases lack; absent where that is not known. */
    static final String PENDING = "migrations.pending";

    /** Names of the migrations that are to be run, separated by commas; absent where that is not known: all of them. */
    static final String DUE = "migrations.due";

    /** The version of the archive that the release says it works on; absent where it says none. */
    static final String EXPECTED_ARCHIVE = "archive.expected";

    /** The version of the archive before anything touched it; absent where there is none or it is not known. */
    static final String ARCHIVE_BEFORE = "archive.before";

    /** Whether the service ran when the operation began. */
    static final String WAS_RUNNING = "service.was-running";

    /** Whether it also answered its health check then; a service that did not is not asked to after having been brought back. */
    static final String WAS_HEALTHY = "service.was-healthy";

    /** Whether the service was about to be stopped; the undo of the same process learns it, one after a crash does not. */
    static final String STOPPING = "service.stopping";

    /** Whether the health check was answered although the service had just been stopped. */
    static final String CHECK_PROVES_NOTHING = "health.proves-nothing";

    /** When the service was asked to stop; absent when it did not run. */
    static final String DOWN_SINCE = "down.since";

    /** When it was first healthy again, the new one or the old one. */
    static final String UP_SINCE = "up.since";

    /** The identifier of the snapshot taken by this operation. */
    static final String SNAPSHOT = "snapshot";

    /** What identifies the schemas of all databases before anything touched them. */
    static final String SCHEMA_BEFORE = "schema.before";

    /** The same for readers. */
    static final String SCHEMA_BEFORE_TEXT = "schema.before.text";

    /** What identifies them after the migration. */
    static final String SCHEMA_AFTER = "schema.after";

    /** The same for readers. */
    static final String SCHEMA_AFTER_TEXT = "schema.after.text";

    /** Whether the release's migration was about to run: from here on the state may be between two versions. */
    static final String MIGRATING = "migrating";

    /** Configuration files to be replaced, as {@link Replacements} writes them; absent when there are none. */
    static final String REPLACE = "replace";

    /** Whether they were about to be. */
    static final String REPLACING = "replacing";

    /** Whether the release was about to be started: from here on it may have written. */
    static final String STARTING = "starting";

    /** The tables that had rows before, as {@link FilledTables} writes them. */
    static final String FILLED = "tables.filled";

    /** Those of them that had none after the migration; absent when there were none such. */
    static final String EMPTIED = "tables.emptied";

    /** Rows per table before and after, as {@link RowsText} writes them. */
    static final String ROWS = "rows";

    /** Where the state lies that was taken out of service. */
    static final String EVIDENCE = "evidence";

    /** The snapshot that a rollback goes back to; absent when it changes no state. */
    static final String TARGET_SNAPSHOT = "snapshot.target";

    /** The snapshot that a user wants put back; absent in every other operation. */
    static final String ASKED_SNAPSHOT = "snapshot.asked";

    /** Whether a snapshot by hand is taken while the service stands still. */
    static final String AT_STOP = "snapshot.at-stop";

    /** Whether a snapshot by hand holds the files of the archive, too. */
    static final String WITH_ARCHIVE = "snapshot.with-archive";

    /** Why a snapshot by hand is taken, in the words of whoever asked; absent when he said nothing. */
    static final String NOTE = "snapshot.note";

    /** The snapshot whose archive a rollback makes live; absent when the archive stays as it is. */
    static final String TARGET_ARCHIVE = "snapshot.target-archive";

    /** The files that a rollback on an unchanged schema puts back, as {@link ReplacedFiles} writes them; absent when there are none. */
    static final String TARGET_FILES = "snapshot.target-files";

    /** Whether the user accepted that rows are lost. */
    static final String ACCEPT_DATA_LOSS = "accept-data-loss";

    /** Whether the user accepted that a migration empties tables. */
    static final String ACCEPT_ROW_LOSS = "accept-row-loss";

    /** Whether the user goes on although the space may not suffice. */
    static final String ACCEPT_LOW_SPACE = "accept-low-space";

    /** Whether the user goes on although a rehearsal is due or has failed. */
    static final String WITHOUT_REHEARSAL = "rehearsal.without";

    /** How long the forecast of the downtime may be, in milliseconds; absent for any. */
    static final String MAX_DOWNTIME = "downtime.max-ms";

    /** Whether the rehearsed migration saw the copies in the place of the live databases. */
    static final String ISOLATED = "rehearsal.isolated";

    /** Bytes of the databases, logs included, when they were copied. */
    static final String STATE_BYTES = "rehearsal.state-bytes";

    /** How long the copying took, in milliseconds. */
    static final String REHEARSED_COPY = "rehearsal.copy-ms";

    /** How long the rehearsed migration took, in milliseconds. */
    static final String REHEARSED_MIGRATION = "rehearsal.migration-ms";

    /** How much of that the archive's took, in milliseconds; absent when it was not rehearsed, or not due. */
    static final String REHEARSED_ARCHIVE = "rehearsal.archive-ms";

    /** How long a look at each file of the live archive took, in milliseconds; absent when an install would not keep it. */
    static final String REHEARSED_LOOK = "rehearsal.look-ms";

    /** Bytes of the files that it wrote. */
    static final String ARCHIVE_WRITTEN = "rehearsal.archive-written-bytes";

    /** Why the archive's migration, which is due, was not rehearsed, for readers; absent when it was, or is not due. */
    static final String ARCHIVE_UNREHEARSED = "rehearsal.archive-unrehearsed";

    /** From the start of the release on the copy to its first healthy answer, in milliseconds; 0 where that was the migration. */
    static final String REHEARSED_START = "rehearsal.start-ms";

    /** Why the release was not started on the copy, for readers; absent when it was about to be. */
    static final String NOT_STARTED = "rehearsal.not-started";

    /** The most that the copies and temporary files took on the way. */
    static final String PEAK_BYTES = "rehearsal.peak-bytes";

    /** The most by which the copies and their logs had grown on the way. */
    static final String ADDED_BYTES = "rehearsal.added-bytes";

    /** The most that temporary files took. */
    static final String TEMPORARY_BYTES = "rehearsal.temporary-bytes";

    /** How much larger the databases are after it. */
    static final String GROWTH_BYTES = "rehearsal.growth-bytes";

    /** What of the schema is new ("+ …") or gone ("- …"); lines. */
    static final String DIFFERENCES = "rehearsal.differences";

    /** The epochs of the releases that are to be deleted, separated by commas. */
    static final String PRUNE_RELEASES = "prune.releases";

    /** The identifiers of the snapshots that are to be deleted, separated by commas. */
    static final String PRUNE_SNAPSHOTS = "prune.snapshots";

    /** The numbers of the operations of which the evidence is to be deleted, separated by commas. */
    static final String PRUNE_EVIDENCE = "prune.evidence";

    /** What a reader must not overlook; lines. */
    static final String WARNINGS = "warnings";

    private Fact() {}
}
