package sqlite

import (
	sqlite3 "github.com/mattn/go-sqlite3"
)

// nameReader opens names within queries, for those that search or sort by them.
type nameReader struct{ site *Site }

// personName gives the readable name of a row of people p, in SQL.
const personName = "person_name(p.id, p.name, coalesce(p.sealed, x''))"

// register makes the SQL function person_name.
func (r *nameReader) register(c *sqlite3.SQLiteConn) error {
	if r == nil {
		return nil
	}
	return c.RegisterFunc("person_name", func(id, name string, sealed []byte) (string, error) { return r.site.nameOf(id, name, sealed) }, true)
}
