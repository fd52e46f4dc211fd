-- How long a look at each file of the archive takes, which an install that keeps it needs within the downtime.
ALTER TABLE rehearsal ADD COLUMN look_ns INTEGER;
