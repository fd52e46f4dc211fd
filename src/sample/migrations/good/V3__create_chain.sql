CREATE TABLE chain (
    id          INTEGER PRIMARY KEY,
    previous    TEXT NOT NULL,
    hash        TEXT NOT NULL,
    written_by  TEXT
);
