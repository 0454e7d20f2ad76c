-- Times are nanoseconds since 1970 in UTC; NULL is no time.

-- +goose Up
PRAGMA application_id = 1297306451; -- "MSSS"

CREATE TABLE households (
    id       TEXT PRIMARY KEY,
    dwelling TEXT NOT NULL UNIQUE -- building-unit-floor-room
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
    id        TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    household TEXT REFERENCES households (id),
    state     TEXT NOT NULL,
    created   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX people_household ON people (household);

CREATE TABLE engines (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    model_hash TEXT    NOT NULL,
    dim        INTEGER NOT NULL CHECK (dim > 0),
    metric     TEXT    NOT NULL,
    UNIQUE (name, model_hash, dim, metric)
) STRICT;

CREATE TABLE templates (
    id         TEXT    NOT NULL UNIQUE,
    person     TEXT    NOT NULL REFERENCES people (id),
    engine     INTEGER NOT NULL REFERENCES engines (id),
    descriptor BLOB    NOT NULL, -- dim float32, little endian
    quality    REAL    NOT NULL,
    masked     INTEGER NOT NULL,
    created    INTEGER
) STRICT;

CREATE INDEX templates_person ON templates (person);
CREATE INDEX templates_engine ON templates (engine);

-- A pass names its people, gates and cameras without references: it stays when they go.
CREATE TABLE passes (
    gate        TEXT    NOT NULL,
    sequence    INTEGER NOT NULL CHECK (sequence > 0),
    site        TEXT    NOT NULL,
    person      TEXT,             -- NULL for somebody unknown
    direction   TEXT    NOT NULL,
    captured    INTEGER NOT NULL,
    decided     INTEGER,
    means       TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    reasons     TEXT,             -- JSON array, NULL for none
    recognition TEXT,             -- JSON object, NULL for none
    camera      TEXT    NOT NULL,
    track       TEXT    NOT NULL,
    UNIQUE (gate, sequence)
) STRICT;

CREATE INDEX passes_person ON passes (person, captured) WHERE person IS NOT NULL;
CREATE INDEX passes_gate ON passes (gate, captured);
CREATE INDEX passes_captured ON passes (captured);

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
