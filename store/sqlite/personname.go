package sqlite

import (
	sqlite3 "github.com/mattn/go-sqlite3"
)

// nameReader opens names and health records within queries, for those that search, sort or select by them.
type nameReader struct{ site *Site }

// personName gives the readable name of a row of people p, in SQL.
const personName = "person_name(p.id, p.name, coalesce(p.sealed, x''))"

// register makes the SQL functions person_name and health_end.
func (r *nameReader) register(c *sqlite3.SQLiteConn) error {
	if r == nil {
		return nil
	}
	err := c.RegisterFunc("person_name", func(id, name string, sealed []byte) (string, error) { return r.site.nameOf(id, name, sealed) }, true)
	if err != nil {
		return err
	}
	return c.RegisterFunc("health_end", func(person, state string, latest int64, sealed []byte) (int64, error) {
		return r.site.healthEnds(person, state, latest, sealed)
	}, true)
}
