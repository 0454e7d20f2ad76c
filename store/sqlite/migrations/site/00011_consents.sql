-- What people are told of the use of their face, and what they said to it. Times are nanoseconds since 1970 in UTC; NULL is no time.

-- +goose Up
CREATE TABLE consent_texts (
    version INTEGER PRIMARY KEY CHECK (version > 0),
    zh      TEXT    NOT NULL,
    en      TEXT    NOT NULL,
    at      INTEGER,
    made_by TEXT    NOT NULL
) STRICT;

CREATE TABLE consents (
    id          TEXT    NOT NULL UNIQUE,
    person      TEXT    NOT NULL REFERENCES people (id),
    refused     INTEGER NOT NULL,
    version     INTEGER NOT NULL REFERENCES consent_texts (version),
    drawn       INTEGER NOT NULL, -- there is a signature
    at          INTEGER NOT NULL,
    recorded_by TEXT    NOT NULL,
    ended       INTEGER, -- by a later answer, or by the removal of the person
    sealed      BLOB     -- who signed, and how; NULL where it was erased
) STRICT;

CREATE INDEX consents_person ON consents (person, at);
