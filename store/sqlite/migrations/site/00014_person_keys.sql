-- What is about one person alone is encrypted under keys of that person, which are in another file (site-keys.db) and can be
-- destroyed one by one. What is plain yet is sealed by the program, at its first start with this schema.

-- +goose Up

-- Which file of keys belongs to this one.
CREATE TABLE keyring (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    mark BLOB NOT NULL CHECK (length(mark) = 16),
    rewritten INTEGER NOT NULL -- 1: nothing is left anywhere in the file of what was plain before
) STRICT;

-- The name; then the column name is ''. Once it was erased that is '—' (menshen.NameErased).
ALTER TABLE people ADD COLUMN sealed BLOB;

-- Number of the key that the descriptor, or name and data of the photograph, are sealed under; 0 for none.
ALTER TABLE templates ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE photographs ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;

-- What has to be sealed yet, so that a start need not look for it. 01 is sealed under the site's key.
CREATE INDEX people_plain ON people (id) WHERE sealed IS NULL AND name NOT IN ('', '—');
CREATE INDEX templates_plain ON templates (person) WHERE sealed = 0;
CREATE INDEX photographs_plain ON photographs (person) WHERE sealed = 0;
CREATE INDEX particulars_plain ON particulars (person) WHERE substr(sealed, 1, 1) = x'01';
CREATE INDEX consents_plain ON consents (person) WHERE substr(sealed, 1, 1) = x'01';
CREATE INDEX form_answers_plain ON form_answers (person) WHERE substr(sealed, 1, 1) = x'01';
