package passlog

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
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

// Bulk builds a log of many passes at once, on all processors. Either Add it columns, or Count all of them and then Place the
// same again; then Build; nothing more after that. Counted and placed passes take no memory beside that of the log. A pass that
// comes twice counts once; of two that say different things under one id, which no store has, either stays.
type Bulk struct {
	log    *Log
	people []uint32 // by index: number in the log; none for an index without an id
	gates  []uint32

	mu    sync.Mutex
	based bool
	parts [][]raw        // added
	rest  []menshen.Pass // what raw cannot express

	workers int
	scratch [][]raw // reused
	ground  *ground // where passes go, once they are counted
}

// raw is a pass on its way: 16 bytes.
type raw struct {
	at, person uint32
	door       uint32 // gate << 8 | manner
	sequence   uint32
}

const none = math.MaxUint32

// maxWorkers is how many processors are used at most.
const maxWorkers = 8

// NewBulk begins a bulk build. people and gates give the ids by index; an empty one is an index that is not in use, and
// people[0] stands for nobody, whatever it is.
func NewBulk(cfg Config, people, gates []string) *Bulk {
	b := &Bulk{
		log: New(cfg), people: make([]uint32, len(people)), gates: make([]uint32, len(gates)), based: !cfg.Origin.IsZero(),
		workers: min(max(runtime.GOMAXPROCS(0), 2), maxWorkers),
	}
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
// columns are not what any log was made of, none is added. It is safe for concurrent use.
func (b *Bulk) Add(c Columns) error {
	part, rest, err := b.translate(&c, make([]raw, 0, len(c.At)))
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.parts = append(b.parts, part)
	b.rest = append(b.rest, rest...)
	return nil
}

// Count takes note of how many passes there will be of whom and where. It gives an error for each of the columns; those with
// one, as of Add, are not counted, and must not be placed. Count and Place are called by one goroutine.
func (b *Bulk) Count(pages []Columns) []error {
	errs := make([]error, len(pages))
	parts, _ := b.translateAll(pages, errs)
	b.count(parts)
	return errs
}

// Place puts passes where they belong, after all were counted; best in order of time, and some pages at once. An error means
// that they are not what was counted: the log is of no use then.
func (b *Bulk) Place(pages []Columns) error {
	errs := make([]error, len(pages))
	parts, rest := b.translateAll(pages, errs)
	b.rest = append(b.rest, rest...)
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return b.place(parts)
}

// translateAll translates on all processors, into memory that is used again.
func (b *Bulk) translateAll(pages []Columns, errs []error) (parts [][]raw, rest []menshen.Pass) {
	for len(b.scratch) < len(pages) {
		b.scratch = append(b.scratch, nil)
	}
	rests := make([][]menshen.Pass, len(pages))
	var taken atomic.Int32
	each(b.workers, func(int) {
		for i := int(taken.Add(1)) - 1; i < len(pages); i = int(taken.Add(1)) - 1 {
			b.scratch[i], rests[i], errs[i] = b.translate(&pages[i], b.scratch[i][:0])
		}
	})
	for i := range pages {
		if errs[i] != nil {
			b.scratch[i], rests[i] = b.scratch[i][:0], nil
		}
		rest = append(rest, rests[i]...)
	}
	return b.scratch[:len(pages)], rest
}

// translate appends the passes of columns to part, in the log's own numbers; rest is what raw cannot express.
func (b *Bulk) translate(c *Columns, part []raw) (_ []raw, rest []menshen.Pass, err error) {
	n := len(c.At)
	if len(c.Person) != n || len(c.Gate) != n || len(c.Sequence) != n || len(c.Manner) != n {
		return part, nil, unusable("the columns are of different lengths")
	}
	if n == 0 {
		return part, nil, nil
	}
	indexes, nameless, err := b.manners(c)
	if err != nil {
		return part, nil, err
	}
	first := c.Base - b.log.origin // of the columns' ticks, in the log's
	for i, at := range c.At {
		if int(c.Person[i]) >= len(b.people) || int(c.Gate[i]) >= len(b.gates) || int(c.Manner[i]) >= len(indexes) || c.Sequence[i] == 0 {
			return part, nil, unusable("a number stands for nothing")
		}
		person, gate, manner := b.people[c.Person[i]], b.gates[c.Gate[i]], indexes[c.Manner[i]]
		if person == none || gate == none {
			return part, nil, unusable("a number stands for nothing")
		}
		if person == 0 && !nameless[c.Manner[i]] {
			return part, nil, unusable("somebody was allowed, but nobody is named")
		}
		if c.Base+int64(at) < b.log.floor {
			continue
		}
		tick, sequence := first+int64(at), c.Sequence[i]
		if tick < 0 || tick > math.MaxUint32 || sequence > math.MaxUint32 || manner >= rareManners {
			rest = append(rest, b.pass(c, i))
			continue
		}
		part = append(part, raw{at: uint32(tick), person: person, door: gate<<8 | manner, sequence: uint32(sequence)})
	}
	return part, rest, nil
}

// manners numbers the manners of columns, says which of them nobody may have, and sets the origin by the first ones.
func (b *Bulk) manners(c *Columns) (indexes []uint32, nameless []bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	indexes, nameless = make([]uint32, len(c.Manners)), make([]bool, len(c.Manners))
	for i, p := range c.Manners {
		p.ID, p.Person, p.Captured = menshen.PassID{Gate: "any", Sequence: 1}, "anybody", time.Unix(1<<30, 0)
		if err := p.Validate(); err != nil {
			return nil, nil, unusable("a manner is none").WithCause(err)
		}
		indexes[i] = b.log.manners.index(&p)
		nameless[i] = !b.log.manners.list[indexes[i]].flags.Allowed()
	}
	if !b.based {
		b.log.origin, b.based = c.Base-1<<30, true
	}
	return indexes, nameless, nil
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
