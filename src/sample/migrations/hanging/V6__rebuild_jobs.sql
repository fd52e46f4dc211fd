-- Never reached: see Quirk.HANGS.
CREATE TABLE jobs_rebuilt AS SELECT * FROM jobs;
