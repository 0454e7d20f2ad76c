package evidence

import (
	"time"

	"menshen"
)

const (
	// maxLooks is how many faces of a track are weighed; with more, the oldest go. It bounds memory, and keeps a long
	// wait before the camera from outvoting who stands there now.
	maxLooks = 16
	// maxPeople is how many people are kept of each search: the nearest, the runner-up, and one for the guard to see.
	maxPeople = 3
)

// SearchPeople is how many people a search should ask for.
const SearchPeople = maxPeople

// look is one usable face with the people found for it, nearest first.
type look struct {
	captured   time.Time
	quality    float64
	masked     bool // mouth and nose are covered
	people     [maxPeople]menshen.Candidate
	n          int
	descriptor menshen.Descriptor
	checked    bool    // for liveness
	live       float64 // 0 … 1
}

// fill keeps the nearest people, each once, whatever order they come in. A distance that is none (negative, not a
// number) is not kept: it must never count as near.
func (l *look) fill(found []menshen.Candidate) {
	for _, c := range found {
		if c.Person == "" || !(c.Distance >= 0) {
			continue
		}
		l.keep(c)
	}
}

func (l *look) keep(c menshen.Candidate) {
	for i := range l.n {
		if l.people[i].Person != c.Person {
			continue
		}
		if l.people[i].Distance <= c.Distance {
			return
		}
		copy(l.people[i:l.n-1], l.people[i+1:l.n])
		l.n--
		break
	}
	at := l.n
	for at > 0 && l.people[at-1].Distance > c.Distance {
		at--
	}
	if at == maxPeople {
		return
	}
	l.n = min(l.n+1, maxPeople)
	copy(l.people[at+1:l.n], l.people[at:l.n-1])
	l.people[at] = c
}

// near says that somebody is within the distance Unsure.
func (l *look) near(p *OperatingPoint) bool {
	return l.n > 0 && l.people[0].Distance <= p.of(l.masked).Unsure
}

// vote gives the person that the face counts for, "" for none.
func (l *look) vote(p *OperatingPoint) string {
	if l.n == 0 {
		return ""
	}
	nearest := l.people[0]
	t := p.person(nearest.Person, l.masked)
	if !(nearest.Distance <= t.Known) {
		return ""
	}
	if l.n > 1 && l.people[1].Distance-nearest.Distance < t.MinMargin {
		return ""
	}
	return nearest.Person
}
