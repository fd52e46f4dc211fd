-- Of the rehearsed migration, what the archive took; and whether all that an install has to migrate was rehearsed.
ALTER TABLE rehearsal ADD COLUMN archive_ns INTEGER;
ALTER TABLE rehearsal ADD COLUMN whole INTEGER NOT NULL DEFAULT 1;
