package sqlite

import (
	"context"
	"database/sql"
	"sync"

	"menshen"
)

// Outbox is the database of the gates: it numbers passes and holds each one until Remove says that it is committed at
// the site. Safe for concurrent use. Two goroutines may not rely on any order between their appends; the appends of one
// goroutine, and the passes of one AppendMany, are numbered in their order.
type Outbox struct {
	db      *database
	changed chan struct{}
	queue   chan *entry
	done    chan struct{} // closed when the committing goroutine has ended

	mu     sync.RWMutex // held for reading while something is put into the queue
	closed bool
}

// OpenOutbox makes or opens the outbox at path (usually gate.db), brings it to the newest schema, and starts the
// goroutine that commits. Errors are as in Open. Changed is ready at once if passes are waiting from before.
func OpenOutbox(ctx context.Context, path string, opts Options) (*Outbox, error) {
	db, err := openDatabase(ctx, path, gateSchema(), opts)
	if err != nil {
		return nil, err
	}
	o := &Outbox{
		db:      db,
		changed: make(chan struct{}, 1),
		queue:   make(chan *entry, db.opts.MaxBatch),
		done:    make(chan struct{}),
	}
	go o.commitAll()
	n, err := o.Len(ctx)
	if err != nil {
		_ = o.Close()
		return nil, err
	}
	if n > 0 {
		o.wake()
	}
	return o, nil
}

// Close refuses further appends, commits those that wait, and returns after everything has ended.
func (o *Outbox) Close() error {
	o.mu.Lock()
	first := !o.closed
	o.closed = true
	if first {
		close(o.queue)
	}
	o.mu.Unlock()
	<-o.done
	if !first {
		return nil
	}
	return o.db.close()
}

// Changed is ready after passes were committed to the outbox: one wake-up for any number of them.
func (o *Outbox) Changed() <-chan struct{} { return o.changed }

func (o *Outbox) wake() {
	select {
	case o.changed <- struct{}{}:
	default: // one wake-up waits already
	}
}

// Pending gives up to limit passes that were put in after the cursor, in that order, and the cursor to go on from.
// The cursor 0 is before all; when nothing follows, next is after. Within a gate the order is that of the sequences.
func (o *Outbox) Pending(ctx context.Context, after int64, limit int) (passes []menshen.Pass, next int64, err error) {
	const query = "SELECT cursor, " + passColumns + " FROM outbox WHERE cursor > ? ORDER BY cursor LIMIT ?"
	next = after
	if limit <= 0 {
		return nil, next, nil
	}
	passes, err = collect(stream(ctx, o.db, "sqlite.pending", query, []any{after, limit}, func(rows *sql.Rows) (menshen.Pass, error) {
		var r passRow
		if err := rows.Scan(append([]any{&next}, r.into()...)...); err != nil {
			return menshen.Pass{}, err
		}
		return r.decode()
	}))
	if err != nil {
		return nil, after, err
	}
	return passes, next, nil
}

// Remove takes out the passes of a gate that are committed at the site. Sequences that are not there are passed over.
func (o *Outbox) Remove(ctx context.Context, gate string, sequences []uint64) error {
	return o.RemoveMany(ctx, map[string][]uint64{gate: sequences})
}

// RemoveMany is Remove for several gates, in one transaction.
func (o *Outbox) RemoveMany(ctx context.Context, sequences map[string][]uint64) error {
	const op = "sqlite.remove"
	lists := make(map[string]string, len(sequences))
	for gate, numbers := range sequences {
		if len(numbers) == 0 {
			continue
		}
		list, err := jsonList(numbers)
		if err != nil {
			return fault(op, o.db.path, err)
		}
		lists[gate] = list
	}
	if len(lists) == 0 {
		return nil
	}
	return o.db.write(ctx, op, func(tx *sql.Tx) error {
		for gate, list := range lists {
			if _, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE gate = ? AND sequence IN (SELECT value FROM json_each(?))", gate, list); err != nil {
				return err
			}
		}
		return nil
	})
}

// Len gives the number of passes that wait.
func (o *Outbox) Len(ctx context.Context) (int, error) {
	var n int
	err := o.db.reader.QueryRowContext(ctx, "SELECT count(*) FROM outbox").Scan(&n)
	return n, fault("sqlite.len", o.db.path, err)
}

// Advance makes each gate count on from at least the sequence given, so that no number is given out that the site has
// seen. It never counts back. Call it with Site.LastSequences at every start: it matters when gate.db was lost or put
// back from a backup, and costs nothing otherwise.
func (o *Outbox) Advance(ctx context.Context, last map[string]uint64) error {
	const op = "sqlite.advance"
	return o.db.write(ctx, op, func(tx *sql.Tx) error {
		for gate, n := range last {
			if err := menshen.ValidateSlug("gate", gate); err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if n > maxSequence {
				return menshen.Errorf(menshen.CodeInvalid, op, "the sequence %d of gate %s is too large", n, gate)
			}
			_, err := tx.ExecContext(ctx, `
				INSERT INTO counters (gate, last) VALUES (?, ?)
				ON CONFLICT (gate) DO UPDATE SET last = excluded.last WHERE excluded.last > last`, gate, int64(n))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// LastSequences gives the last number that each gate has given out; gates that gave none are left out.
func (o *Outbox) LastSequences(ctx context.Context) (map[string]uint64, error) {
	const op = "sqlite.last_sequences"
	rows, err := o.db.reader.QueryContext(ctx, "SELECT gate, last FROM counters")
	if err != nil {
		return nil, fault(op, o.db.path, err)
	}
	defer func() { _ = rows.Close() }() // Err says what Close could
	last := map[string]uint64{}
	for rows.Next() {
		var gate string
		var n int64
		if err := rows.Scan(&gate, &n); err != nil {
			return nil, fault(op, o.db.path, err)
		}
		last[gate] = uint64(n)
	}
	return last, fault(op, o.db.path, rows.Err())
}
