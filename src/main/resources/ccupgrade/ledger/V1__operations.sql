-- The file's mark: "ccup" in ASCII. Without it ccupgrade does not touch a database that has tables.
PRAGMA application_id = 1667462512;

-- The oldest ccupgrade that can read this schema. One row; each later migration that an older one could not read updates it.
CREATE TABLE needs (
    ccupgrade TEXT NOT NULL
);
INSERT INTO needs VALUES ('0.1.0');

-- Instants are ISO 8601 in UTC, durations nanoseconds.
CREATE TABLE operation (
    number      INTEGER PRIMARY KEY,
    kind        TEXT    NOT NULL,
    started     TEXT    NOT NULL,
    ended       TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    release     INTEGER,
    version     TEXT,
    previous    INTEGER,
    downtime_ns INTEGER,
    who         TEXT    NOT NULL,
    message     TEXT
);

-- "nth" keeps the order of the journal: one step appears again when it is undone.
CREATE TABLE step (
    operation INTEGER NOT NULL REFERENCES operation (number) ON DELETE CASCADE,
    nth       INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    name      TEXT    NOT NULL,
    phase     TEXT    NOT NULL,
    result    TEXT    NOT NULL,
    took_ns   INTEGER,
    message   TEXT,
    PRIMARY KEY (operation, nth)
) WITHOUT ROWID;

-- Rows of each table before and after the operation; null where the table was not there or was not counted.
CREATE TABLE table_rows (
    operation     INTEGER NOT NULL REFERENCES operation (number) ON DELETE CASCADE,
    nth           INTEGER NOT NULL,
    database_name TEXT    NOT NULL,
    table_name    TEXT    NOT NULL,
    rows_before   INTEGER,
    rows_after    INTEGER,
    PRIMARY KEY (operation, nth)
) WITHOUT ROWID;
