package sqlite

import (
	"context"
	"database/sql"
	"slices"

	"menshen"
)

// Import numbers passes in order and keeps them, all or none, apart from those that wait: Pending does not give them. In the
// same transaction it takes out the first done passes of earlier calls: the caller must have committed those to the site.
// While it writes, appends wait: give about a thousand at a time. Errors are those of Append.
func (o *Outbox) Import(ctx context.Context, passes []menshen.Pass, done int) ([]menshen.Pass, error) {
	const op = "sqlite.import"
	e := &entry{passes: slices.Clone(passes), values: make([][]any, len(passes))}
	for i, p := range passes {
		v, err := unnumberedValues(p)
		if err != nil {
			return nil, err
		}
		e.values[i] = v
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	if o.closed {
		return nil, fault(op, o.db.path, errClosed)
	}
	if err := ctx.Err(); err != nil {
		return nil, fault(op, o.db.path, err)
	}
	if len(passes) > 0 {
		if err := o.db.keepReserve(op); err != nil {
			return nil, err
		}
	}
	// A commit that has begun is awaited, because only its end tells what is kept.
	ctx = context.WithoutCancel(ctx)
	err := o.db.write(ctx, op, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM imports WHERE rowid IN (SELECT rowid FROM imports ORDER BY rowid LIMIT ?)", done); err != nil {
			return err
		}
		return number(ctx, tx, "imports", []*entry{e})
	})
	if err != nil {
		return nil, err
	}
	e.settle()
	return e.passes, nil
}

// Imports gives the passes of Import that are not taken out, in order: whoever took them in may have ended half way.
func (o *Outbox) Imports(ctx context.Context) ([]menshen.Pass, error) {
	return collect(stream(ctx, o.db, "sqlite.imports", "SELECT "+passColumns+" FROM imports ORDER BY rowid", nil, scanPass))
}
