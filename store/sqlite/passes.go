package sqlite

import (
	"context"
	"database/sql"
	"iter"
	"reflect"

	"menshen"
	"menshen/store"
)

// CommitPasses keeps passes for good, in one transaction: when it returns without error, all of the result is on the
// disk. A pass that is there already is not added again. One with the id of another is listed and kept aside, out of the
// log; one that is not valid is listed and left out, so that neither holds up the rest. On an error none of them was added.
func (s *Site) CommitPasses(ctx context.Context, passes []menshen.Pass) (store.CommitResult, error) {
	const op = "sqlite.commit_passes"
	var result store.CommitResult
	err := s.db.write(ctx, op, func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx,
			"INSERT INTO passes ("+passColumns+") VALUES ("+passMarks+") ON CONFLICT (gate, sequence) DO NOTHING")
		if err != nil {
			return err
		}
		defer insert.Close()
		for i, p := range passes {
			if err := sometimes(ctx, i); err != nil {
				return err
			}
			values, err := passValues(p)
			if err != nil {
				result.Refused = append(result.Refused, store.Refusal{ID: p.ID, Err: err})
				continue
			}
			done, err := insert.ExecContext(context.WithoutCancel(ctx), values...)
			if err != nil {
				return err
			}
			added, err := done.RowsAffected()
			if err != nil {
				return err
			}
			if added > 0 {
				result.Fresh = append(result.Fresh, p)
				continue
			}
			same, err := holds(ctx, tx, "passes", p)
			if err != nil {
				return err
			}
			if same {
				result.Known++
				continue
			}
			result.Conflicts = append(result.Conflicts, p.ID)
			if err := setAside(ctx, tx, p, values); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return store.CommitResult{}, err
	}
	return result, nil
}

// holds reports whether a table of passes holds one with the id and the content of p.
func holds(ctx context.Context, tx *sql.Tx, table string, p menshen.Pass) (bool, error) {
	rows, err := tx.QueryContext(ctx, "SELECT "+passColumns+" FROM "+table+" WHERE gate = ? AND sequence = ?", p.ID.Gate, int64(p.ID.Sequence))
	if err != nil {
		return false, err
	}
	defer func() { _ = rows.Close() }() // Err says what Close could
	for rows.Next() {
		kept, err := scanPass(rows)
		if menshen.ErrorCode(err) == menshen.CodeCorrupt {
			continue // nobody can say what it was; it must not hold up the others
		}
		if err != nil {
			return false, err
		}
		if reflect.DeepEqual(kept, asKept(p)) {
			return true, nil
		}
	}
	return false, rows.Err()
}

// setAside keeps a pass whose id another one has, once.
func setAside(ctx context.Context, tx *sql.Tx, p menshen.Pass, values []any) error {
	if there, err := holds(ctx, tx, "set_aside", p); there || err != nil {
		return err
	}
	_, err := tx.ExecContext(context.WithoutCancel(ctx), "INSERT INTO set_aside ("+passColumns+") VALUES ("+passMarks+")", values...)
	return err
}

// SetAside gives the passes whose ids others had before, in the order in which they came.
func (s *Site) SetAside(ctx context.Context) iter.Seq2[menshen.Pass, error] {
	return stream(ctx, s.db, "sqlite.set_aside", "SELECT "+passColumns+" FROM set_aside ORDER BY rowid", nil, scanPass)
}

// asKept gives a pass in the form in which it comes back from a database.
func asKept(p menshen.Pass) menshen.Pass {
	p.Captured, p.Decided = p.Captured.Round(0).UTC(), p.Decided.Round(0).UTC()
	if len(p.Decision.Reasons) == 0 {
		p.Decision.Reasons = nil
	}
	if len(p.Match.Candidates) == 0 {
		p.Match.Candidates = nil
	}
	return p
}

// Passes gives the passes of the log that the filter selects, in order of capture time, then gate, then sequence.
func (s *Site) Passes(ctx context.Context, f menshen.PassFilter) iter.Seq2[menshen.Pass, error] {
	const op = "sqlite.passes"
	var where conditions
	if f.Person != "" {
		where.add("person = ?", f.Person)
	}
	if f.Gate != "" {
		where.add("gate = ?", f.Gate)
	}
	if err := where.within("captured", f.Span); err != nil {
		return failed[menshen.Pass](err)
	}
	query := "SELECT " + passColumns + " FROM passes" + where.String()
	if f.Latest > 0 {
		query = "SELECT * FROM (" + query + " ORDER BY captured DESC, gate DESC, sequence DESC LIMIT ?)"
		where.args = append(where.args, f.Latest)
	}
	return stream(ctx, s.db, op, query+" ORDER BY captured, gate, sequence", where.args, scanPass)
}

// Pass gives one pass of the log, or CodeNotFound.
func (s *Site) Pass(ctx context.Context, id menshen.PassID) (menshen.Pass, error) {
	const op = "sqlite.pass"
	found, err := collect(stream(ctx, s.db, op, "SELECT "+passColumns+" FROM passes WHERE gate = ? AND sequence = ?",
		[]any{id.Gate, int64(min(id.Sequence, maxSequence))}, scanPass))
	if err == nil && len(found) == 0 {
		err = menshen.Errorf(menshen.CodeNotFound, op, "there is no pass %s in the log", id).WithHint("list the latest with: menshen passes list")
	}
	if err != nil {
		return menshen.Pass{}, err
	}
	return found[0], nil
}

func scanPass(rows *sql.Rows) (menshen.Pass, error) {
	var r passRow
	if err := rows.Scan(r.into()...); err != nil {
		return menshen.Pass{}, err
	}
	return r.decode()
}

// PassCount gives the number of passes in the log.
func (s *Site) PassCount(ctx context.Context) (int, error) {
	var n int
	err := s.db.reader.QueryRowContext(ctx, "SELECT count(*) FROM passes").Scan(&n)
	return n, fault("sqlite.pass_count", s.db.path, err)
}

// Committed gives those of the sequences of a gate that are in the log, ascending and each once.
func (s *Site) Committed(ctx context.Context, gate string, sequences []uint64) ([]uint64, error) {
	const op = "sqlite.committed"
	list, err := jsonList(sequences)
	if err != nil {
		return nil, fault(op, s.db.path, err)
	}
	const query = `
		SELECT sequence FROM passes
		WHERE gate = ? AND sequence IN (SELECT value FROM json_each(?)) ORDER BY sequence`
	return collect(stream(ctx, s.db, op, query, []any{gate, list}, func(rows *sql.Rows) (n uint64, err error) {
		return n, rows.Scan(&n)
	}))
}

// LastSequences gives the highest sequence that each gate has, or ever had, in the log. An outbox that was put back from a backup, or begun
// anew, must Advance beyond them before it gives out numbers.
func (s *Site) LastSequences(ctx context.Context) (map[string]uint64, error) {
	// A loose index scan: one search for each gate instead of one step for each pass.
	const query = `
		WITH RECURSIVE gates (gate) AS (
		    SELECT min(gate) FROM passes
		    UNION ALL
		    SELECT (SELECT min(p.gate) FROM passes p WHERE p.gate > g.gate) FROM gates g WHERE g.gate IS NOT NULL
		)
		SELECT gate, max(last) FROM (
		    SELECT gate, (SELECT max(sequence) FROM passes p WHERE p.gate = g.gate) AS last FROM gates g WHERE gate IS NOT NULL
		    UNION ALL
		    SELECT gate, last FROM removed_passes
		) GROUP BY gate`
	rows, err := collect(stream(ctx, s.db, "sqlite.last_sequences", query, nil, func(rows *sql.Rows) (id menshen.PassID, err error) {
		return id, rows.Scan(&id.Gate, &id.Sequence)
	}))
	if err != nil {
		return nil, err
	}
	last := make(map[string]uint64, len(rows))
	for _, id := range rows {
		last[id.Gate] = id.Sequence
	}
	return last, nil
}
