-- The keys of people, each wrapped under a key that is not in this file. Times are nanoseconds since 1970 in UTC.

-- +goose Up
PRAGMA application_id = 1297306443; -- "MSSK"

-- Proof that the key in use is the one that the file was begun with.
CREATE TABLE seal (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    proof BLOB NOT NULL
) STRICT;

-- Of which site.db the keys are.
CREATE TABLE keyring (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    mark BLOB NOT NULL CHECK (length(mark) = 16)
) STRICT;

-- Rows are only added, at the end, and a destroyed key is overwritten with zeros of the same length: so SQLite never moves a
-- key to another place of the file, where a copy could stay behind.
CREATE TABLE person_keys (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    person TEXT    NOT NULL,
    kind   INTEGER NOT NULL, -- 1 face: templates and photographs; 2 all else
    made   INTEGER NOT NULL,
    mark   BLOB    NOT NULL CHECK (length(mark) = 16), -- by which a certificate names the key
    wrapped BLOB   NOT NULL CHECK (length(wrapped) = 61)
) STRICT;

-- Which keys were destroyed, and what went with them.
CREATE TABLE erasures (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    person       TEXT    NOT NULL,
    scope        TEXT    NOT NULL, -- face, person
    at           INTEGER NOT NULL,
    keys         TEXT    NOT NULL, -- JSON array of numbers of person_keys
    counts       TEXT    NOT NULL, -- JSON object
    certified    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Copies of this file that backups made, from which keys are destroyed too; up to which erasure that was done.
CREATE TABLE snapshots (
    path   TEXT    PRIMARY KEY,
    purged INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
