-- Requests for the passes of a person, for that person: one asks, another decides. Times are nanoseconds since 1970 in UTC.

-- +goose Up
CREATE TABLE pack_requests (
    id           TEXT    NOT NULL UNIQUE,
    person       TEXT    NOT NULL REFERENCES people (id),
    state        TEXT    NOT NULL,
    requested    INTEGER NOT NULL,
    requested_by TEXT    NOT NULL,
    decided      INTEGER,
    decided_by   TEXT    NOT NULL,
    expires      INTEGER NOT NULL,
    fetched      INTEGER NOT NULL,
    sealed       BLOB, -- who asked, and why it was decided so
    CHECK (state <> 'approved' OR decided_by NOT IN ('', requested_by))
) STRICT;

CREATE INDEX pack_requests_person ON pack_requests (person);
CREATE INDEX pack_requests_expires ON pack_requests (expires);
