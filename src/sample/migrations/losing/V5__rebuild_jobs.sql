-- The usual way to change a table in SQLite, but with foreign keys on: DROP TABLE deletes every row first, and the tags with them.
CREATE TABLE jobs_rebuilt (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    nodes      INTEGER NOT NULL CHECK (nodes > 0),
    submitted  INTEGER NOT NULL,
    started    INTEGER,
    ended      INTEGER,
    exit_code  INTEGER,
    waited     INTEGER
);

INSERT INTO jobs_rebuilt SELECT id, name, owner, state, nodes, submitted, started, ended, exit_code, waited FROM jobs;

DROP TABLE jobs;

ALTER TABLE jobs_rebuilt RENAME TO jobs;

CREATE INDEX jobs_by_started ON jobs (started);
