package main

import (
	"context"
	"time"

	"menshen"
	"menshen/store"
	"menshen/tracing"
	"menshen/tracing/passlog"
)

const (
	tendEvery = time.Minute      // how often new passes are looked at for pages
	lastPages = 20 * time.Second // how long the end may be held up to write the last ones
)

// passMemory is a store.PassReader that builds the log in memory.
type passMemory struct {
	since time.Time
	bulk  *passlog.Bulk
	log   *passlog.Log
}

// Names implements store.PassReader.
func (m *passMemory) Names(people, gates []string) {
	m.bulk = passlog.NewBulk(passlog.Config{Origin: m.since, Grade: tracing.Grade}, people, gates)
}

// Count implements store.PassReader.
func (m *passMemory) Count(pages []store.PassPage) []error { return m.bulk.Count(columnsOf(pages)) }

// Place implements store.PassReader.
func (m *passMemory) Place(pages []store.PassPage) error { return m.bulk.Place(columnsOf(pages)) }

// columnsOf gives pages as a log takes them.
func columnsOf(pages []store.PassPage) []passlog.Columns {
	columns := make([]passlog.Columns, len(pages))
	for i, p := range pages {
		columns[i] = passlog.Columns(p)
	}
	return columns
}

// Passes implements store.PassReader.
func (m *passMemory) Passes(passes []menshen.Pass) error {
	if err := m.build(); err != nil {
		return err
	}
	_, err := m.log.Append(passes...)
	return err
}

func (m *passMemory) build() (err error) {
	if m.log == nil {
		m.log, err = m.bulk.Build()
	}
	return err
}

// load puts the passes of the last days into memory, each with the person that guards said it was.
func (p *pipeline) load(ctx context.Context) error {
	began := time.Now()
	memory := passMemory{since: began.AddDate(0, 0, -p.days)}
	read, err := p.store.ReadPasses(ctx, memory.since, &memory)
	if err != nil {
		return err
	}
	if err := memory.build(); err != nil {
		return err
	}
	p.log = memory.log
	if err := p.correct(ctx); err != nil {
		return err
	}
	p.loaded = true
	p.logger.Info("the passes of the last days are in memory", "days", p.days, "passes", p.log.Count(), "bytes", p.log.Bytes(),
		"pages", read.Pages, "rows", read.Rows, "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// since is from when on passes are in memory; those before are in the store only.
func (p *pipeline) since() (since time.Time) {
	p.log.View(func(v passlog.View) { since = v.Floor() })
	return since
}

// tend writes pages of what has come, and drops from memory every night what has grown too old, until ctx ends.
func (p *pipeline) tend(ctx context.Context) error {
	ticker := time.NewTicker(tendEvery)
	defer ticker.Stop()
	today := p.today(time.Now())
	for {
		_, err := p.store.KeepPages(ctx, false)
		if err != nil && ctx.Err() == nil {
			p.logger.Error("pages of passes could not be written: the next start takes longer", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticker.C:
			if day := p.today(now); day != today {
				today = day
				if p.sure != nil {
					if now, err = p.sure(ctx); err != nil {
						p.logger.Error("passes that have grown too old stay in memory", "error", err)
						continue
					}
				}
				dropped := p.log.Forget(now.AddDate(0, 0, -p.days))
				p.logger.Info("passes have grown too old for memory", "dropped", dropped, "left", p.log.Count())
			}
		}
	}
}

// today gives the day at the site.
func (p *pipeline) today(now time.Time) int {
	if p.site.Location != nil {
		now = now.In(p.site.Location)
	}
	return now.YearDay()
}

// keepLastPages writes pages of all that has come, so that the next start reads nothing else.
func (p *pipeline) keepLastPages() {
	ctx, cancel := context.WithTimeout(context.Background(), lastPages)
	defer cancel()
	if _, err := p.store.KeepPages(ctx, true); err != nil {
		p.logger.Warn("not all pages of passes were written: the next start takes longer", "error", err)
	}
}
