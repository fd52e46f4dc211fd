CREATE TABLE node (
    id    INTEGER PRIMARY KEY,
    name  TEXT    NOT NULL UNIQUE,
    cores INTEGER NOT NULL
);

INSERT INTO node (name, cores) VALUES ('n001', 64), ('n002', 64), ('n003', 128);

ALTER TABLE jobs ADD COLUMN node INTEGER REFERENCES node (id);
