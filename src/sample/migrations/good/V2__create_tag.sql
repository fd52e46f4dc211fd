CREATE TABLE tag (
    id     INTEGER PRIMARY KEY,
    job    INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    kind   TEXT    NOT NULL,
    value  TEXT    NOT NULL,
    UNIQUE (job, kind, value)
);

INSERT INTO tag (job, kind, value) VALUES
    (1, 'project', 'climate'),
    (1, 'quality', 'reviewed'),
    (2, 'project', 'biology'),
    (3, 'bottleneck', 'memory'),
    (3, 'quality', 'reviewed'),
    (6, 'project', 'physics');
