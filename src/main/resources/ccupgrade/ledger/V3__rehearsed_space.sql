-- What the peak of a rehearsal was made of: files beside the databases' own content may lie on another file system than temporary ones.
-- Of earlier rehearsals only the sum is known, which either part may have been.
ALTER TABLE rehearsal ADD COLUMN added_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rehearsal ADD COLUMN temporary_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE rehearsal SET added_bytes = max(0, peak_bytes - state_bytes), temporary_bytes = max(0, peak_bytes - state_bytes);
