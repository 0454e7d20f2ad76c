-- +goose Up
PRAGMA application_id = 1297306435; -- "MSSC"

-- Proof that the key in use is the one that the file was begun with.
CREATE TABLE seal (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    proof BLOB NOT NULL
) STRICT;

-- The latest state of every entry of the registry that this post was told.
CREATE TABLE entries (
    revision INTEGER PRIMARY KEY,
    kind     TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    sealed   BLOB, -- encrypted JSON; NULL for an entry that is gone
    UNIQUE (kind, key)
) STRICT;
