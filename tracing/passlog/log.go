package passlog

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"menshen"
)

// Log holds passes in memory. All methods are safe for concurrent use; each answer is exact for what was done before it
// began.
//
// The passes it gives back carry ID, Site, Person (as corrected), Direction, Captured (in UTC, on the 10 ms grid), Means and
// Decision; the store has the rest. Their Reasons are shared and must not be changed.
type Log struct {
	mu     sync.RWMutex
	cfg    Config
	origin int64 // ticks since 1970
	floor  int64
	seen   map[menshen.PassID]bool
	people names
	gates  names
	trails [][]Entry
	regs   [][]simple
	list   []menshen.Pass
	wanted map[menshen.PassID]string
}

type simple struct {
	at, person uint32
	pass       menshen.Pass
}

type names struct {
	list    []string
	numbers map[string]uint32
}

func (n *names) take(id string) uint32 {
	k, ok := n.numbers[id]
	if !ok {
		k = uint32(len(n.list))
		n.list = append(n.list, id)
		n.numbers[id] = k
	}
	return k
}

// New makes an empty log.
func New(cfg Config) *Log {
	l := &Log{cfg: cfg, seen: map[menshen.PassID]bool{}, wanted: map[menshen.PassID]string{}, floor: math.MinInt64, people: names{numbers: map[string]uint32{}}, gates: names{numbers: map[string]uint32{}}}
	l.people.take("")
	if !cfg.Origin.IsZero() {
		l.origin = ticks(cfg.Origin)
	}
	return l
}

// Append takes passes in, in any order, and says how many were new. A pass whose ID the log has already is left out,
// whatever else it says, and so is one older than what was forgotten, or too far from the others in time (Reach). If any
// pass is not valid (menshen.Pass.Validate), none is taken and the error names it.
func (l *Log) Append(passes ...menshen.Pass) (added int, err error) {
	for i := range passes {
		if err := passes[i].Validate(); err != nil {
			return 0, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range passes {
		if l.origin == 0 {
			l.origin = ticks(p.Captured) - 1<<31
		}
		at := ticks(p.Captured)
		if l.seen[p.ID] || at < l.floor || at < l.origin || at-l.origin > math.MaxUint32 {
			continue
		}
		l.seen[p.ID] = true
		if person, ok := l.wanted[p.ID]; ok {
			p.Person = person
			delete(l.wanted, p.ID)
		}
		p.Captured = time.Unix(0, at*int64(TickLength)).UTC()
		l.list = append(l.list, p)
		added++
	}
	l.index()
	return added, nil
}

func (l *Log) index() {
	slices.SortFunc(l.list, func(a, b menshen.Pass) int {
		return cmp.Or(a.Captured.Compare(b.Captured), cmp.Compare(a.ID.Gate, b.ID.Gate), cmp.Compare(a.ID.Sequence, b.ID.Sequence))
	})
	l.trails, l.regs = nil, nil
	for _, p := range l.list {
		person, gate := l.people.take(p.Person), l.gates.take(p.ID.Gate)
		l.trails = append(l.trails, make([][]Entry, max(0, int(person)+1-len(l.trails)))...)
		l.regs = append(l.regs, make([][]simple, max(0, int(gate)+1-len(l.regs)))...)
		at, flags := uint32(ticks(p.Captured)-l.origin), l.flags(&p)
		l.regs[gate] = append(l.regs[gate], simple{at, person, p})
		if person != 0 {
			l.trails[person] = append(l.trails[person], Entry{at, gate<<8 | uint32(flags)})
		}
	}
}

func (l *Log) flags(p *menshen.Pass) Flags {
	var grade uint8
	if l.cfg.Grade != nil {
		grade = l.cfg.Grade(p)
	}
	return flagsOf(p.Direction, p.Decision.Outcome, grade)
}

// Reassign gives a pass to another person, or to nobody (""), and reports whether the pass is in the log. A pass that is not
// there yet gets its person when it comes.
func (l *Log) Reassign(id menshen.PassID, person string) (moved bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.list {
		if l.list[i].ID == id {
			l.list[i].Person = person
			l.index()
			return true
		}
	}
	l.wanted[id] = person
	return false
}

// Forget drops the passes captured before a time, says how many, and takes none of them in any more.
func (l *Log) Forget(before time.Time) (dropped int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.floor = ticks(before)
	had := len(l.list)
	l.list = slices.DeleteFunc(l.list, func(p menshen.Pass) bool {
		if ticks(p.Captured) >= l.floor {
			return false
		}
		delete(l.seen, p.ID)
		return true
	})
	l.index()
	return had - len(l.list)
}

// Count gives the number of passes.
func (l *Log) Count() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.list)
}

// Passes gives the passes of a person captured in the span, in order; a zero bound is open. Nobody known by that id has
// none, and nor has "".
func (l *Log) Passes(person string, span menshen.Span) (passes []menshen.Pass) {
	l.View(func(v View) { passes = v.Passes(person, span) })
	return passes
}

// Latest gives the n passes captured last at a gate, or at all gates for "", the latest first.
func (l *Log) Latest(n int, gate string) (out []menshen.Pass) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for i := len(l.list) - 1; i >= 0 && len(out) < n; i-- {
		if gate == "" || l.list[i].ID.Gate == gate {
			out = append(out, l.list[i])
		}
	}
	return out
}

// ticks gives a time in ticks since 1970.
func ticks(t time.Time) int64 {
	return t.Unix()*100 + int64(t.Nanosecond())/int64(TickLength)
}
