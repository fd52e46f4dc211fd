ALTER TABLE jobs ADD COLUMN waited INTEGER;

UPDATE jobs SET waited = started - submitted WHERE started IS NOT NULL;

CREATE INDEX jobs_by_started ON jobs (started);
