-- +goose Up

-- By what somebody passed beside a face, and what a guard answered. '' is none.
ALTER TABLE outbox ADD COLUMN permit TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN credential TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN answers TEXT NOT NULL DEFAULT '';
