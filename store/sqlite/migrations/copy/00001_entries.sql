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

-- There is a row once the copy was whole for the first time: a part of a registry decides nothing.
CREATE TABLE whole (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

-- How far the post has read the pass log of the hub.
CREATE TABLE passed_cursor (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    cursor INTEGER NOT NULL
) STRICT;

-- Who asked and decided what at this post. It stays when the copy is begun anew.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    purpose TEXT    NOT NULL,
    detail  TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_subject ON audit (subject, at);

-- The audit log only grows. The third trigger stops INSERT OR REPLACE, which deletes without firing the second.

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
