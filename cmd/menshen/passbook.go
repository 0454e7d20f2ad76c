package main

import (
	"context"
	"iter"
	"time"

	"menshen"
	bureau "menshen/office"
)

// passBook puts imported passes onto the way of all others: outbox, stream, pass log, memory.
type passBook struct{ *pipeline }

// outboxBacklog is how many passes may wait in the outbox before imports wait for them: passes of the gates, which come in
// between, are not held up for longer than it takes to carry so many.
const outboxBacklog = 40_000

// KnownPasses implements office.PassBook. A pass leaves the outbox only once it is in the log, so that none is missed by
// looking there first.
func (b passBook) KnownPasses(ctx context.Context, passes []menshen.Pass) ([]bool, error) {
	known, err := b.outbox.KnownPasses(ctx, passes)
	if err != nil {
		return nil, err
	}
	kept, err := b.store.KnownPasses(ctx, passes)
	if err != nil {
		return nil, err
	}
	for i := range known {
		known[i] = known[i] || kept[i]
	}
	return known, nil
}

// AppendPasses implements office.PassBook.
func (b passBook) AppendPasses(ctx context.Context, passes []menshen.Pass) error {
	for {
		waiting, err := b.outbox.Len(ctx)
		if err != nil {
			return err
		}
		if waiting < outboxBacklog {
			break
		}
		select {
		case <-ctx.Done():
			return menshen.Errorf(menshen.CodeUnavailable, "cmd.import", "earlier passes are still on their way").
				WithHint("see menshen status, then import the same file again").WithCause(ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
	_, err := b.outbox.AppendMany(ctx, passes)
	return err
}

// Passes implements office.PassBook. They are told as tracing has them, after what guards said of them.
func (b passBook) Passes(ctx context.Context, f menshen.PassFilter) iter.Seq2[menshen.Pass, error] {
	return b.corrected(ctx, f)
}

// Named implements office.PassPeople. An id is never taken for a name.
func (d *directory) Named(texts map[string][]string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	names := map[string][]string{}
	for text := range texts {
		if _, ok := d.people[text]; ok {
			texts[text] = []string{text}
		} else {
			names[text] = nil
		}
	}
	if len(names) == 0 {
		return
	}
	for id, p := range d.people {
		if ids, ok := names[p.Name]; ok {
			names[p.Name] = append(ids, id)
		}
	}
	for name, ids := range names {
		texts[name] = ids
	}
}

// passFile is what the API takes passes from files with.
func (h *hub) passFile() (*bureau.PassFile, error) {
	return bureau.NewPassFile(bureau.PassFileDeps{
		Book: passBook{h.pipeline}, People: h.people, Site: func() menshen.Site { return h.site }, Post: h.cfg.PostOf, Clock: time.Now,
	})
}
