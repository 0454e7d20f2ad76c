-- +goose Up

-- How sure it is that it was the person, 0 to 1; 0 where it is not said.
ALTER TABLE outbox ADD COLUMN confidence REAL NOT NULL DEFAULT 0;

-- By which imported passes are found that are on their way already.
CREATE INDEX outbox_captured ON outbox (captured);
