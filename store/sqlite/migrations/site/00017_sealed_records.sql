-- States of health, readings, and what visits and permits say of one person are sealed under that person's key. Then the columns that
-- they had are empty: '', 0 or NULL. What is plain yet is sealed by the program, at its first start with this schema.

-- +goose Up

-- All but the person and changed.
ALTER TABLE health ADD COLUMN sealed BLOB;
-- Temperature, source, gate, who entered it.
ALTER TABLE temperatures ADD COLUMN sealed BLOB;
-- Reason, from where, temperature, plate, who registered and who answered. NULL for none of them, or where they were erased.
ALTER TABLE visits ADD COLUMN sealed BLOB;
-- Plate, and why it was revoked. NULL for none of them, or where they were erased: then the plate of a vehicle is '—'. The words
-- of the program itself (removed, renewed, visit ended) say nothing of a person and stay plain.
ALTER TABLE permits ADD COLUMN sealed BLOB;

-- Of those whose names were erased, as if they were removed now: their keys are gone, and none is made for what was left of them.
INSERT OR REPLACE INTO changes (kind, key) SELECT 'health', person FROM health WHERE person IN (SELECT id FROM people WHERE name = '—') ORDER BY person;
DELETE FROM health WHERE person IN (SELECT id FROM people WHERE name = '—');
DELETE FROM temperatures WHERE person IN (SELECT id FROM people WHERE name = '—');
UPDATE visits SET reason = '', from_where = '', celsius = 0, plate = '', registered_by = '', answered_by = ''
    WHERE person IN (SELECT id FROM people WHERE name = '—');
INSERT OR REPLACE INTO changes (kind, key) SELECT 'permit', id FROM permits WHERE person IN (SELECT id FROM people WHERE name = '—')
    AND (plate NOT IN ('', '—') OR revoked_for NOT IN ('', 'removed', 'renewed', 'visit ended')) ORDER BY id;
UPDATE permits SET plate = iif(kind = 'vehicle', '—', ''), revoked_for = iif(revoked_for IN ('', 'removed', 'renewed', 'visit ended'), revoked_for, '')
    WHERE person IN (SELECT id FROM people WHERE name = '—');

-- What has to be sealed yet, so that a start need not look for it.
CREATE INDEX health_plain ON health (person) WHERE sealed IS NULL;
CREATE INDEX temperatures_plain ON temperatures (person) WHERE sealed IS NULL;
CREATE INDEX visits_plain ON visits (person) WHERE sealed IS NULL
    AND (reason <> '' OR from_where <> '' OR celsius <> 0 OR plate <> '' OR registered_by <> '' OR answered_by <> '');
CREATE INDEX permits_plain ON permits (person) WHERE sealed IS NULL
    AND (plate NOT IN ('', '—') OR revoked_for NOT IN ('', 'removed', 'renewed', 'visit ended'));

-- The file is made anew once more, so that nothing is left in it of what was plain.
UPDATE keyring SET rewritten = 0;
