-- Pages of passes: what a start reads instead of rows, which stay the truth. A page has passes in order of arrival, from the
-- first rowid to the last, in columns (passpageformat.go says how). Who makes the table passes anew in a later migration must
-- make the triggers anew, and empty pass_pages.

-- +goose Up
CREATE TABLE pass_pages (
    first          INTEGER PRIMARY KEY, -- rowid
    last           INTEGER NOT NULL,    -- rowid
    first_gate     TEXT    NOT NULL,    -- which passes those are: rowids may be given anew when the file is copied
    first_sequence INTEGER NOT NULL,
    last_gate      TEXT    NOT NULL,
    last_sequence  INTEGER NOT NULL,
    latest         INTEGER NOT NULL,    -- the latest capture time on it
    data           BLOB    NOT NULL
) STRICT;

-- The numbers that pages have for people and gates; none is used again. Nobody stays here who is in no pass.
CREATE TABLE pass_people (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE pass_gates (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE) STRICT;

-- How often rows were changed or deleted: a page of rows that were read before is not kept after.
CREATE TABLE pass_changes (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL) STRICT;
INSERT INTO pass_changes VALUES (1, 0);

-- A page never has what the rows have not: it goes with the first row below it that goes or changes.
-- +goose StatementBegin
CREATE TRIGGER passes_deleted AFTER DELETE ON passes
BEGIN
    DELETE FROM pass_pages
    WHERE first = (SELECT first FROM pass_pages WHERE first <= OLD.rowid ORDER BY first DESC LIMIT 1) AND last >= OLD.rowid;
    DELETE FROM pass_people WHERE id = OLD.person AND NOT EXISTS (SELECT 1 FROM passes WHERE person = OLD.person);
    UPDATE pass_changes SET count = count + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER passes_changed AFTER UPDATE ON passes
BEGIN
    DELETE FROM pass_pages
    WHERE first = (SELECT first FROM pass_pages WHERE first <= OLD.rowid ORDER BY first DESC LIMIT 1) AND last >= OLD.rowid;
    DELETE FROM pass_people WHERE id = OLD.person AND NOT EXISTS (SELECT 1 FROM passes WHERE person = OLD.person);
    UPDATE pass_changes SET count = count + 1;
END;
-- +goose StatementEnd
