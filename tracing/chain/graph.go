package chain

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"menshen"
)

// Options says which contacts count, and how far.
type Options struct {
	From, To     time.Time // cut the contacts to [From, To); zero is without end
	Generations  int       // at most so many; 0 is all
	TiesIncluded bool      // what ends at the very time of exposure is passed on too
	Directed     bool      // A passes it to B only; else both to each other
	Backward     bool      // who could have reached the root
}

// Graph is a list of contacts, arranged for one set of options. It never changes, and any number of goroutines may use it.
type Graph struct {
	o        Options
	contacts []Contact
	people   []string // sorted
	number   map[string]int32

	first []int32 // by person: the first of their arcs; one more at the end
	arcs  []arc
	// Of all arcs, one after the other, in order of end: the contacts' ends, and of those from there on the earliest
	// start with its contact. All times in nanoseconds, negated for a search backward.
	ends   []int64
	starts []int64
	via    []int32
}

// arc is all contacts in which one person may pass it to another.
type arc struct {
	to       int32
	from, up int32 // in ends, starts and via
}

// New arranges contacts for a search. It keeps the slice. CodeInvalid for options that cannot be used.
func New(contacts []Contact, o Options) (*Graph, error) {
	if o.Generations < 0 {
		return nil, menshen.Errorf(menshen.CodeInvalid, "chain.new", "generations: %d is less than one", o.Generations).WithHint("use 1 or more, or leave it out for all")
	}
	for _, t := range []time.Time{o.From, o.To} {
		if y := t.Year(); !t.IsZero() && (y < firstYear || y >= lastYear) {
			return nil, menshen.Errorf(menshen.CodeInvalid, "chain.new", "from and to: the year %d is out of range", y).WithHint("use a year from %d to %d", firstYear, lastYear-1)
		}
	}
	if !o.From.IsZero() && !o.To.IsZero() && !o.From.Before(o.To) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "chain.new", "to: it does not lie after from").WithHint("give a later end")
	}
	g := &Graph{o: o, contacts: contacts, number: map[string]int32{}}
	for i := range contacts {
		g.number[contacts[i].A] = 0
		g.number[contacts[i].B] = 0
	}
	g.people = slices.Sorted(maps.Keys(g.number))
	for i, p := range g.people {
		g.number[p] = int32(i)
	}
	g.arrange(g.edges())
	return g, nil
}

// edge is a contact in the direction in which the search goes along it.
type edge struct {
	from, to   int32
	start, end int64
	contact    int32
}

func (g *Graph) edges() []edge {
	each := 2
	if g.o.Directed {
		each = 1
	}
	edges := make([]edge, 0, each*len(g.contacts))
	for i := range g.contacts {
		c := &g.contacts[i]
		start, end, ok := g.o.cut(c)
		if !ok || c.A == c.B {
			continue
		}
		e := edge{from: g.number[c.A], to: g.number[c.B], start: start, end: end, contact: int32(i)}
		if g.o.Backward {
			e.from, e.to, e.start, e.end = e.to, e.from, -e.end, -e.start
		}
		edges = append(edges, e)
		if !g.o.Directed {
			e.from, e.to = e.to, e.from
			edges = append(edges, e)
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.end, b.end), cmp.Compare(a.start, b.start), cmp.Compare(a.contact, b.contact))
	})
	return edges
}

// cut gives the part of a contact that counts, in nanoseconds.
func (o *Options) cut(c *Contact) (start, end int64, ok bool) {
	start, end = c.Start.UnixNano(), c.End.UnixNano()
	instant := start == end
	if !o.From.IsZero() {
		from := o.From.UnixNano()
		if instant && start < from || !instant && end <= from {
			return 0, 0, false
		}
		start = max(start, from)
	}
	if !o.To.IsZero() {
		to := o.To.UnixNano()
		if start >= to {
			return 0, 0, false
		}
		end = min(end, to)
	}
	return start, end, true
}

func (g *Graph) arrange(edges []edge) {
	g.first = make([]int32, len(g.people)+1)
	g.ends, g.starts, g.via = make([]int64, len(edges)), make([]int64, len(edges)), make([]int32, len(edges))
	person := int32(0)
	for i := 0; i < len(edges); {
		j := i
		for j < len(edges) && edges[j].from == edges[i].from && edges[j].to == edges[i].to {
			j++
		}
		for ; person <= edges[i].from; person++ {
			g.first[person] = int32(len(g.arcs))
		}
		g.arcs = append(g.arcs, arc{to: edges[i].to, from: int32(i), up: int32(j)})
		for k := j - 1; k >= i; k-- {
			g.ends[k], g.starts[k], g.via[k] = edges[k].end, edges[k].start, edges[k].contact
			if k+1 < j && g.starts[k+1] < g.starts[k] {
				g.starts[k], g.via[k] = g.starts[k+1], g.via[k+1]
			}
		}
		i = j
	}
	for ; int(person) < len(g.first); person++ {
		g.first[person] = int32(len(g.arcs))
	}
}

// People gives everybody of the list, sorted. The slice is shared: not to be changed.
func (g *Graph) People() []string { return g.people }
