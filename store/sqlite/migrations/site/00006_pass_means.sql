-- +goose Up

-- By what somebody passed beside a face, and what a guard answered. '' is none.
ALTER TABLE passes ADD COLUMN permit TEXT NOT NULL DEFAULT '';
ALTER TABLE passes ADD COLUMN credential TEXT NOT NULL DEFAULT '';
ALTER TABLE passes ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
ALTER TABLE passes ADD COLUMN answers TEXT NOT NULL DEFAULT '';

ALTER TABLE set_aside ADD COLUMN permit TEXT NOT NULL DEFAULT '';
ALTER TABLE set_aside ADD COLUMN credential TEXT NOT NULL DEFAULT '';
ALTER TABLE set_aside ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
ALTER TABLE set_aside ADD COLUMN answers TEXT NOT NULL DEFAULT '';
