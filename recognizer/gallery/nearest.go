package gallery

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"menshen"
)

// few is up to how many people are kept in order all the time. More are gathered, and put in order now and then.
const few = 16

// nearest collects the k nearest people, each with their nearest template.
type nearest struct {
	snapshot  *snapshot
	k         int
	within    float64
	permitted func(person string) bool

	hits  []hit   // in order and of different people up to few; else from ordered on as they came
	full  bool    // there are k people
	bound float64 // nobody farther can be among the k
	order int     // hits that are in order, when many are wanted
}

type hit struct {
	distance float64
	row      uint32
}

func (n *nearest) reset(s *snapshot, k int, within float64, permitted func(string) bool) {
	*n = nearest{snapshot: s, k: k, within: within, permitted: permitted, hits: n.hits[:0], bound: within}
}

// offer takes a row in, if it is near enough. Offering one twice does no harm.
func (n *nearest) offer(row int, distance float64) {
	if !(distance <= n.bound) || n.permitted != nil && !n.permitted(n.snapshot.person(row)) {
		return
	}
	h := hit{distance, uint32(row)}
	if n.k > few {
		n.hits = append(n.hits, h)
		if len(n.hits)-n.order > n.k+1024 && n.k < math.MaxInt/2 {
			n.settle()
		}
		return
	}
	if at := slices.IndexFunc(n.hits, func(o hit) bool { return n.samePerson(h, o) }); at >= 0 {
		if n.compare(h, n.hits[at]) >= 0 {
			return
		}
		n.hits = slices.Delete(n.hits, at, at+1)
	} else if n.full {
		if n.compare(h, n.hits[n.k-1]) >= 0 {
			return
		}
		n.hits = n.hits[:n.k-1]
	}
	at, _ := slices.BinarySearchFunc(n.hits, h, n.compare)
	n.hits = slices.Insert(n.hits, at, h)
	n.tighten()
}

// tighten renews the bound. A person may still come in at the very distance of the last one.
func (n *nearest) tighten() {
	if n.full = len(n.hits) == n.k; n.full {
		n.bound = min(n.within, n.hits[n.k-1].distance)
	}
}

// settle puts what was gathered in order, and keeps the nearest of each person.
func (n *nearest) settle() {
	slices.SortFunc(n.hits, n.compare)
	seen := make(map[string]struct{}, len(n.hits))
	n.hits = slices.DeleteFunc(n.hits, func(h hit) bool {
		if len(seen) == n.k {
			return true
		}
		person := n.snapshot.person(int(h.row))
		_, again := seen[person]
		seen[person] = struct{}{}
		return again
	})
	n.order = len(n.hits)
	n.tighten()
}

// candidates gives the answer.
func (n *nearest) candidates() []menshen.Candidate {
	if n.k > few {
		n.settle()
	}
	if len(n.hits) == 0 {
		return nil
	}
	all := make([]menshen.Candidate, len(n.hits))
	for i, h := range n.hits {
		all[i] = menshen.Candidate{
			Person: n.snapshot.person(int(h.row)), Template: n.snapshot.template(int(h.row)), Distance: h.distance,
		}
	}
	return all
}

func (n *nearest) samePerson(a, b hit) bool {
	p := n.snapshot.page(int(a.row))
	return n.snapshot.samePerson(int(b.row), p.names[a.row%groupRows].person, p)
}

// compare orders by distance, then by the ids of person and template.
func (n *nearest) compare(a, b hit) int {
	if a.distance != b.distance {
		return cmp.Compare(a.distance, b.distance)
	}
	if a.row == b.row {
		return 0
	}
	var room [2][64]byte
	p, q := n.snapshot.page(int(a.row)), n.snapshot.page(int(b.row))
	x, y := p.names[a.row%groupRows], q.names[b.row%groupRows]
	return cmp.Or(bytes.Compare(x.person.append(room[0][:0], p.long), y.person.append(room[1][:0], q.long)),
		bytes.Compare(x.template.append(room[0][:0], p.long), y.template.append(room[1][:0], q.long)))
}
