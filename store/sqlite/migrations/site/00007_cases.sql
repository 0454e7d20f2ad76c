-- Cases of contact tracing. Columns called sealed are encrypted: why somebody's movements are looked at, symptoms, names and
-- phones of people from interviews, notes, temperatures, and what the history says was before and after.

-- +goose Up

-- 1: kitchen and bath are shared with other households.
ALTER TABLE households ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;

CREATE TABLE cases (
    id             TEXT    NOT NULL UNIQUE,
    number         TEXT    NOT NULL,
    person         TEXT    NOT NULL REFERENCES people (id),
    state          TEXT    NOT NULL,
    expires        INTEGER NOT NULL,
    onset          INTEGER,
    sampled        INTEGER,
    isolated       INTEGER,
    symptom_free   INTEGER,
    policy         TEXT    NOT NULL,
    policy_version INTEGER NOT NULL, -- 0 is the one that comes with Menshen
    parent         TEXT    NOT NULL, -- case id, '' for none
    requested      INTEGER NOT NULL,
    requested_by   TEXT    NOT NULL,
    decided        INTEGER,
    decided_by     TEXT    NOT NULL,
    closed         INTEGER,
    closed_by      TEXT    NOT NULL,
    judged         INTEGER,
    revision       INTEGER NOT NULL CHECK (revision > 0),
    sealed         BLOB             -- purpose, symptoms
) STRICT;

-- The number of a request that was refused can be asked for again.
CREATE UNIQUE INDEX cases_number ON cases (number) WHERE state <> 'refused';
CREATE INDEX cases_person ON cases (person);
CREATE INDEX cases_parent ON cases (parent) WHERE parent <> '';

CREATE TABLE case_contacts (
    id            TEXT    NOT NULL UNIQUE,
    case_id       TEXT    NOT NULL REFERENCES cases (id),
    person        TEXT    REFERENCES people (id), -- NULL for somebody whom the registry does not have
    phone_hash    BLOB,                           -- keyed
    source        TEXT    NOT NULL,
    generation    INTEGER NOT NULL,
    level         TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    owner         TEXT    NOT NULL,
    follow_from   INTEGER,
    follow_to     INTEGER,
    merged_into   TEXT    NOT NULL,
    withdrawn_for TEXT    NOT NULL,
    revision      INTEGER NOT NULL CHECK (revision > 0),
    -- What no query asks for, with spaces between, '-' for none, times in nanoseconds: risk, rule, policy, its version, first,
    -- threshold, last, together, least, sureness, isolated from and to, what an interview said, what is
    -- fixed, created, who created it. Reading one
    -- column costs much less than reading fifteen, and lists have tens of thousands of contacts.
    facts         TEXT    NOT NULL,
    central       TEXT,                           -- when in central isolation: from/to,from/to in nanoseconds; NULL for never
    path          TEXT,                           -- JSON, NULL for none
    sealed        BLOB                            -- name, phone, note; NULL for none of them
) STRICT;

CREATE INDEX case_contacts_case ON case_contacts (case_id, generation);
CREATE INDEX case_contacts_counting ON case_contacts (case_id) WHERE merged_into = '' AND withdrawn_for = '';
CREATE INDEX case_contacts_person ON case_contacts (person);
CREATE INDEX case_contacts_status ON case_contacts (status);
CREATE INDEX case_contacts_central ON case_contacts (case_id) WHERE central IS NOT NULL;
CREATE INDEX case_contacts_merged ON case_contacts (merged_into) WHERE merged_into <> '';

CREATE TABLE lab_tests (
    id      TEXT    NOT NULL UNIQUE,
    case_id TEXT    NOT NULL REFERENCES cases (id),
    contact TEXT    NOT NULL, -- contact id, '' for the case's own
    kind    TEXT    NOT NULL,
    sampled INTEGER NOT NULL,
    result  TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    entered_by TEXT NOT NULL
) STRICT;

CREATE INDEX lab_tests_case ON lab_tests (case_id, contact, sampled);

CREATE TABLE follow_ups (
    id         TEXT    NOT NULL UNIQUE,
    case_id    TEXT    NOT NULL REFERENCES cases (id),
    contact    TEXT    NOT NULL REFERENCES case_contacts (id),
    day        TEXT    NOT NULL, -- 2020-03-01
    reached    INTEGER NOT NULL,
    source     TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    entered_by TEXT    NOT NULL,
    sealed     BLOB,             -- temperature, symptoms, note; NULL for none of them
    UNIQUE (contact, day)
) STRICT;

CREATE INDEX follow_ups_case ON follow_ups (case_id, day);

-- What was changed, by whom and why. It only grows, and goes with its whole case alone: the case's own row first, within one
-- transaction with foreign keys deferred.
CREATE TABLE case_changes (
    number     INTEGER PRIMARY KEY,
    case_id    TEXT    NOT NULL REFERENCES cases (id),
    contact    TEXT    NOT NULL, -- contact id, '' for the case itself
    at         INTEGER NOT NULL,
    changed_by TEXT    NOT NULL,
    field      TEXT    NOT NULL,
    sealed     BLOB    NOT NULL  -- why, before, after
) STRICT;

CREATE INDEX case_changes_case ON case_changes (case_id);
CREATE INDEX case_changes_contact ON case_changes (contact) WHERE contact <> '';

-- +goose StatementBegin
CREATE TRIGGER case_changes_stay BEFORE UPDATE ON case_changes BEGIN
    SELECT raise(ABORT, 'the history of cases is not changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER case_changes_remain BEFORE DELETE ON case_changes WHEN EXISTS (SELECT 1 FROM cases WHERE id = OLD.case_id) BEGIN
    SELECT raise(ABORT, 'the history of cases is not deleted but with the whole case');
END;
-- +goose StatementEnd

-- Health states that cases put people into, until the registry has them.
CREATE TABLE case_orders (
    id       TEXT    NOT NULL UNIQUE,
    contact  TEXT    NOT NULL,
    person   TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    since    INTEGER,
    until    INTEGER,
    at       INTEGER,
    given_by TEXT    NOT NULL,
    sealed   BLOB             -- the reason
) STRICT;

CREATE TABLE tracing_policies (
    id         TEXT    NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    yaml       TEXT    NOT NULL,
    written_by TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    note       TEXT    NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;
