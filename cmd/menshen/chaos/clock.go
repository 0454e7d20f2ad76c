package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"menshen"
	"menshen/tracing"
)

func clockScenario() Scenario {
	return Scenario{
		Name:  "clock",
		About: menshen.Text{ZH: "门口时钟前后跳变一小时、一天", EN: "the gates' clock jumps by an hour and by a day, to and fro"},
		Clock: true,
		run:   runClock,
	}
}

// runClock sets the clock of the gates ahead and back while people come. Only what gates decide by is moved: a process cannot be
// given another time of the machine.
func runClock(ctx context.Context, w *world, r *Report) error {
	if err := w.open(ctx); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(w.options.Seed, 0x636c6f636b))
	jumps := []time.Duration{time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour}
	rng.Shuffle(len(jumps), func(i, j int) { jumps[i], jumps[j] = jumps[j], jumps[i] })
	var to []time.Duration // where the clock jumps
	for _, ahead := range jumps {
		to = append(to, ahead, 0)
	}
	for _, ahead := range to[:w.options.first(len(to))] {
		if err := pause(ctx, 2*time.Second+time.Duration(rng.IntN(2000))*time.Millisecond); err != nil {
			return err
		}
		if err := w.setClock(ahead, w.hub, w.post); err != nil {
			return err
		}
		r.Done.Jumps++
		w.program.tell(fmt.Sprintf("  时钟 %+v", ahead), fmt.Sprintf("  the clock is %+v", ahead))
	}
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	inMemory, err := w.passesInMemory(ctx)
	if err != nil {
		return err
	}
	v, rows, err := w.settleRows(ctx)
	r.Verdict = v
	if err != nil {
		return err
	}
	r.note("%d jumps; %d passes in memory before the end, %d in the pass log", r.Done.Jumps, inMemory, len(rows))
	if inMemory == 0 || inMemory > len(rows) {
		r.Verdict.fault("%d passes in memory, %d in the pass log", inMemory, len(rows))
	}
	r.Verdict.stays(rows)
	return nil
}

// setClock moves the clock of gates, while nobody stands at one.
func (w *world) setClock(ahead time.Duration, of ...*process) error {
	goOn := w.load.pause()
	defer goOn()
	for _, p := range of {
		// The file is whole at every moment: half of it would be another time.
		next := p.clock() + ".next"
		if err := os.WriteFile(next, []byte(ahead.String()), 0o600); err != nil {
			return err
		}
		if err := os.Rename(next, p.clock()); err != nil {
			return err
		}
		p.ahead.Store(int64(ahead))
	}
	return nil
}

// clock is the file that says how far ahead the clock of the process's gates is.
func (p *process) clock() string { return filepath.Join(p.world.folder, p.name+".clock") }

// stays has tracing make stays of the passes, and looks whether any ends before it begins.
func (v *Verdict) stays(rows []Row) {
	site := menshen.Site{ID: siteID, Zones: []menshen.Zone{{ID: menshen.OutsideZone, Kind: menshen.ZoneOutside}, {ID: "compound", Kind: menshen.ZoneCompound}}}
	for i := range hubGates + postGates {
		site.Gates = append(site.Gates, menshen.Gate{ID: gateID(i), From: menshen.OutsideZone, To: "compound"})
	}
	first, last := time.Now(), time.Now()
	passes := make([]menshen.Pass, len(rows))
	for i, r := range rows {
		passes[i] = menshen.Pass{ID: r.ID, Site: siteID, Person: r.Person, Direction: r.Direction, Captured: r.Captured, Decided: r.Decided, Decision: menshen.Decision{Outcome: r.Outcome}, Means: menshen.MeansCard}
		if r.Captured.Before(first) {
			first = r.Captured
		}
		if r.Captured.After(last) {
			last = r.Captured
		}
		if r.Captured.IsZero() || r.Decided.IsZero() || r.Decided.Before(r.Captured) {
			v.fault("%s was captured at %s and decided at %s", r.ID, r.Captured, r.Decided)
		}
	}
	all := tracing.Stays(site, passes, tracing.StayConfig{}, menshen.Span{From: first.Add(-time.Hour), To: last.Add(time.Hour)}, last)
	for _, s := range all {
		if s.To.Before(s.From) {
			v.fault("the stay of %s in %s is from %s to %s", s.Person, s.Zone, s.From, s.To)
		}
	}
	if len(all) == 0 {
		v.fault("%d passes make no stay", len(rows))
	}
}
