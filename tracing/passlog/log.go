package passlog

import (
	"math"
	"sync"

	"menshen"
)

// Log holds passes in memory. All methods are safe for concurrent use; each answer is exact for what was done before it
// began.
//
// The passes it gives back carry ID, Site, Person (as corrected), Direction, Captured (in UTC, on the 10 ms grid), Means and
// Decision; the store has the rest. Their Reasons are shared and must not be changed.
type Log struct {
	mu        sync.RWMutex
	origin    int64 // of tick 0, in ticks since 1970
	floor     int64 // what is before is not held; math.MinInt64 for none
	count     int
	outside   int // passes left out because they were beyond the reach
	people    names
	gates     names
	manners   manners
	trails    trails
	registers registers
	wanted    map[menshen.PassID]wanted // corrections of passes that have not come
	nights    int                       // how often Forget was called
	late      late                      // reused
}

// wanted is whose a pass is to be when it comes, and on which night that was said.
type wanted struct {
	person string
	night  int
}

// patience is for how many nights a correction waits for its pass.
const patience = 14

// New makes an empty log.
func New(cfg Config) *Log {
	l := &Log{
		floor: math.MinInt64, people: newNames(), gates: newNames(), manners: newManners(cfg.Grade),
		wanted: map[menshen.PassID]wanted{},
	}
	l.people.take("")
	l.trails.grow(1)
	if !cfg.Origin.IsZero() {
		l.origin = ticks(cfg.Origin)
		l.floor = l.origin
	}
	return l
}

// Append takes passes in, in any order, and says how many were new. A pass whose ID the log has already is left out,
// whatever else it says, and so is one older than what is held, or too far in time from what is (Reach). If any pass is not
// valid (menshen.Pass.Validate), none is taken and the error names it.
func (l *Log) Append(passes ...menshen.Pass) (added int, err error) {
	for i := range passes {
		if err := passes[i].Validate(); err != nil {
			return 0, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range passes {
		if l.add(&passes[i]) {
			added++
		}
	}
	l.settle()
	return added, nil
}

func (l *Log) add(p *menshen.Pass) bool {
	tick, ok := l.reach(ticks(p.Captured))
	if !ok {
		return false
	}
	gate := l.gate(p.ID.Gate)
	if !l.registers.gates[gate].seen.add(p.ID.Sequence) {
		return false
	}
	name := p.Person
	if len(l.wanted) > 0 {
		if w, ok := l.wanted[p.ID]; ok {
			name = w.person
			delete(l.wanted, p.ID)
		}
	}
	person := l.person(name)
	index := l.manners.index(p)
	r := record{at: tick, person: person, sequence: p.ID.Sequence, manner: l.manners.keep(index, place{gate, p.ID.Sequence})}
	if !l.registers.append(gate, r) {
		l.late.passes = append(l.late.passes, latePass{gate, r})
	}
	if person != 0 {
		if e := (Entry{tick, gate<<8 | uint32(l.manners.list[index].flags)}); !l.trails.append(person, e) {
			l.late.entries = append(l.late.entries, lateEntry{person, e})
		}
	}
	l.count++
	return true
}

func (l *Log) gate(id string) uint32 {
	n := l.gates.take(id)
	if int(n) == len(l.registers.gates) {
		l.registers.gates = append(l.registers.gates, register{guests: new(guestBook)})
	}
	return n
}

func (l *Log) person(id string) uint32 {
	n := l.people.take(id)
	l.trails.grow(int(n) + 1)
	return n
}

// Count gives the number of passes.
func (l *Log) Count() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.count
}

// Outside gives the number of passes that were left out because they were too far in time from the others (Reach): the
// clock of a gate was wrong. The store has them.
func (l *Log) Outside() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.outside
}

// Bytes gives the memory that the log takes.
func (l *Log) Bytes() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.trails.bytes() + l.registers.bytes() + l.people.bytes() + l.gates.bytes() + 48*len(l.manners.rare) + 96*len(l.wanted)
}
