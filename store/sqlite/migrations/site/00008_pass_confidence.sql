-- +goose Up

-- How sure it is that it was the person, 0 to 1; 0 where it is not said.
ALTER TABLE passes ADD COLUMN confidence REAL NOT NULL DEFAULT 0;
ALTER TABLE set_aside ADD COLUMN confidence REAL NOT NULL DEFAULT 0;
