package tracing

import (
	"cmp"
	"slices"
	"sort"
	"sync"
	"time"

	"menshen"
)

// Log holds passes in memory, by person and by gate, in order of capture time: about 40 bytes a pass. It knows nothing
// of zones. All methods are safe for concurrent use; each answer is exact for the passes appended before it began.
//
// The passes it gives back carry ID, Site, Person, Direction, Captured (in UTC), Means and Decision; the store has the
// rest. Their Reasons are shared and must not be changed. At equal capture times passes are ordered by gate, then sequence.
type Log struct {
	mu      sync.RWMutex
	chunks  [][]record // all full but the last; records never move and never change
	count   int
	people  names // number 0 is nobody
	gates   names
	manners manners
	person  []order // by number of the person; nobody's is empty
	gate    []order // by number of the gate
	seen    []sequences
}

const chunkSize = 1 << 14

// order is positions of records in order of capture.
type order struct {
	at     []uint32
	sorted int // so many at the front are in order; fewer than all only while a batch is taken in
}

// NewLog makes an empty log.
func NewLog() *Log {
	l := &Log{
		people:  names{numbers: map[string]uint32{}},
		gates:   names{numbers: map[string]uint32{}},
		manners: manners{numbers: map[string]uint32{}},
	}
	l.people.take("")
	l.person = make([]order, 1)
	return l
}

// Append takes passes in, in any order, and says how many were new. A pass whose ID the log has already is left out,
// whatever else it says. If any pass is not valid (menshen.Pass.Validate), none is taken and the error names it.
func (l *Log) Append(passes ...menshen.Pass) (added int, err error) {
	for i := range passes {
		if err := passes[i].Validate(); err != nil {
			return 0, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var touched []*order
	put := func(o *order, position uint32) {
		if o.sorted == len(o.at) {
			touched = append(touched, o)
		}
		o.at = append(o.at, position)
	}
	l.makeRoom(passes)
	for i := range passes {
		p := &passes[i]
		gate := l.gates.numbers[p.ID.Gate]
		if l.seen[gate].has(p.ID.Sequence) {
			continue
		}
		l.seen[gate].add(p.ID.Sequence)
		person := l.people.numbers[p.Person]
		position := l.keep(record{at: nanos(p.Captured), seq: p.ID.Sequence, person: person, gate: gate, manner: l.manners.number(p)})
		put(&l.gate[gate], position)
		if person != 0 {
			put(&l.person[person], position)
		}
		added++
	}
	for _, o := range touched {
		l.settle(o)
	}
	return added, nil
}

// makeRoom numbers the people and gates of passes first, so that the orders do not move while they are filled.
func (l *Log) makeRoom(passes []menshen.Pass) {
	for i := range passes {
		if l.people.take(passes[i].Person) {
			l.person = append(l.person, order{})
		}
		if l.gates.take(passes[i].ID.Gate) {
			l.gate = append(l.gate, order{})
			l.seen = append(l.seen, sequences{})
		}
	}
}

func (l *Log) keep(r record) (position uint32) {
	if l.count%chunkSize == 0 {
		l.chunks = append(l.chunks, make([]record, 0, chunkSize))
	}
	last := len(l.chunks) - 1
	l.chunks[last] = append(l.chunks[last], r)
	l.count++
	return uint32(l.count - 1)
}

func (l *Log) record(position uint32) *record {
	return &l.chunks[position/chunkSize][position%chunkSize]
}

// settle puts what was added at the end of an order into its place. Late passes move only what is later than they are.
func (l *Log) settle(o *order) {
	fresh := o.at[o.sorted:]
	slices.SortFunc(fresh, l.compare)
	if i := o.sorted - 1; i >= 0 && l.compare(o.at[i], fresh[0]) > 0 {
		late := slices.Clone(fresh)
		for j, k := len(late)-1, len(o.at)-1; j >= 0; k-- {
			if i >= 0 && l.compare(o.at[i], late[j]) > 0 {
				o.at[k], i = o.at[i], i-1
			} else {
				o.at[k], j = late[j], j-1
			}
		}
	}
	o.sorted = len(o.at)
}

func (l *Log) compare(a, b uint32) int {
	x, y := l.record(a), l.record(b)
	if c := cmp.Compare(x.at, y.at); c != 0 {
		return c
	}
	if x.gate != y.gate {
		return cmp.Compare(l.gates.list[x.gate], l.gates.list[y.gate])
	}
	return cmp.Compare(x.seq, y.seq)
}

// between gives the positions captured in [from, to).
func (l *Log) between(o order, from, to int64) []uint32 {
	i := sort.Search(len(o.at), func(i int) bool { return l.record(o.at[i]).at >= from })
	rest := o.at[i:]
	return rest[:sort.Search(len(rest), func(i int) bool { return l.record(rest[i]).at >= to })]
}

func (l *Log) pass(position uint32) menshen.Pass {
	r := l.record(position)
	m := l.manners.list[r.manner]
	return menshen.Pass{
		ID:        menshen.PassID{Gate: l.gates.list[r.gate], Sequence: r.seq},
		Site:      m.site,
		Person:    l.people.list[r.person],
		Direction: m.direction,
		Captured:  time.Unix(0, r.at).UTC(),
		Means:     m.means,
		Decision:  m.decision,
	}
}

func (l *Log) passes(positions []uint32) []menshen.Pass {
	out := make([]menshen.Pass, len(positions))
	for i, p := range positions {
		out[i] = l.pass(p)
	}
	return out
}

// Passes gives the passes of a person captured in the span, in order; a zero bound is open. Nobody known by that id has
// none, and nor has "".
func (l *Log) Passes(person string, span menshen.Span) []menshen.Pass {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n, ok := l.people.numbers[person]
	if !ok {
		return nil
	}
	from, to := bounds(span)
	return l.passes(l.between(l.person[n], from, to))
}

// Latest gives the n passes captured last at a gate, or at all gates for "", the latest first.
func (l *Log) Latest(n int, gate string) []menshen.Pass {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n = max(n, 0)
	var ends []uint32
	for g, o := range l.gate {
		if gate == "" || gate == l.gates.list[g] {
			ends = append(ends, o.at[max(len(o.at)-n, 0):]...)
		}
	}
	slices.SortFunc(ends, func(a, b uint32) int { return l.compare(b, a) })
	return l.passes(ends[:min(n, len(ends))])
}

// Count gives the number of passes.
func (l *Log) Count() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.count
}
