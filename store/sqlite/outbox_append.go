package sqlite

import (
	"context"
	"slices"
	"sync/atomic"

	"menshen"
)

// entry is one append on its way to the committing goroutine. Its passes are numbered one after the other and kept
// together or not at all.
type entry struct {
	passes []menshen.Pass
	values [][]any // the columns of each, with a sequence still to be set
	state  atomic.Int32
	result chan error // of capacity 1
}

// The states of an entry. Only one side can move it on from waiting.
const (
	entryWaiting   int32 = iota
	entryTaken           // a commit is under way
	entryWithdrawn       // the caller gave up before
)

// Append numbers a pass, keeps it, and gives it back with its sequence once it is on the disk. The pass must have no
// sequence yet. Passes that come together are committed together.
//
// An error means that the pass is not kept: CodeInvalid where it cannot be, CodeExhausted on a full disk (what was
// acknowledged stays, and appending works again once there is space), CodeUnavailable after Close or when ctx ended.
// ctx bounds the waiting for a turn; a commit that has begun is awaited, because only its end tells what is kept.
func (o *Outbox) Append(ctx context.Context, p menshen.Pass) (menshen.Pass, error) {
	kept, err := o.AppendMany(ctx, []menshen.Pass{p})
	if err != nil {
		return menshen.Pass{}, err
	}
	return kept[0], nil
}

// AppendMany is Append for many passes in order. If one of them cannot be kept at all, none is. Otherwise they are
// committed in portions: with an error come the passes of the portions before it, which are kept.
func (o *Outbox) AppendMany(ctx context.Context, passes []menshen.Pass) ([]menshen.Pass, error) {
	values := make([][]any, len(passes))
	for i, p := range passes {
		v, err := unnumberedValues(p)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	kept := slices.Clone(passes)
	for from := 0; from < len(kept); {
		to := min(from+o.db.opts.MaxBatch, len(kept))
		if err := o.enter(ctx, &entry{passes: kept[from:to], values: values[from:to], result: make(chan error, 1)}); err != nil {
			return kept[:from:from], err
		}
		from = to
	}
	return kept, nil
}

// unnumberedValues gives the columns of a valid pass that has no sequence yet.
func unnumberedValues(p menshen.Pass) ([]any, error) {
	if p.ID.Sequence != 0 {
		return nil, menshen.Errorf(menshen.CodeInvalid, "sqlite.append", "pass %s has a sequence already", p.ID)
	}
	p.ID.Sequence = 1 // any: the commit sets the real one
	return passValues(p)
}

// enter puts an entry into the queue and waits for its outcome.
func (o *Outbox) enter(ctx context.Context, e *entry) error {
	const op = "sqlite.append"
	if err := ctx.Err(); err != nil {
		return fault(op, o.db.path, err)
	}
	if err := o.put(ctx, e); err != nil {
		return fault(op, o.db.path, err)
	}
	select {
	case err := <-e.result:
		return err
	case <-ctx.Done():
		if e.state.CompareAndSwap(entryWaiting, entryWithdrawn) {
			return fault(op, o.db.path, ctx.Err())
		}
		return <-e.result
	}
}

func (o *Outbox) put(ctx context.Context, e *entry) error {
	o.mu.RLock()
	defer o.mu.RUnlock()
	if o.closed {
		return errClosed
	}
	select {
	case o.queue <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
