-- What the post signs of its own audit log, once an hour.

-- +goose Up
-- Checkpoints as they were signed: how long the log was, and the hash over all of it.
CREATE TABLE audit_checkpoints (
    size INTEGER PRIMARY KEY, -- entries
    note TEXT NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_checkpoints_no_replace BEFORE INSERT ON audit_checkpoints
WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE size = NEW.size)
BEGIN
    SELECT RAISE (ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
