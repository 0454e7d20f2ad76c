-- Times are nanoseconds since 1970 in UTC; NULL is no time.

-- +goose Up
PRAGMA application_id = 1297306439; -- "MSSG"

-- The last number given out at each gate. It only grows, also when every pass has left the outbox.
CREATE TABLE counters (
    gate TEXT PRIMARY KEY,
    last INTEGER NOT NULL CHECK (last > 0)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER counters_only_grow BEFORE UPDATE ON counters
WHEN NEW.last < OLD.last OR NEW.gate <> OLD.gate
BEGIN
    SELECT RAISE (ABORT, 'a gate never counts back');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER counters_stay BEFORE DELETE ON counters
BEGIN
    SELECT RAISE (ABORT, 'a gate never counts back');
END;
-- +goose StatementEnd

-- AUTOINCREMENT: a cursor is never used again, so who reads on after one misses nothing.
CREATE TABLE outbox (
    cursor      INTEGER PRIMARY KEY AUTOINCREMENT,
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
