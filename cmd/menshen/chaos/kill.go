package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"menshen"
)

func killScenario() Scenario {
	return Scenario{
		Name:    "kill",
		About:   menshen.Text{ZH: "随机时刻 kill -9 主机、岗亭及其摄像机和识别进程", EN: "kill -9 of hub, post, their cameras and their recognizers at random moments"},
		Cameras: true,
		run:     runKill,
	}
}

// strike is one kill of the plan: of hub, post or both, or of a child of one of them.
type strike struct {
	hub, post bool
	role      string        // of the child that is killed, camera or recognizer; empty: hub and post are
	early     bool          // while the program starts; else after it answers, or does its work
	after     time.Duration // since it was started, or since then
}

// plan gives kills, always the same ones for a seed.
type plan struct{ rng *rand.Rand }

func newPlan(seed uint64) plan { return plan{rand.New(rand.NewPCG(seed, 0x6368616f73))} }

// next gives the next kill: the hub most often, the post, both at the same moment, or a child of either; one of six while it
// starts.
func (p plan) next() strike {
	s := strike{hub: true}
	switch n := p.rng.IntN(30); {
	case n < 5:
		s.hub, s.post = false, true
	case n < 8:
		s.post = true
	case n < 18: // the hub alone
	default:
		s.post = n%2 == 0
		s.hub = !s.post
		s.role = "camera"
		if n >= 24 {
			s.role = "recognizer"
		}
	}
	s.early = p.rng.IntN(6) == 0
	if s.early {
		s.after = time.Duration(p.rng.IntN(600)) * time.Millisecond
	} else {
		s.after = 50*time.Millisecond + time.Duration(p.rng.IntN(1000))*time.Millisecond
	}
	return s
}

func (s strike) targets(w *world) (all []*process) {
	if s.hub {
		all = append(all, w.hub)
	}
	if s.post {
		all = append(all, w.post)
	}
	return all
}

// child gives whose turn it is; nil where hub and post have none.
func (s strike) child(w *world) *child {
	for _, c := range w.children {
		if c.role == s.role && c.of == s.targets(w)[0] {
			return c
		}
	}
	return nil
}

func runKill(ctx context.Context, w *world, r *Report) error {
	if err := w.open(ctx); err != nil {
		return err
	}
	if len(w.children) == 0 {
		r.note("hub and post had no cameras and no recognizers: %s", w.options.Missing)
	}
	p, end, told := newPlan(w.options.Seed), time.Now().Add(w.options.For), time.Now()
	for more(w, r.Kills, end) {
		s := p.next()
		switch {
		case s.role == "":
			if err := w.strikeParents(ctx, s, r); err != nil {
				return err
			}
		case s.child(w) != nil:
			if err := w.strikeChild(ctx, s, r); err != nil {
				return err
			}
		}
		if time.Since(told) > 15*time.Second {
			told = time.Now()
			n := w.ledger.Acknowledged()
			w.program.tell(fmt.Sprintf("  已 kill -9 %d 次，已确认通行 %d 次", r.Kills, n), fmt.Sprintf("  %d kills, %d passes acknowledged", r.Kills, n))
		}
	}
	v, err := w.settle(ctx)
	r.Verdict = v
	if err == nil && len(w.children) > 0 {
		w.judgeChildren(ctx, r)
	}
	return err
}

// strikeParents kills hub, post or both, and starts them again.
func (w *world) strikeParents(ctx context.Context, s strike, r *Report) error {
	targets := s.targets(w)
	if !s.early {
		for _, t := range targets {
			if err := t.ready(ctx); err != nil {
				return err
			}
		}
	}
	if err := pause(ctx, s.after); err != nil {
		return err
	}
	for _, t := range targets {
		if t.ended() {
			return t.failure() // nobody has killed it
		}
		w.leave(t)
	}
	kill(targets)
	for _, t := range targets {
		r.killed(t.name)
		if err := t.begin(); err != nil {
			return err
		}
	}
	return nil
}

// more says whether a run goes on: for so many kills, so many passes and so long.
func more(w *world, kills int, end time.Time) bool {
	return kills < w.options.Kills || w.ledger.Acknowledged() < w.options.Passes || time.Now().Before(end)
}

// kill kills several at the same moment.
func kill(all []*process) {
	done := make(chan struct{}, len(all))
	for _, p := range all {
		go func() {
			p.kill()
			done <- struct{}{}
		}()
	}
	for range all {
		<-done
	}
}

// pause waits, or gives the error of a context that ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
