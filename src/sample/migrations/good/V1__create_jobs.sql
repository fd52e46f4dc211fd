CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
    nodes      INTEGER NOT NULL CHECK (nodes > 0),
    submitted  INTEGER NOT NULL,
    started    INTEGER,
    ended      INTEGER,
    exit_code  INTEGER
);

INSERT INTO jobs (id, name, owner, state, nodes, submitted, started, ended, exit_code) VALUES
    (1, 'weather-forecast',  'ada',    'completed', 16, 1760000000, 1760000120, 1760007320, 0),
    (2, 'protein-folding',   'barbara', 'completed', 4, 1760001000, 1760001030, 1760044230, 0),
    (3, 'mesh-refinement',   'ada',    'failed',     8, 1760002000, 1760002600, 1760002660, 139),
    (4, 'nightly-build',     'grace',  'completed',  1, 1760003000, 1760003001, 1760003361, 0),
    (5, 'parameter-sweep',   'barbara', 'cancelled', 2, 1760004000, NULL,       NULL,       NULL),
    (6, 'lattice-qcd',       'chien',  'running',   64, 1760005000, 1760009000, NULL,       NULL),
    (7, 'genome-assembly',   'grace',  'pending',   32, 1760006000, NULL,       NULL,       NULL);
