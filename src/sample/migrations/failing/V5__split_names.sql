-- Not in a transaction (see the .conf beside it), so that what comes before the failure stays.
CREATE TABLE job_name (
    job   INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    name  TEXT NOT NULL
);

INSERT INTO job_name (job, name) SELECT id, name FROM jobs WHERE id <= 3;

-- Fails: these rows are already there.
INSERT INTO job_name (job, name) SELECT id, name FROM jobs;

ALTER TABLE jobs DROP COLUMN name;
