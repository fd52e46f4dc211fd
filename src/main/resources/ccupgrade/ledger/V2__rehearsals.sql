-- What a rehearsal found out. An operation of the kind "rehearse" has one row when it got as far as to the end of the migration.
-- An older ccupgrade can read a ledger with this table in it.
CREATE TABLE rehearsal (
    operation     INTEGER PRIMARY KEY REFERENCES operation (number) ON DELETE CASCADE,
    sha256        TEXT    NOT NULL,
    passed        INTEGER NOT NULL,
    state_bytes   INTEGER NOT NULL,
    copy_ns       INTEGER NOT NULL,
    migrate_ns    INTEGER NOT NULL,
    start_ns      INTEGER,
    peak_bytes    INTEGER NOT NULL,
    growth_bytes  INTEGER NOT NULL,
    schema_before TEXT    NOT NULL,
    schema_after  TEXT    NOT NULL
);
CREATE INDEX rehearsal_of ON rehearsal (sha256);
