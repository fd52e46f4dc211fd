CREATE TABLE tag (
    id     INTEGER PRIMARY KEY,
    job    INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    kind   TEXT    NOT NULL,
    value  TEXT    NOT NULL
);

INSERT INTO tag (job, kind, value) VALUES
    (1, 'project', 'climate'),
    (2, 'project', 'biology');
