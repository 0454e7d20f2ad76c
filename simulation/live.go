package simulation

import (
	"context"
	"slices"
	"time"

	"menshen"
)

// LiveConfig says how the passes of a community are played.
type LiveConfig struct {
	From time.Time // the time to begin at; default, and no later than, the time of the clock
	// Speed is how fast simulated time runs while it is behind the clock, as a multiple; 1 or more, default 1. With more
	// than 1 the play catches up and then goes on in real time. No pass comes before its time.
	Speed float64
	// Quiet is the longest silence in simulated time: where the plan has no pass for longer, at night for example,
	// somebody who is at home takes a few steps outside. Default 15 s; below 0 the plan is played as it is.
	Quiet time.Duration
}

const (
	defaultQuiet = 15 * time.Second
	// strollTime is longer than any stroll takes.
	strollTime = 15 * time.Minute
	// longestWait bounds how long a change of the clock goes unseen.
	longestWait = time.Minute
)

// Live plays the passes from a time on, each as it is decided, until the context ends or emit gives an error; it returns
// that error. Passes come in order of capture, from one goroutine. clock tells the time; waiting is in real time.
//
// A play depends on the seed and on where it begins.
func (c *Community) Live(ctx context.Context, clock func() time.Time, cfg LiveConfig, emit func(menshen.Pass) error) error {
	began := clock()
	if cfg.From.IsZero() || cfg.From.After(began) {
		cfg.From = began
	}
	if cfg.Speed == 0 {
		cfg.Speed = 1
	}
	if cfg.Quiet == 0 {
		cfg.Quiet = defaultQuiet
	}
	if !(cfg.Speed >= 1) {
		return menshen.Errorf(menshen.CodeInvalid, "simulation.live", "speed is %v", cfg.Speed).WithHint("use 1 or more")
	}
	from := later(cfg.From, c.cfg.Start)
	p := c.newPlay(from, cfg.Quiet)
	for {
		e := p.next()
		due := time.UnixMilli(e.at + slowestDecision)
		if behind := began.Add(time.Duration(float64(due.Sub(from)) / cfg.Speed)); behind.After(due) {
			due = behind
		}
		if err := wait(ctx, clock, due); err != nil {
			return err
		}
		if err := emit(c.pass(e)); err != nil {
			return err
		}
	}
}

func wait(ctx context.Context, clock func() time.Time, until time.Time) error {
	for {
		left := until.Sub(clock())
		if left <= 0 {
			return ctx.Err()
		}
		t := time.NewTimer(min(left, longestWait))
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

// play is the endless row of events from a time on, with strolls where it is quiet.
type play struct {
	*Community
	dice
	day     int
	events  []event // of the day, in order
	strolls []event // in order
	quiet   int64   // milliseconds; below 0 for never
	last    int64   // time of the last event given
	home    []bool  // by resident
}

func (c *Community) newPlay(from time.Time, quiet time.Duration) *play {
	p := &play{
		Community: c, dice: c.dice(streamLive, uint64(from.UnixMilli()), 0), day: c.dayOf(from),
		quiet: quiet.Milliseconds(), last: from.UnixMilli(), home: make([]bool, len(c.residents)),
	}
	if quiet < 0 {
		p.quiet = -1
	}
	for n, h := range c.households {
		atHome := !c.awayAtStart(n, p.day)
		for i := range h.count {
			p.home[h.first+i] = atHome && c.residents[h.first+i].Habit != HabitMoved
		}
	}
	p.events = c.events(nil, p.day)
	for len(p.events) > 0 && p.events[0].at < p.last {
		p.take(&p.events)
	}
	return p
}

// take removes the first event of a row and follows who is at home.
func (p *play) take(row *[]event) event {
	e := (*row)[0]
	*row = (*row)[1:]
	if e.kind == passed || e.kind == passedByGuard {
		home := p.residents[e.person].home
		if u := p.layout.buildings[home.building].units[home.unit]; e.gate == u.floors {
			p.home[e.person] = !e.out
		}
	}
	return e
}

// next gives the next event.
func (p *play) next() event {
	for len(p.events) == 0 {
		p.day++
		p.events = p.Community.events(p.events, p.day)
	}
	first := p.events[0].at
	if len(p.strolls) > 0 {
		first = min(first, p.strolls[0].at)
	}
	if p.quiet >= 0 && first-p.last > p.quiet {
		p.stroll(p.last + p.quiet/2)
	}
	row := &p.events
	if len(p.strolls) > 0 && p.strolls[0].at < p.events[0].at {
		row = &p.strolls
	}
	e := p.take(row)
	p.last = e.at
	return e
}

// stroll lets somebody who stays at home otherwise walk round the compound, with the first pass at a given time. Where
// there is nobody, a stranger tries a gate.
func (p *play) stroll(at int64) {
	for range 40 {
		n := int32(p.IntN(len(p.residents)))
		if !p.home[n] || p.isDue(n, at+strollTime.Milliseconds()) {
			continue
		}
		d := dayPlan{Community: p.Community, dice: p.dice}
		d.round(member{n, []stop{{place{}, p.between(0.3, 2)}}}, at, newPace(p.Uint64()))
		for shift, i := at-d.events[0].at, 0; i < len(d.events); i++ {
			d.events[i].at += shift
		}
		p.strolls = append(p.strolls, d.events...)
		slices.SortFunc(p.strolls, compareEvents)
		return
	}
	p.strolls = append(p.strolls, event{at: at, person: stranger, gate: p.layout.outer[p.IntN(len(p.layout.outer))], kind: unknown})
	slices.SortFunc(p.strolls, compareEvents)
}

// isDue reports whether a resident passes anywhere before a time.
func (p *play) isDue(n int32, before int64) bool {
	due := func(row []event) bool {
		for _, e := range row {
			if e.at >= before {
				return false
			}
			if e.person == n {
				return true
			}
		}
		return false
	}
	return due(p.events) || due(p.strolls)
}
