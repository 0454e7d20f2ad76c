package calibration

import (
	"cmp"
	"slices"

	"menshen"
)

// Pair is two people enrolled with the distance of their nearest templates. A is before B in order of ids.
type Pair struct {
	A, B     string
	Distance float64
}

// Limit is what counts for a look-alike in place of the site's thresholds; it is stricter, never looser.
type Limit struct {
	Known     float64 // up to this distance a face may count as theirs
	MinMargin float64 // how much farther the runner-up must be for it to count
}

const (
	// Nearness of a look-alike's face to the enrolled templates, as a part of the distance to the other one's: a face that
	// counts must be clearly nearer than a template of the other.
	likeShare = 0.9
	// … and this part of Known the other one must be farther from the face.
	likeMargin = 0.1
	// nearPeople is how many people near a template are remembered.
	nearPeople = 16
)

// NearSearcher is the gallery: up to k different people within a distance, nearest first.
type NearSearcher interface {
	SearchWithin(d menshen.Descriptor, k int, distance float64) ([]menshen.Candidate, error)
}

// LookAlikes knows which people enrolled are near each other, and gives them stricter thresholds.
//
// The rule: two people are look-alikes where a template of the one is within Known of a template of the other. Then the
// threshold cannot part them, and for each of the two a face counts only within 0.9 of the distance between them, and only
// where the next person is farther by a tenth of Known. It is symmetrical, the nearest look-alike decides, and it ends
// when one of the two leaves.
//
// What it does to single pictures of synthetic faces, five templates each, of two people a third as far apart as
// strangers: taken for the other 6.9 % → 0.0 %; an unenrolled third of the kind taken for one of them 100 % → 3 %; the
// price is that of their own pictures 16 % count, before 93 %. Half as far apart as strangers: 0.3 % → 0.0 %, 94 % → 5 %,
// and 78 % of their own count. The rest is for the guard: the network cannot tell such people apart.
//
// It is not safe for concurrent use.
type LookAlikes struct {
	reach float64
	near  map[string]map[string]float64 // distances both ways
}

// NewLookAlikes makes an empty one that remembers people within a distance of each other: the largest that Known will be.
func NewLookAlikes(reach float64) *LookAlikes {
	return &LookAlikes{reach: reach, near: map[string]map[string]float64{}}
}

// Enter finds who is near a person, anew. templates are all that the person has now; with none they are forgotten.
func (l *LookAlikes) Enter(person string, templates []menshen.Descriptor, search NearSearcher) error {
	near := map[string]float64{}
	for _, t := range templates {
		found, err := search.SearchWithin(t, nearPeople, l.reach)
		if err != nil {
			return err
		}
		for _, c := range found {
			if d, ok := near[c.Person]; c.Person != person && (!ok || c.Distance < d) {
				near[c.Person] = c.Distance
			}
		}
	}
	l.Forget(person)
	for other, d := range near {
		l.put(person, other, d)
		l.put(other, person, d)
	}
	return nil
}

func (l *LookAlikes) put(a, b string, d float64) {
	if l.near[a] == nil {
		l.near[a] = map[string]float64{}
	}
	l.near[a][b] = d
}

// Forget ends all pairs of a person.
func (l *LookAlikes) Forget(person string) {
	for other := range l.near[person] {
		delete(l.near[other], person)
		if len(l.near[other]) == 0 {
			delete(l.near, other)
		}
	}
	delete(l.near, person)
}

// Pairs gives the look-alikes at a threshold, nearest first.
func (l *LookAlikes) Pairs(known float64) []Pair {
	var all []Pair
	for a, near := range l.near {
		for b, d := range near {
			if a < b && d <= known {
				all = append(all, Pair{A: a, B: b, Distance: d})
			}
		}
	}
	slices.SortFunc(all, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return all
}

// Limits gives the stricter thresholds of the look-alikes at a threshold and margin of the site, by person. Whoever is not
// in it has none. The map is the caller's.
func (l *LookAlikes) Limits(known, margin float64) map[string]Limit {
	limits := map[string]Limit{}
	for _, p := range l.Pairs(known) { // nearest first: the first one of a person decides
		limit := LimitOf(p.Distance, known, margin)
		for _, person := range []string{p.A, p.B} {
			if _, ok := limits[person]; !ok {
				limits[person] = limit
			}
		}
	}
	return limits
}

// LimitOf gives the limit of two look-alikes at a distance from each other.
func LimitOf(distance, known, margin float64) Limit {
	return Limit{Known: min(known, max(likeShare*distance, nobody)), MinMargin: max(margin, likeMargin*known)}
}

// nobody is a threshold above 0 that no face is within: for two people with the very same template.
const nobody = 1e-9
