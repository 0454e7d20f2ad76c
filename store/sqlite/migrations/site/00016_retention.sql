-- What the removal of old data has to remember. Times are nanoseconds since 1970 in UTC.

-- +goose Up

-- By which clock data grow old, as JSON: what Menshen last saw of it.
CREATE TABLE retention_clock (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL) STRICT;

-- When each class was last looked through, what went then, and what went in all.
CREATE TABLE retention_runs (
    class   TEXT PRIMARY KEY,
    at      INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    total   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who was last seen when, of whom older passes went and templates are kept: not where.
CREATE TABLE last_seen (person TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Since when people have not been active, as it was first noticed, and when their names were taken off.
CREATE TABLE departures (
    person TEXT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    since  INTEGER NOT NULL,
    erased INTEGER
) STRICT, WITHOUT ROWID;

-- The highest number of a pass that went, for each gate: numbers are not given anew once their passes are gone.
CREATE TABLE removed_passes (gate TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE INDEX set_aside_captured ON set_aside (captured);
CREATE INDEX form_answers_at ON form_answers (at);
CREATE INDEX consents_ended ON consents (ended) WHERE ended IS NOT NULL;

-- Entries of the audit log that went because of their age: all up to one, with a note signed by the site. Their hashes stay in
-- the tree, so that what remains is still proved whole.
CREATE TABLE audit_removals (size INTEGER PRIMARY KEY CHECK (size > 0), note TEXT NOT NULL) STRICT;

DROP TRIGGER audit_no_delete;

-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN OLD.id > (SELECT coalesce(max(size), 0) FROM audit_removals)
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_removals_no_update BEFORE UPDATE ON audit_removals
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_removals_no_delete BEFORE DELETE ON audit_removals
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_removals_no_replace BEFORE INSERT ON audit_removals
WHEN EXISTS (SELECT 1 FROM audit_removals WHERE size = NEW.size)
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
