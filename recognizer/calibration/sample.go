package calibration

import (
	"cmp"
	"context"
	"hash/fnv"
	"iter"
	"slices"

	"menshen"
)

// Searcher is the gallery: up to k different people, nearest first.
type Searcher interface {
	Search(d menshen.Descriptor, k int) ([]menshen.Candidate, error)
}

// Person is somebody enrolled, with the templates of one engine that show an uncovered face.
type Person struct {
	ID        string
	Household string // people of one household are no strangers to each other; "" for none
	Templates []menshen.Descriptor
}

// Sample is what probing the gallery with its own people gave.
type Sample struct {
	Gallery   int // people with templates
	Templates int // of all of them
	subjects  []subject
}

// subject is one person as a stranger to all others, and as themselves.
type subject struct {
	id      string
	nearest [][]menshen.Candidate // by template: the nearest strangers, nearest first, at most keepNearest
	genuine []float64             // by template: distance to the nearest other one of the person; none with a single template
}

const (
	keepNearest = 4  // so many strangers of a probe are remembered, in case the nearest turn out to be kin
	askNearest  = 12 // … of so many asked for, for the person and their household are among them
	askMore     = 128
)

// Choose gives at most limit of the people of a stream of templates, with all their templates; and how many people and
// templates there are in all. People are chosen by a hash of their id: the same ones each time, and no kind of people
// more than another. Templates of covered faces count, but are not given. household names the household of a person.
func Choose(templates iter.Seq2[menshen.Template, error], limit int, household func(person string) string) (chosen []Person, people, count int, err error) {
	seen := map[uint64]bool{}
	kept := map[uint64]*Person{}
	most := ^uint64(0) // hashes up to here are kept
	for t, err := range templates {
		if err != nil {
			return nil, 0, 0, err
		}
		count++
		h := hash(t.Person)
		seen[h] = true
		if h > most || t.Masked {
			continue
		}
		p := kept[h]
		if p == nil {
			p = &Person{ID: t.Person, Household: household(t.Person)}
			kept[h] = p
		}
		p.Templates = append(p.Templates, t.Descriptor)
		for len(kept) > limit {
			most /= 2
			for h := range kept {
				if h > most {
					delete(kept, h)
				}
			}
		}
	}
	for _, p := range kept {
		chosen = append(chosen, *p)
	}
	slices.SortFunc(chosen, func(a, b Person) int { return cmp.Compare(a.ID, b.ID) })
	return chosen, len(seen), count, nil
}

func hash(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // it never fails
	x := h.Sum64()             // FNV leaves the upper bits of short texts alike: mix (splitmix64)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Probe searches the gallery for each template of the people, who are enrolled in it, with the person and their household
// left out. gallery and templates are how many people and templates are enrolled in all. household names the household
// of anybody enrolled. rest is called after each person, e.g. to leave the processor to others; its error ends the work.
func Probe(ctx context.Context, people []Person, gallery, templates int, search Searcher, household func(person string) string, rest func() error) (Sample, error) {
	s := Sample{Gallery: gallery, Templates: templates}
	for _, p := range people {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		one := subject{id: p.ID}
		for i, d := range p.Templates {
			near, err := strangers(p, d, gallery, search, household)
			if err != nil {
				return s, err
			}
			one.nearest = append(one.nearest, near)
			if len(p.Templates) > 1 {
				one.genuine = append(one.genuine, ownNearest(p.Templates, i))
			}
		}
		s.subjects = append(s.subjects, one)
		if rest != nil {
			if err := rest(); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// strangers gives the nearest people who are neither the person nor of their household.
func strangers(p Person, d menshen.Descriptor, gallery int, search Searcher, household func(string) string) ([]menshen.Candidate, error) {
	for _, k := range []int{askNearest, askMore} {
		found, err := search.Search(d, k)
		if err != nil {
			return nil, err
		}
		all := len(found) < k || k >= gallery // there is nobody else
		found = slices.DeleteFunc(slices.Clone(found), func(c menshen.Candidate) bool {
			return c.Person == p.ID || p.Household != "" && household(c.Person) == p.Household
		})
		if len(found) >= 2 || all || k == askMore {
			return found[:min(len(found), keepNearest)], nil
		}
	}
	return nil, nil
}

func ownNearest(templates []menshen.Descriptor, i int) float64 {
	best := -1.0
	for j, o := range templates {
		if j != i {
			if d := templates[i].Distance(o); best < 0 || d < best {
				best = d
			}
		}
	}
	return best
}
