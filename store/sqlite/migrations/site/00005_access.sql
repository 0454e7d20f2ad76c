-- Times are nanoseconds since 1970 in UTC; NULL is no time. Columns called sealed, and those that say so, are encrypted under
-- a key that is not in this file.

-- +goose Up

-- Proof that the key in use is the one that the file was begun with.
CREATE TABLE seal (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    proof BLOB NOT NULL
) STRICT;

ALTER TABLE households ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE households ADD COLUMN note TEXT NOT NULL DEFAULT '';

CREATE TABLE particulars (
    person        TEXT PRIMARY KEY REFERENCES people (id),
    document_kind TEXT NOT NULL,
    document_hash BLOB,          -- keyed, of the number; NULL for none
    phone_hash    BLOB,          -- keyed, of the number without its country code 86; NULL for none
    role          TEXT NOT NULL,
    guardian      TEXT NOT NULL, -- person id, '' for none
    language      TEXT NOT NULL,
    sealed        BLOB           -- phone, document number, date of birth; NULL for none of them
) STRICT, WITHOUT ROWID;

CREATE INDEX particulars_document ON particulars (document_hash) WHERE document_hash IS NOT NULL;
CREATE INDEX particulars_phone ON particulars (phone_hash) WHERE phone_hash IS NOT NULL;

CREATE TABLE permits (
    id              TEXT    NOT NULL UNIQUE,
    kind            TEXT    NOT NULL,
    person          TEXT    NOT NULL REFERENCES people (id),
    plate           TEXT    NOT NULL,
    valid_from      INTEGER NOT NULL,
    valid_to        INTEGER, -- NULL is without end
    gates           TEXT,    -- JSON array, NULL for every gate
    weekdays        INTEGER NOT NULL,
    hours_from      INTEGER NOT NULL,
    hours_to        INTEGER NOT NULL,
    quota_outings   INTEGER NOT NULL,
    quota_days      INTEGER NOT NULL,
    quota_household INTEGER NOT NULL,
    visit           TEXT    NOT NULL,
    renews          TEXT    NOT NULL,
    issued          INTEGER,
    issued_by       TEXT    NOT NULL,
    revoked         INTEGER,
    revoked_by      TEXT    NOT NULL,
    revoked_for     TEXT    NOT NULL
) STRICT;

CREATE INDEX permits_person ON permits (person, issued);
CREATE INDEX permits_issued ON permits (issued);
CREATE INDEX permits_visit ON permits (visit) WHERE visit <> '';

CREATE TABLE health (
    person      TEXT PRIMARY KEY REFERENCES people (id),
    state       TEXT NOT NULL,
    since       INTEGER,
    until       INTEGER,
    reason      TEXT NOT NULL,
    code        TEXT NOT NULL,
    code_source TEXT NOT NULL,
    code_at     INTEGER,
    celsius     REAL NOT NULL, -- 0 for none
    measured_at INTEGER,
    changed     INTEGER,
    changed_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE temperatures (
    id         TEXT    NOT NULL UNIQUE,
    person     TEXT    NOT NULL REFERENCES people (id),
    at         INTEGER NOT NULL,
    celsius    REAL    NOT NULL,
    source     TEXT    NOT NULL,
    gate       TEXT    NOT NULL,
    entered_by TEXT    NOT NULL
) STRICT;

CREATE INDEX temperatures_person ON temperatures (person, at);
CREATE INDEX temperatures_at ON temperatures (at);

CREATE TABLE forms (
    id      TEXT    NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    content TEXT    NOT NULL, -- JSON
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE form_answers (
    id        TEXT    NOT NULL UNIQUE,
    form      TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    person    TEXT    NOT NULL REFERENCES people (id),
    sealed    BLOB,             -- the answers as JSON; NULL for none
    at        INTEGER NOT NULL,
    filled_by TEXT    NOT NULL,
    state     TEXT    NOT NULL, -- what it led to
    reason_zh TEXT    NOT NULL,
    reason_en TEXT    NOT NULL,
    FOREIGN KEY (form, version) REFERENCES forms (id, version)
) STRICT;

CREATE INDEX form_answers_person ON form_answers (person, at);
CREATE INDEX form_answers_form ON form_answers (form, at);

CREATE TABLE visits (
    id            TEXT NOT NULL UNIQUE,
    person        TEXT NOT NULL REFERENCES people (id),
    host          TEXT NOT NULL,
    reason        TEXT NOT NULL,
    from_where    TEXT NOT NULL,
    celsius       REAL NOT NULL, -- 0 for none
    plate         TEXT NOT NULL,
    expected_from INTEGER,
    expected_to   INTEGER,
    state         TEXT NOT NULL,
    permit        TEXT NOT NULL,
    registered    INTEGER NOT NULL,
    registered_by TEXT NOT NULL,
    answered      INTEGER,
    answered_by   TEXT NOT NULL,
    entered       INTEGER,
    left_at       INTEGER
) STRICT;

CREATE INDEX visits_registered ON visits (registered);
CREATE INDEX visits_state ON visits (state, registered);
CREATE INDEX visits_person ON visits (person, registered);
CREATE INDEX visits_host ON visits (host, registered);
CREATE INDEX visits_permit ON visits (permit) WHERE permit <> '';

CREATE TABLE deliveries (
    id        TEXT    NOT NULL UNIQUE,
    gate      TEXT    NOT NULL,
    carrier   TEXT    NOT NULL,
    sealed    BLOB,             -- phone of the courier; NULL for none
    dwelling  TEXT    NOT NULL, -- building-unit-floor-room, '' for none
    item      TEXT    NOT NULL,
    arrived   INTEGER NOT NULL,
    taken_by  TEXT    NOT NULL,
    handed    INTEGER,
    handed_by TEXT    NOT NULL,
    handed_to TEXT    NOT NULL
) STRICT;

CREATE INDEX deliveries_arrived ON deliveries (arrived);
CREATE INDEX deliveries_dwelling ON deliveries (dwelling, arrived);

CREATE TABLE credentials (
    id      TEXT NOT NULL UNIQUE,
    person  TEXT NOT NULL REFERENCES people (id),
    kind    TEXT NOT NULL,
    key     BLOB NOT NULL, -- public key of a QR; keyed hash of a PIN or card number
    label   TEXT NOT NULL,
    issued  INTEGER,
    revoked INTEGER
) STRICT;

CREATE INDEX credentials_person ON credentials (person);
-- A card that was given back can be given to somebody else.
CREATE UNIQUE INDEX credentials_key ON credentials (kind, key) WHERE revoked IS NULL;

CREATE TABLE rules (
    version    INTEGER PRIMARY KEY AUTOINCREMENT,
    yaml       TEXT    NOT NULL,
    written_by TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;

CREATE TABLE gate_settings (
    gate  TEXT PRIMARY KEY,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE site_setting (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    mode        TEXT NOT NULL DEFAULT '',
    permit_key  BLOB,
    number_key  BLOB, -- sealed
    permit_seed BLOB  -- sealed; never leaves this file
) STRICT;

CREATE TABLE annotations (
    id        TEXT    NOT NULL UNIQUE,
    gate      TEXT    NOT NULL,
    sequence  INTEGER NOT NULL CHECK (sequence > 0),
    kind      TEXT    NOT NULL,
    person    TEXT    NOT NULL,
    text      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    added_by  TEXT    NOT NULL
) STRICT;

CREATE INDEX annotations_pass ON annotations (gate, sequence);
CREATE INDEX annotations_at ON annotations (at);

CREATE TABLE links (
    hash    BLOB PRIMARY KEY, -- SHA-256 of the token
    purpose TEXT NOT NULL,
    subject TEXT NOT NULL,
    person  TEXT NOT NULL,
    expires INTEGER,
    used    INTEGER
) STRICT, WITHOUT ROWID;

-- Which entries of the registry changed, each with the number of its latest change. The entry itself is read from its
-- table; where it is not there, it is gone. AUTOINCREMENT: a revision is never used again.
CREATE TABLE changes (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    UNIQUE (kind, key)
) STRICT;

-- What is in the registry already is new to every gate.
INSERT INTO changes (kind, key) SELECT 'person', id FROM people ORDER BY id;
INSERT INTO changes (kind, key) SELECT 'template', id FROM templates ORDER BY rowid;
