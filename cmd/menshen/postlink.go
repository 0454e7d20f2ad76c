package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"menshen"
	"menshen/bus"
)

// postLink is a post's way to the hub: what changed in the registry and who passed elsewhere come in, its own passes go out.
// It connects as often as it must; nothing at the gates waits for it.
type postLink struct {
	post *post
	cfg  bus.ConnConfig

	mu      sync.Mutex
	failing time.Time // since when the hub is out of reach; zero while well
	detail  string
}

// askEvery is how often a post asks by itself; a nudge makes it ask at once.
const askEvery = 2 * time.Second

// Run keeps the link until ctx ends. Whatever goes wrong with it is tried again: the gates go on meanwhile.
func (l *postLink) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := l.once(ctx); err != nil {
			l.note(err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
	return nil
}

// once connects and works until ctx ends.
func (l *postLink) once(ctx context.Context) error {
	conn, err := l.connect(ctx)
	if err != nil || conn == nil {
		return err
	}
	defer func() { _ = conn.Close() }() // says nothing but nil
	relay, err := bus.NewRelay(conn, l.post.outbox, bus.RelayConfig{Gates: l.post.gates})
	if err != nil {
		return err
	}
	wake := make(chan struct{}, 1)
	nudges, err := conn.SubscribeNudges(ctx, func(context.Context) {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return err
	}
	defer func() { _ = nudges.Close() }() // the same
	closeDoors, err := l.serveDoors(ctx, conn)
	defer func() { _ = closeDoors() }() // the same
	if err != nil {
		return err
	}
	revision, err := l.post.copy.Revision(ctx)
	if err != nil {
		return err
	}
	f := &follower{
		changes: func(ctx context.Context, after uint64, limit int) ([]menshen.Change, uint64, error) {
			return conn.AskChanges(ctx, l.post.id, after, limit)
		},
		keep: l.post.copy.Apply, apply: l.post.apply, forget: l.post.forget, log: l.post.log, revision: revision,
	}
	return runStages(ctx, stage{name: "link", runs: []func(context.Context) error{
		relay.Run,
		func(ctx context.Context) error { return l.report(ctx, conn) },
		func(ctx context.Context) error {
			return f.follow(ctx, wake, askEvery, func(err error) {
				if err == nil {
					err = l.passed(ctx, conn)
				}
				if err == nil && !l.post.whole.Load() {
					if err = l.post.copy.SetWhole(ctx, clock()); err == nil {
						l.post.whole.Store(true)
					}
				}
				l.note(err)
			})
		},
	}})
}

// connect tries until the hub answers; nil where ctx ended before. A key that the hub refuses is tried again too: the hub may
// learn of the post later.
func (l *postLink) connect(ctx context.Context) (*bus.Conn, error) {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		conn, err := bus.Connect(ctx, l.cfg)
		if err == nil {
			return conn, nil
		}
		if code := menshen.ErrorCode(err); code != menshen.CodeUnavailable && code != menshen.CodeDenied {
			return nil, err
		}
		l.note(err)
		select {
		case <-ctx.Done():
			return nil, nil
		case <-time.After(wait):
		}
	}
}

// passed takes over who passed at other gates.
func (l *postLink) passed(ctx context.Context, conn *bus.Conn) error {
	for {
		after, err := l.post.copy.PassedCursor(ctx)
		if err != nil {
			return err
		}
		page, err := conn.AskPassed(ctx, l.post.id, after, 1000)
		if err != nil {
			return err
		}
		if err := l.post.countOn(ctx, page.Last); err != nil {
			return err
		}
		if page.Next == after {
			return nil
		}
		if err := l.post.copy.NotePassed(ctx, page.Next, page.Passes, clock().Add(-outingsKept)); err != nil {
			return err
		}
		for _, p := range page.Passes {
			l.post.roll.Passed(p)
		}
	}
}

// note remembers whether the hub is in reach, and logs when that changes.
func (l *postLink) note(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil && !l.failing.IsZero():
		l.post.log.Info("the hub is in reach again", "failing_since", l.failing)
		l.failing, l.detail = time.Time{}, ""
	case err != nil:
		if l.failing.IsZero() {
			l.failing = time.Now()
			l.post.log.Warn("the hub is out of reach; the post decides by itself", "error", err)
		}
		l.detail = err.Error()
	}
}

// Conditions says whether the hub is out of reach.
func (l *postLink) Conditions() []menshen.Condition {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failing.IsZero() {
		return nil
	}
	return []menshen.Condition{{
		ID: "hub-out-of-reach", Severity: menshen.SeverityWarning, Since: l.failing, Detail: l.detail,
		Meaning: menshen.Text{ZH: "岗亭与主机断开，按最近一次同步的登记判定", EN: "the hub is out of reach; the post decides by what it knew last"},
		Action:  menshen.Text{ZH: "检查网络和主机；通行记录会在恢复后自动补传", EN: "check network and hub; passes are handed over by themselves once it is back"},
	}}
}
