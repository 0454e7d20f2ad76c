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

-- Who was let through at other gates lately: quotas and anti-passback count them.
CREATE TABLE passed (
    gate     TEXT    NOT NULL,
    sequence INTEGER NOT NULL,
    captured INTEGER NOT NULL,
    sealed   BLOB    NOT NULL, -- encrypted JSON
    PRIMARY KEY (gate, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX passed_captured ON passed (captured);

-- How far the post has read the pass log of the hub.
CREATE TABLE passed_cursor (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    cursor INTEGER NOT NULL
) STRICT;
