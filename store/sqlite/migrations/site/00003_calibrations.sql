-- +goose Up

-- What distances mean for each engine: one row, of the latest calibration. Thresholds of single people are found anew
-- from the templates, and stand nowhere.
CREATE TABLE calibrations (
    engine     INTEGER PRIMARY KEY REFERENCES engines (id),
    at         INTEGER NOT NULL,
    people     INTEGER NOT NULL, -- with templates, at that time
    templates  INTEGER NOT NULL,
    fpir       REAL    NOT NULL, -- aimed at, 0 … 1
    known      REAL    NOT NULL,
    unsure     REAL    NOT NULL,
    min_margin REAL    NOT NULL,
    basis      TEXT    NOT NULL, -- published, tightened, site or bounded
    figures    TEXT    NOT NULL  -- JSON object, for people to read
) STRICT;
