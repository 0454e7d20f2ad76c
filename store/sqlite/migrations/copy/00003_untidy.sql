-- +goose Up

-- There is a row while the file may have, in places that no entry is in any more, what an entry that is gone was.
CREATE TABLE untidy (
    id INTEGER PRIMARY KEY CHECK (id = 1)
) STRICT;
