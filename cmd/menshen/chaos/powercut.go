package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"menshen"
	"menshen/cmd/menshen/chaos/lossyfs"
)

func powerCutScenario() Scenario {
	return Scenario{
		Name:  "powercut",
		About: menshen.Text{ZH: "断电：未落盘的写入全部丢失，或随机残留", EN: "power cuts: what was not synced is dropped, or torn"},
		Mount: true,
		run:   runPowerCut,
	}
}

// runPowerCut runs hub and post on one disk of lossyfs, and cuts the power of both at random moments. Every other cut, by chance,
// is torn: some of what was not synced has reached the disk all the same.
func runPowerCut(ctx context.Context, w *world, r *Report) (err error) {
	disk, err := lossyfs.New(w.data)
	if err != nil {
		return err
	}
	defer func() {
		kill([]*process{w.hub, w.post})
		err = errors.Join(err, disk.Unmount())
	}()
	if err := w.open(ctx); err != nil {
		return err
	}
	if w.options.Lying {
		disk.Sync()
		disk.SetLying(true)
	}
	both := []*process{w.hub, w.post}
	p, end, told, torn, pages, names := newPlan(w.options.Seed), time.Now().Add(w.options.For), time.Now(), 0, 0, 0
	for more(w, r.Cuts, end) {
		c := p.nextCut()
		if !c.early {
			for _, t := range both {
				if err := t.ready(ctx); err != nil {
					return err
				}
			}
		}
		if err := pause(ctx, c.after); err != nil {
			return err
		}
		for _, t := range both {
			if t.ended() {
				return t.failure() // it does not start from what the last cut has left
			}
			t.unwatch() // what another process could see of a file after the cut was in memory only
		}
		kill(both)
		for _, t := range both {
			r.killed(t.name)
		}
		lostPages, lostNames, err := disk.Cut(c.rng, c.torn)
		if err != nil {
			return err
		}
		r.Cuts++
		pages, names = pages+lostPages, names+lostNames
		if c.torn {
			torn++
		}
		if err := disk.Mount(); err != nil {
			return err
		}
		for _, t := range both {
			if err := t.begin(); err != nil {
				return err
			}
		}
		if time.Since(told) > 15*time.Second {
			told = time.Now()
			n := w.ledger.Acknowledged()
			w.program.tell(fmt.Sprintf("  已断电 %d 次，已确认通行 %d 次", r.Cuts, n), fmt.Sprintf("  %d power cuts, %d passes acknowledged", r.Cuts, n))
		}
	}
	r.note("%d pages of 4 KiB and %d names of folders were not synced and were dropped; %d of the cuts were torn", pages, names, torn)
	r.Verdict, err = w.settle(ctx)
	return err
}

// powerCut is one cut of the plan.
type powerCut struct {
	early, torn bool
	after       time.Duration
	rng         *rand.Rand
}

// nextCut gives the next cut: one of six while the programs start, every other one torn.
func (p plan) nextCut() powerCut {
	c := powerCut{early: p.rng.IntN(6) == 0, torn: p.rng.IntN(2) == 0}
	if c.early {
		c.after = time.Duration(p.rng.IntN(800)) * time.Millisecond
	} else {
		c.after = 50*time.Millisecond + time.Duration(p.rng.IntN(1500))*time.Millisecond
	}
	// What of a torn cut survives follows from how far the program has come, not from the seed alone: the rest of the plan must not.
	c.rng = rand.New(rand.NewPCG(p.rng.Uint64(), p.rng.Uint64()))
	return c
}
