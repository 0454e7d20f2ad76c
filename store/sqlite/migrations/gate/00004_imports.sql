-- +goose Up

-- Passes of a file on their way into the pass log, without a detour: numbered and kept here as those of the outbox are, then
-- committed to the site by whoever put them here. The relay does not see them, so that the passes of gates do not wait behind
-- them. What is left after a crash is committed at the next start. The columns are those of the outbox.
CREATE TABLE imports (
    gate        TEXT    NOT NULL,
    sequence    INTEGER NOT NULL CHECK (sequence > 0),
    site        TEXT    NOT NULL,
    person      TEXT,
    direction   TEXT    NOT NULL,
    captured    INTEGER NOT NULL,
    decided     INTEGER,
    means       TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    reasons     TEXT,
    recognition TEXT,
    camera      TEXT    NOT NULL,
    track       TEXT    NOT NULL,
    permit      TEXT    NOT NULL,
    credential  TEXT    NOT NULL,
    decided_by  TEXT    NOT NULL,
    answers     TEXT    NOT NULL,
    confidence  REAL    NOT NULL
) STRICT;
