package main

import (
	"context"
	"time"

	"menshen/retention"
)

// openAgeing gives the post's own audit log the same limit as the hub's: all else that a post keeps goes when the hub says so, or once
// it was handed over.
func (p *post) openAgeing(ctx context.Context) (err error) {
	ageing := p.copy.Ageing()
	p.keeper, err = retention.New(ctx, retention.Deps{
		Shelves: map[retention.Class]retention.Shelf{retention.Audit: auditShelf{ageing, p.data.path}},
		Journal: retentionJournal{p.copy, ageing}, Moment: moment, Newest: p.copy.Newest, Log: p.log, Metrics: p.registry,
		Held:   func(context.Context, time.Time) (time.Time, error) { return time.Time{}, nil },
		Notice: func(context.Context, time.Time) error { return nil },
	}, []retention.Rule{{Class: retention.Audit, Key: "retention.audit", Days: p.cfg.Retention.Audit}})
	return err
}

// age removes entries of the audit log that are over their time, until ctx ends.
func (p *post) age(ctx context.Context) error { return age(ctx, p.keeper, p.log) }
