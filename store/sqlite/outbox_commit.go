package sqlite

import (
	"context"
	"database/sql"
)

// commitAll is the one goroutine that appends: it takes what waits in the queue, up to MaxBatch passes, commits it in
// one transaction and answers, until the queue is closed and empty.
func (o *Outbox) commitAll() {
	defer close(o.done)
	var batch []*entry
	for next := range o.queue {
		for rows := 0; next != nil; next = o.more(rows) {
			if next.state.CompareAndSwap(entryWaiting, entryTaken) {
				batch = append(batch, next)
				rows += len(next.passes)
			}
		}
		if len(batch) == 0 {
			continue
		}
		// The callers' contexts bound only their waiting: a commit cut short would tell nobody what is kept.
		err := o.commit(context.Background(), batch)
		if err == nil {
			o.wake()
		}
		for i, e := range batch {
			e.result <- err
			batch[i] = nil
		}
		batch = batch[:0]
	}
}

// more gives another entry that waits already, or nil if there is none or the batch is full.
func (o *Outbox) more(rows int) *entry {
	if rows >= o.db.opts.MaxBatch {
		return nil
	}
	select {
	case e := <-o.queue: // nil once it is closed
		return e
	default:
		return nil
	}
}

// commit numbers and keeps all passes of a batch, or none.
func (o *Outbox) commit(ctx context.Context, batch []*entry) error {
	const op = "sqlite.append"
	if err := o.db.keepReserve(op); err != nil {
		return err
	}
	if err := o.db.write(ctx, op, func(tx *sql.Tx) error { return number(ctx, tx, "outbox", batch) }); err != nil {
		return err
	}
	for _, e := range batch {
		e.settle()
	}
	return nil
}

// number puts the passes of a batch into a table. Counters are read and raised in the same transaction, so a number that was
// rolled back was never given out, and one that was committed is never given out again.
func number(ctx context.Context, tx *sql.Tx, table string, batch []*entry) error {
	need := map[string]int64{}
	for _, e := range batch {
		for _, p := range e.passes {
			need[p.ID.Gate]++
		}
	}
	next := make(map[string]int64, len(need))
	for gate, n := range need {
		last, err := raise(ctx, tx, gate, n)
		if err != nil {
			return err
		}
		next[gate] = last - n + 1
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO "+table+" ("+passColumns+") VALUES ("+passMarks+")")
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, e := range batch {
		for i, p := range e.passes {
			e.values[i][1] = next[p.ID.Gate] // the second of passColumns
			next[p.ID.Gate]++
			if _, err := insert.ExecContext(ctx, e.values[i]...); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle gives the passes of an entry their numbers, once they are committed.
func (e *entry) settle() {
	for i := range e.passes {
		e.passes[i].ID.Sequence = uint64(e.values[i][1].(int64))
	}
}

// raise takes the next n numbers of a gate and gives the last of them.
func raise(ctx context.Context, tx *sql.Tx, gate string, n int64) (last int64, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO counters (gate, last) VALUES (?, ?)
		ON CONFLICT (gate) DO UPDATE SET last = last + excluded.last RETURNING last`, gate, n).Scan(&last)
	return last, err
}
