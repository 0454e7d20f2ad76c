-- +goose Up

-- Templates that were learnt at a gate can be told from those made of photographs, and taken back.
ALTER TABLE templates ADD COLUMN adapted INTEGER NOT NULL DEFAULT 0;

-- The photographs that people were enrolled with, where a site keeps them: with another engine or network new templates
-- are made of them.
CREATE TABLE photographs (
    person  TEXT    NOT NULL REFERENCES people (id),
    sum     BLOB    NOT NULL, -- SHA-256 of data
    name    TEXT    NOT NULL, -- of the file, for reports
    data    BLOB    NOT NULL, -- as it came, JPEG or PNG
    created INTEGER,
    UNIQUE (person, sum)
) STRICT;
