package chain

import (
	"cmp"
	"math"
	"slices"
	"time"

	"menshen"
)

// Answer is who is reached from a root.
type Answer struct {
	Root   string   `json:"root"`
	People []Person `json:"people"` // by generation, exposure and id; never nil
}

// Person is somebody who is reached.
type Person struct {
	Person     string    `json:"person"`
	Generation int       `json:"generation"`
	ExposedAt  time.Time `json:"exposed_at"` // UTC; backward: the latest time at which they could have passed it on
	Path       []string  `json:"path"`       // from the root to this person, Generation + 1 of them
	Hops       []Hop     `json:"hops"`       // in the order of Path
}

// Hop is one contact of a path. From passes it to To: forward To, and backward From, is the one farther from the root.
type Hop struct {
	From      string    `json:"from"`
	To        string    `json:"to"`
	Start     time.Time `json:"start"` // of the contact as it is in the list
	End       time.Time `json:"end"`
	ExposedAt time.Time `json:"exposed_at"` // of the one farther from the root, as in Person
}

const (
	never   = math.MaxInt64
	ever    = math.MinInt64
	nowhere = -1
)

// label says that somebody is reached at a time by a number of hops.
type label struct {
	at      int64
	person  int32
	parent  int32 // the label that it came from
	contact int32
}

// search is the state of one search.
type search struct {
	*Graph

	labels []label // of each round one after the other
	best   []int64 // by person: the earliest of all rounds before
	told   []int32 // by person: the label of the fewest hops
	now    []int32 // by person: the label of this round
	left   int     // people who were not reached yet
}

// Reach finds who is reached from a root. CodeNotFound where the list has no such person.
func (g *Graph) Reach(root string) (Answer, error) {
	n, ok := g.number[root]
	if !ok {
		return Answer{}, menshen.Errorf(menshen.CodeNotFound, "chain.reach", "root: the contact list has no person %q", root).
			WithHint("see everybody in it with: menshen trace chain --contacts FILE --all-roots")
	}
	s := &search{Graph: g, best: make([]int64, len(g.people)), told: make([]int32, len(g.people)), now: make([]int32, len(g.people)), left: len(g.people) - 1}
	for i := range s.best {
		s.best[i], s.told[i], s.now[i] = never, nowhere, nowhere
	}
	s.best[n] = ever
	s.labels = append(s.labels, label{at: ever, person: n, parent: nowhere, contact: nowhere})
	for generation, from := 1, 0; s.left > 0 && from < len(s.labels) && (g.o.Generations == 0 || generation <= g.o.Generations); generation++ {
		from = s.round(from)
	}
	return s.answer(root), nil
}

// round goes one hop on from the labels of the round before, which begin at from, and gives where its own begin. A label is
// made only where it is earlier than all with fewer hops: who is reached through a later one is reached through that one too,
// with fewer hops.
func (s *search) round(from int) int {
	begin := len(s.labels)
	for i := from; i < begin; i++ {
		p := s.labels[i]
		for _, a := range s.arcs[s.first[p.person]:s.first[p.person+1]] {
			if s.best[a.to] <= p.at { // nothing that comes of p is earlier than p
				continue
			}
			at, contact, ok := s.earliest(a, p.at)
			if !ok || at >= s.best[a.to] {
				continue
			}
			switch k := s.now[a.to]; {
			case k == nowhere:
				s.now[a.to] = int32(len(s.labels))
				s.labels = append(s.labels, label{at: at, person: a.to, parent: int32(i), contact: contact})
			case at < s.labels[k].at:
				s.labels[k] = label{at: at, person: a.to, parent: int32(i), contact: contact}
			}
		}
	}
	// The order of time and id makes the path one and the same whatever the order of the list.
	slices.SortFunc(s.labels[begin:], func(a, b label) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.person, b.person)) })
	for i := begin; i < len(s.labels); i++ {
		p := s.labels[i].person
		s.best[p], s.now[p] = s.labels[i].at, nowhere
		if s.told[p] == nowhere {
			s.told[p] = int32(i)
			s.left--
		}
	}
	return begin
}

// earliest gives when the contacts of an arc expose the other at the earliest, if who passes it on is exposed at a time.
func (s *search) earliest(a arc, exposed int64) (at int64, contact int32, ok bool) {
	i, up := a.from, a.up
	for i < up { // the first that ends late enough
		if m := i + (up-i)/2; s.ends[m] > exposed || s.o.TiesIncluded && s.ends[m] == exposed {
			up = m
		} else {
			i = m + 1
		}
	}
	if i == a.up {
		return 0, 0, false
	}
	return max(s.starts[i], exposed), s.via[i], true
}

func (s *search) answer(root string) Answer {
	out := Answer{Root: root, People: []Person{}}
	for p, l := range s.told {
		if l != nowhere {
			out.People = append(out.People, s.person(int32(p), l))
		}
	}
	slices.SortFunc(out.People, func(a, b Person) int {
		return cmp.Or(cmp.Compare(a.Generation, b.Generation), a.ExposedAt.Compare(b.ExposedAt), cmp.Compare(a.Person, b.Person))
	})
	return out
}

func (s *search) person(p, l int32) Person {
	hops := 0
	for k := l; s.labels[k].parent != nowhere; k = s.labels[k].parent {
		hops++
	}
	out := Person{Person: s.people[p], Generation: hops, ExposedAt: s.time(s.labels[l].at), Path: make([]string, hops+1), Hops: make([]Hop, hops)}
	for k := l; ; k = s.labels[k].parent {
		x := s.labels[k]
		out.Path[hops] = s.people[x.person]
		if x.parent == nowhere {
			return out
		}
		hops--
		c := &s.contacts[x.contact]
		h := Hop{From: s.people[s.labels[x.parent].person], To: s.people[x.person], Start: c.Start.UTC(), End: c.End.UTC(), ExposedAt: s.time(x.at)}
		if s.o.Backward {
			h.From, h.To = h.To, h.From
		}
		out.Hops[hops] = h
	}
}

func (s *search) time(at int64) time.Time {
	if s.o.Backward {
		at = -at
	}
	return time.Unix(0, at).UTC()
}
