// Package tally counts what passes at the gates by the hours and days of the site. It knows nobody: what it counts has no people
// in it. Days that are over are counted once and remembered, until a pass of them comes late.
package tally

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"menshen"
)

// MostDays is how many days can be counted at once.
const MostDays = 31

// Store counts passes. Safe for concurrent use.
type Store interface {
	PassTallies(ctx context.Context, span menshen.Span) ([]menshen.PassTally, error)
}

// Count is what happened at one gate.
type Count struct {
	In, Out int // let through
	Refused int
	Review  int // left to a guard
}

func (c *Count) add(o Count) {
	c.In, c.Out, c.Refused, c.Review = c.In+o.In, c.Out+o.Out, c.Refused+o.Refused, c.Review+o.Review
}

// ByGate is counts by gate; a gate without any is not in it.
type ByGate map[string]Count

func (g ByGate) add(gate string, c Count) {
	sum := g[gate]
	sum.add(c)
	g[gate] = sum
}

// Hour is an hour of the day, all days together.
type Hour struct {
	ByGate

	Times int // how often the clocks showed it: as often as there are days, unless they were put forward or back
}

// Day is a day of the site.
type Day struct {
	ByGate

	Date time.Time // midnight
}

// Reason is how often something was the reason that somebody was not let through.
type Reason struct {
	Reason          menshen.Reason
	Refused, Review int
}

// Report is the counts of some days.
type Report struct {
	Span    menshen.Span
	Hours   [24]Hour
	Days    []Day    // the earliest first
	Reasons []Reason // the most frequent first
}

// Tally counts. Safe for concurrent use.
type Tally struct {
	store    Store
	location *time.Location

	mu      sync.Mutex
	known   map[int64]*day // by the beginning; days that are over
	touched map[int64]bool // days that passes came of since reading began

	counting sync.Mutex // one reads from the store at a time
}

// day is what is remembered of a day.
type day struct {
	hours   [24]ByGate
	reasons map[menshen.Reason]Reason
}

// New makes a Tally for the days of a place.
func New(store Store, location *time.Location) *Tally {
	return &Tally{store: store, location: location, known: map[int64]*day{}, touched: map[int64]bool{}}
}

// Passed hears of passes that were kept.
func (t *Tally) Passed(passes ...menshen.Pass) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range passes {
		begin := t.midnight(p.Captured, 0).Unix()
		delete(t.known, begin)
		t.touched[begin] = true
	}
}

// midnight gives the beginning of the day of a time, days later.
func (t *Tally) midnight(at time.Time, days int) time.Time {
	y, m, d := at.In(t.location).Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, t.location)
}

// Count counts so many days of the site, the day of now being the last.
func (t *Tally) Count(ctx context.Context, days int, now time.Time) (Report, error) {
	if days < 1 || days > MostDays {
		return Report{}, menshen.Errorf(menshen.CodeInvalid, "tally.count", "days: %d is out of range", days).WithHint("use 1 to %d", MostDays)
	}
	t.counting.Lock()
	defer t.counting.Unlock()
	r := Report{Span: menshen.Span{From: t.midnight(now, 1-days), To: now}}
	for h := range r.Hours {
		r.Hours[h].ByGate = ByGate{}
	}
	begins := make([]time.Time, days+1)
	for i := range begins {
		begins[i] = t.midnight(now, 1-days+i)
	}
	all, err := t.days(ctx, begins, now)
	if err != nil {
		return Report{}, err
	}
	reasons := map[menshen.Reason]Reason{}
	for i, d := range all {
		of := Day{Date: begins[i], ByGate: ByGate{}}
		for h, gates := range d.hours {
			for gate, c := range gates {
				of.add(gate, c)
				r.Hours[h].add(gate, c)
			}
		}
		r.Days = append(r.Days, of)
		for at := begins[i]; at.Before(begins[i+1]); at = at.Add(time.Hour) {
			r.Hours[at.Hour()].Times++
		}
		for word, n := range d.reasons {
			sum := reasons[word]
			reasons[word] = Reason{word, sum.Refused + n.Refused, sum.Review + n.Review}
		}
	}
	for _, n := range reasons {
		r.Reasons = append(r.Reasons, n)
	}
	slices.SortFunc(r.Reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Refused+b.Review, a.Refused+a.Review), cmp.Compare(a.Reason, b.Reason))
	})
	return r, nil
}

// days gives the days that begin at the times, the last of which is an end. Those that lie side by side and are not remembered are
// read at once.
func (t *Tally) days(ctx context.Context, begins []time.Time, now time.Time) ([]*day, error) {
	all := make([]*day, len(begins)-1)
	t.mu.Lock()
	clear(t.touched)
	for i := range all {
		all[i] = t.known[begins[i].Unix()]
	}
	t.mu.Unlock()
	for i := 0; i < len(all); i++ {
		if all[i] != nil {
			continue
		}
		end := i
		for end < len(all) && all[end] == nil {
			all[end] = newDay()
			end++
		}
		if err := t.read(ctx, all[i:end], begins[i:end+1]); err != nil {
			return nil, err
		}
		i = end
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, d := range all {
		// Of a day that was touched, a pass may have come after it was read.
		if begin := begins[i].Unix(); !begins[i+1].After(now) && !t.touched[begin] {
			t.known[begin] = d
		}
	}
	for begin := range t.known {
		if begin < t.midnight(now, -MostDays).Unix() {
			delete(t.known, begin)
		}
	}
	return all, nil
}

func newDay() *day {
	d := &day{reasons: map[menshen.Reason]Reason{}}
	for h := range d.hours {
		d.hours[h] = ByGate{}
	}
	return d
}

// read counts days that lie side by side from the store.
func (t *Tally) read(ctx context.Context, days []*day, begins []time.Time) error {
	tallies, err := t.store.PassTallies(ctx, menshen.Span{From: begins[0], To: begins[len(days)]})
	if err != nil {
		return err
	}
	for _, of := range tallies {
		i, found := slices.BinarySearchFunc(begins, of.At, func(begin, at time.Time) int { return begin.Compare(at) })
		if !found {
			i--
		}
		if i >= 0 && i < len(days) {
			days[i].count(of, of.At.In(t.location).Hour())
		}
	}
	return nil
}

func (d *day) count(of menshen.PassTally, hour int) {
	var c Count
	sum := d.reasons[of.Reason]
	switch of.Outcome {
	case menshen.OutcomeAllow:
		if of.Direction == menshen.DirectionIn {
			c.In = of.Count
		} else {
			c.Out = of.Count
		}
		d.hours[hour].add(of.Gate, c)
		return
	case menshen.OutcomeReview:
		c.Review, sum.Review = of.Count, sum.Review+of.Count
	default:
		c.Refused, sum.Refused = of.Count, sum.Refused+of.Count
	}
	d.reasons[of.Reason] = Reason{of.Reason, sum.Refused, sum.Review}
	d.hours[hour].add(of.Gate, c)
}
