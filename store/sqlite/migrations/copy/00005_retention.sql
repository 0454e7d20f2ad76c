-- What the removal of what is old in the post's own audit log has to remember. Times are nanoseconds since 1970 in UTC.

-- +goose Up

-- By which clock entries grow old, as JSON: what Menshen last saw of it.
CREATE TABLE retention_clock (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL) STRICT;

-- When the log was last looked through, what went then, and what went in all.
CREATE TABLE retention_runs (
    class   TEXT PRIMARY KEY,
    at      INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    total   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Entries that went because of their age: all up to one, with a note signed by the post. Their hashes stay in the tree, so that what
-- remains is still proved whole.
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
