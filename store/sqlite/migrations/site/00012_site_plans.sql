-- The site plan and what it was before. A picture stays as long as a plan has it.

-- +goose Up
CREATE TABLE plan_pictures (
    id     TEXT PRIMARY KEY, -- SHA-256 of data
    type   TEXT    NOT NULL,
    width  INTEGER NOT NULL, -- pixels
    height INTEGER NOT NULL,
    data   BLOB    NOT NULL
) STRICT;
CREATE TABLE site_plans (
    revision INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    at       INTEGER NOT NULL,
    made_by  TEXT    NOT NULL,
    picture  TEXT REFERENCES plan_pictures (id), -- NULL for none
    places   TEXT    NOT NULL                    -- JSON
) STRICT;
