package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"menshen/store"
)

// PutPages keeps pages of passes that have no rows, to measure a start with. They are read as others are until the file is
// opened again, which drops them. people[i] and gates[i] have the number i; the first of each is nobody. There must be no
// pages in the file yet.
func (s *Site) PutPages(ctx context.Context, people, gates []string, pages iter.Seq[store.PassPage]) error {
	const op = "sqlite.put_pages"
	err := s.db.write(ctx, op, func(tx *sql.Tx) error {
		for table, ids := range map[string][]string{"pass_people": people, "pass_gates": gates} {
			list, err := json.Marshal(ids)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO "+table+" SELECT key, value FROM json_each(?) WHERE key > 0", string(list)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	next := int64(1)
	for p := range pages {
		rows := page{PassPage: p, first: next, last: next + int64(len(p.At)) - 1}
		latest := uint32(0)
		for _, at := range p.At {
			latest = max(latest, at)
		}
		err := s.db.write(ctx, op, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO pass_pages VALUES (?, ?, '', 0, '', 0, ?, ?)",
				rows.first, rows.last, (p.Base+int64(latest)+1)*1e7-1, encodePage(rows))
			return err
		})
		if err != nil {
			return err
		}
		next = rows.last + 1
	}
	return nil
}
