package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"strings"
)

// stream yields the rows of a query one by one; scan reads the current row.
func stream[T any](ctx context.Context, d *database, op, query string, args []any, scan func(*sql.Rows) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := d.reader.QueryContext(ctx, query, args...)
		if err != nil {
			yield(none, fault(op, d.path, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scan(rows)
			if errors.Is(err, errErased) {
				continue // the row goes in a moment
			}
			if err != nil {
				yield(none, fault(op, d.path, err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, fault(op, d.path, err))
		}
	}
}

// collect gathers a stream.
func collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// first gives the first of a stream, and whether there is one.
func first[T any](seq iter.Seq2[T, error]) (one T, found bool, err error) {
	for v, err := range seq {
		return v, err == nil, err
	}
	return one, false, nil
}

// only gives what is wanted of a stream, and ends after so many of it; 0 is all.
func only[T any](seq iter.Seq2[T, error], most int, wanted func(T) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		given := 0
		for v, err := range seq {
			if err == nil && !wanted(v) {
				continue
			}
			if !yield(v, err) {
				return
			}
			if given++; given == most {
				return
			}
		}
	}
}

// rowsOf gathers the rows of a query within a transaction; scan reads the current row.
func rowsOf[T any](ctx context.Context, tx *sql.Tx, query string, args []any, scan func(*sql.Rows) (T, error)) (all []T, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err says what Close could
	for rows.Next() {
		v, err := scan(rows)
		if errors.Is(err, errErased) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// conditions gathers the terms of a WHERE with their arguments.
type conditions struct {
	terms []string
	args  []any
}

func (c *conditions) add(term string, args ...any) {
	c.terms = append(c.terms, term)
	c.args = append(c.args, args...)
}

// equal adds a term for each column whose value is not empty.
func (c *conditions) equal(columns ...string) {
	for i := 0; i+1 < len(columns); i += 2 {
		if columns[i+1] != "" {
			c.add(columns[i]+" = ?", columns[i+1])
		}
	}
}

// latest gives the end of a query: the last rows first, and only so many of them unless n is 0.
func (c *conditions) latest(order string, n int) string {
	if n <= 0 {
		return " ORDER BY " + order
	}
	c.args = append(c.args, n)
	return " ORDER BY " + order + " LIMIT ?"
}

// String gives " WHERE …", or nothing without terms.
func (c *conditions) String() string {
	if len(c.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.terms, " AND ")
}

// jsonList is how a list of numbers is handed to json_each: one argument however long it is. Numbers beyond what SQLite
// counts to are left out, since no row has them.
func jsonList(numbers []uint64) (string, error) {
	kept := make([]int64, 0, len(numbers))
	for _, n := range numbers {
		if n > 0 && n <= maxSequence {
			kept = append(kept, int64(n))
		}
	}
	b, err := json.Marshal(kept)
	return string(b), err
}

// failed yields only an error.
func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}
