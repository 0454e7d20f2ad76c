package passlog

import (
	"math"
	"sync"
	"time"

	"menshen"
)

// Columns are passes as the pages of a store have them. Person, Gate and Manner are indexes: the first two in what NewBulk
// was given, the last in Manners. All but Manners are of one length.
type Columns struct {
	Base     int64 // ticks (10 ms) since 1970
	At       []uint32
	Person   []uint32 // 0 is nobody
	Gate     []uint32
	Sequence []uint64
	Manner   []uint16
	// Manners say what passes do not differ in: Site, Direction, Means, Decision, and what Config.Grade looks at.
	Manners []menshen.Pass
}

// Bulk builds a log of many passes at once, on all processors. Add it columns, then Build; nothing more after that. Add is
// safe for concurrent use. A pass that is added twice counts once; of two that say different things under one id, which no
// store has, either stays.
type Bulk struct {
	log    *Log
	people []uint32 // by index: number in the log; none for an index without an id
	gates  []uint32

	mu    sync.Mutex
	parts [][]raw
	rest  []menshen.Pass // what raw cannot express
	based bool
}

// raw is a pass between Add and Build: 16 bytes.
type raw struct {
	at, person uint32
	door       uint32 // gate << 8 | manner
	sequence   uint32
}

const none = math.MaxUint32

// NewBulk begins a bulk build. people and gates give the ids by index; an empty one is an index that is not in use, and
// people[0] stands for nobody, whatever it is.
func NewBulk(cfg Config, people, gates []string) *Bulk {
	b := &Bulk{log: New(cfg), people: make([]uint32, len(people)), gates: make([]uint32, len(gates)), based: !cfg.Origin.IsZero()}
	for i, id := range people {
		b.people[i] = none
		if i > 0 && id != "" {
			b.people[i] = b.log.people.take(id)
		}
	}
	if len(people) > 0 {
		b.people[0] = 0
	}
	for i, id := range gates {
		b.gates[i] = none
		if id != "" {
			b.gates[i] = b.log.gates.take(id)
		}
	}
	return b
}

// Add adds passes; those older than Config.Origin are left out. On an error, which is CodeCorrupt and means that the
// columns are not what any log was made of, none is added.
func (b *Bulk) Add(c Columns) error {
	n := len(c.At)
	if len(c.Person) != n || len(c.Gate) != n || len(c.Sequence) != n || len(c.Manner) != n {
		return unusable("the columns are of different lengths")
	}
	if n == 0 {
		return nil
	}
	indexes, err := b.manners(&c)
	if err != nil {
		return err
	}
	part := make([]raw, 0, n)
	var rest []menshen.Pass
	first := c.Base - b.log.origin // of the columns' ticks, in the log's
	for i, at := range c.At {
		if int(c.Person[i]) >= len(b.people) || int(c.Gate[i]) >= len(b.gates) || int(c.Manner[i]) >= len(indexes) || c.Sequence[i] == 0 {
			return unusable("a number stands for nothing")
		}
		person, gate, manner := b.people[c.Person[i]], b.gates[c.Gate[i]], indexes[c.Manner[i]]
		if person == none || gate == none {
			return unusable("a number stands for nothing")
		}
		if person == 0 && b.log.manners.list[manner].flags.Allowed() {
			return unusable("somebody was allowed, but nobody is named")
		}
		if c.Base+int64(at) < b.log.floor {
			continue
		}
		tick, sequence := first+int64(at), c.Sequence[i]
		if tick < 0 || tick > math.MaxUint32 || sequence > math.MaxUint32 || manner >= rareManners {
			rest = append(rest, b.pass(&c, i))
			continue
		}
		part = append(part, raw{at: uint32(tick), person: person, door: gate<<8 | manner, sequence: uint32(sequence)})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.parts = append(b.parts, part)
	b.rest = append(b.rest, rest...)
	return nil
}

// manners numbers the manners of columns, and sets the origin by the first ones.
func (b *Bulk) manners(c *Columns) ([]uint32, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	indexes := make([]uint32, len(c.Manners))
	for i, p := range c.Manners {
		p.ID, p.Person, p.Captured = menshen.PassID{Gate: "any", Sequence: 1}, "anybody", time.Unix(1<<30, 0)
		if err := p.Validate(); err != nil {
			return nil, unusable("a manner is none").WithCause(err)
		}
		indexes[i] = b.log.manners.index(&p)
	}
	if !b.based {
		b.log.origin, b.based = c.Base-1<<30, true
	}
	return indexes, nil
}

func (b *Bulk) pass(c *Columns, i int) menshen.Pass {
	p := c.Manners[c.Manner[i]]
	p.ID = menshen.PassID{Gate: b.log.gates.id(b.gates[c.Gate[i]]), Sequence: c.Sequence[i]}
	p.Person = b.log.people.id(b.people[c.Person[i]])
	p.Captured = timeOf(c.Base + int64(c.At[i]))
	return p
}

func unusable(why string) *menshen.Error {
	return menshen.Errorf(menshen.CodeCorrupt, "passlog.bulk", "columns of passes are not usable: %s", why)
}
