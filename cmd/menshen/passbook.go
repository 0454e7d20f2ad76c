package main

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"menshen"
	bureau "menshen/office"
)

// passBook puts imported passes into the pass log and into memory. They are numbered and kept in gate.db first, as all passes
// are, but do not go through outbox and stream: the passes of gates, which come in between, do not wait behind them, and the
// stream, whose room is limited, loses none for them. Who watches passes is not told of them: they are not news.
type passBook struct{ *pipeline }

// importPortion is how many imported passes are written at once: a live pass waits for one portion at most, some 20 ms.
const importPortion = 1000

// KnownPasses implements office.PassBook. A pass leaves the outbox only once it is in the log, so that none is missed by
// looking there first.
func (b passBook) KnownPasses(ctx context.Context, passes []menshen.Pass) ([]bool, error) {
	if err := b.finishImport(ctx); err != nil {
		return nil, err
	}
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

// AppendPasses implements office.PassBook. While one portion is put into the pass log, the next is numbered.
func (b passBook) AppendPasses(ctx context.Context, passes []menshen.Pass) error {
	var now []menshen.Pass
	done := 0
	for portion := range slices.Chunk(passes, importPortion) {
		next, err := b.importBoth(ctx, now, portion, done)
		if err != nil {
			return err
		}
		done, now = len(now), next
	}
	if _, err := b.importBoth(ctx, now, nil, done); err != nil {
		return err
	}
	_, err := b.outbox.Import(ctx, nil, len(now))
	return err
}

// importBoth keeps a numbered portion and numbers the next one; the first done passes in gate.db are kept already.
func (p *pipeline) importBoth(ctx context.Context, now, next []menshen.Pass, done int) (numbered []menshen.Pass, err error) {
	var keeping sync.WaitGroup
	var failed error
	keeping.Go(func() { failed = p.keepImported(ctx, now) })
	if len(next) > 0 || done > 0 {
		numbered, err = p.outbox.Import(ctx, next, done)
	}
	keeping.Wait()
	return numbered, errors.Join(failed, err)
}

// finishImport keeps what an import that was cut off has left in gate.db.
func (p *pipeline) finishImport(ctx context.Context) error {
	left, err := p.outbox.Imports(ctx)
	if err != nil || len(left) == 0 {
		return err
	}
	p.logger.InfoContext(ctx, "an import was cut off: keeping what it left", "passes", len(left))
	if err := p.keepImported(ctx, left); err != nil {
		return err
	}
	_, err = p.outbox.Import(ctx, nil, len(left))
	return err
}

func (p *pipeline) keepImported(ctx context.Context, passes []menshen.Pass) error {
	if len(passes) == 0 {
		return nil
	}
	result, err := p.keep(ctx, passes)
	for _, r := range result.Refused {
		p.logger.ErrorContext(ctx, "an imported pass cannot be kept", "pass", r.ID, "error", r.Err)
	}
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
