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
		Name:  "kill",
		About: menshen.Text{ZH: "随机时刻 kill -9 主机和岗亭", EN: "kill -9 of hub and post at random moments"},
		run:   runKill,
	}
}

// strike is one kill of the plan.
type strike struct {
	hub, post bool
	early     bool          // while the program starts; else after it answers
	after     time.Duration // since it was started, or since it answered
}

// plan gives kills, always the same ones for a seed.
type plan struct{ rng *rand.Rand }

func newPlan(seed uint64) plan { return plan{rand.New(rand.NewPCG(seed, 0x6368616f73))} }

// next gives the next kill: the hub most often, the post, or both at the same moment; one of six while it starts.
func (p plan) next() strike {
	s := strike{hub: true}
	switch n := p.rng.IntN(20); {
	case n < 5:
		s.hub, s.post = false, true
	case n < 8:
		s.post = true
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

func runKill(ctx context.Context, w *world, r *Report) error {
	if err := w.open(ctx); err != nil {
		return err
	}
	p, end, told := newPlan(w.options.Seed), time.Now().Add(w.options.For), time.Now()
	for more(w, r.Kills, end) {
		s := p.next()
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
		}
		kill(targets)
		r.Kills += len(targets)
		for _, t := range targets {
			if err := t.begin(); err != nil {
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
	return err
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
