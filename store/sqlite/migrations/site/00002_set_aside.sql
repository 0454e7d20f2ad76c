-- +goose Up

-- Passes whose number another pass of their gate had before: never lost, never in the log. The same one is kept once.
CREATE TABLE set_aside (
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
    track       TEXT    NOT NULL
) STRICT;

CREATE INDEX set_aside_pass ON set_aside (gate, sequence);
