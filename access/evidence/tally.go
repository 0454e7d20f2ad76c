package evidence

import (
	"cmp"
	"slices"
	"time"

	"menshen"
)

// votes is what the looks say for one person.
type votes struct {
	person string
	count  int
	masked int     // of count
	weight float64 // quality of the voting faces
}

// tally is what all looks of a segment say together.
type tally struct {
	usable  int
	near    bool // somebody is within Unsure of some face
	people  [maxLooks]votes
	n       int
	leader  int // index in people; -1 with no votes
	rival   int // the next one; -1 for none
	nobody  int // good faces that speak for nobody
	from    time.Time
	to      time.Time // first and last capture of those
	foreign bool      // a vote for a person other than the one known before
}

// count tallies the looks. known is the person this track was known as before, "" for none.
func count(cfg *Config, looks []look, known string) tally {
	s := tally{usable: len(looks), leader: -1, rival: -1}
	for i := range looks {
		l := &looks[i]
		if !l.near(&cfg.OperatingPoint) {
			if l.quality >= cfg.GoodQuality {
				s.against(l.captured)
			}
			continue
		}
		s.near = true
		if person := l.vote(&cfg.OperatingPoint); person != "" {
			s.vote(person, l)
			s.foreign = s.foreign || person != known
		}
	}
	for i := range s.people[:s.n] {
		switch {
		case s.leader < 0 || s.people[i].leads(s.people[s.leader]):
			s.leader, s.rival = i, s.leader
		case s.rival < 0 || s.people[i].leads(s.people[s.rival]):
			s.rival = i
		}
	}
	return s
}

func (s *tally) against(captured time.Time) {
	if s.nobody == 0 || captured.Before(s.from) {
		s.from = captured
	}
	if s.nobody == 0 || captured.After(s.to) {
		s.to = captured
	}
	s.nobody++
}

func (s *tally) vote(person string, l *look) {
	i := slices.IndexFunc(s.people[:s.n], func(v votes) bool { return v.person == person })
	if i < 0 {
		i = s.n
		s.people[i] = votes{person: person}
		s.n++
	}
	v := &s.people[i]
	v.count++
	v.weight += l.quality
	if l.masked {
		v.masked++
	}
}

// enough says that so many faces agree as must.
func (v votes) enough(p *OperatingPoint) bool {
	need := p.MinAgreeing
	if 2*v.masked > v.count {
		need = max(need, p.MinAgreeingMasked)
	}
	return v.count >= need
}

func (v votes) leads(o votes) bool {
	return v.count > o.count || v.count == o.count && v.weight > o.weight
}

// known gives the person that the evidence is enough for.
func (s *tally) known(cfg *Config) (string, bool) {
	if s.leader < 0 {
		return "", false
	}
	l := s.people[s.leader]
	if !l.enough(&cfg.OperatingPoint) || l.weight < cfg.MinWeight {
		return "", false
	}
	// The strongest in number need not be the strongest in weight, so every other person is asked.
	for i, r := range s.people[:s.n] {
		if i != s.leader && (r.count >= l.count || r.weight >= l.weight) {
			return "", false
		}
	}
	if float64(l.count) < cfg.MinShare*float64(l.count+s.nobody) {
		return "", false
	}
	return l.person, true
}

// stranger says that enough good faces over enough time, and no face to the contrary, speak for nobody.
func (s *tally) stranger(cfg *Config) bool {
	return !s.near && s.nobody >= cfg.UnknownFaces && s.to.Sub(s.from) >= cfg.UnknownSpan
}

// match sums the looks up for people: who got most votes first, then by distance.
func (s *tally) match(cfg *Config, looks []look, verdict menshen.Verdict) menshen.Match {
	m := menshen.Match{Verdict: verdict, Faces: s.usable}
	if s.leader >= 0 {
		m.Agreeing = s.people[s.leader].count
	}
	var nearest []menshen.Candidate
	for i := range looks {
		for _, c := range looks[i].people[:looks[i].n] {
			at := slices.IndexFunc(nearest, func(o menshen.Candidate) bool { return o.Person == c.Person })
			switch {
			case at < 0:
				nearest = append(nearest, c)
			case c.Distance < nearest[at].Distance:
				nearest[at] = c
			}
		}
	}
	rank := func(c menshen.Candidate) votes {
		for _, v := range s.people[:s.n] {
			if v.person == c.Person {
				return v
			}
		}
		return votes{}
	}
	slices.SortStableFunc(nearest, func(a, b menshen.Candidate) int {
		va, vb := rank(a), rank(b)
		return cmp.Or(cmp.Compare(vb.count, va.count), cmp.Compare(vb.weight, va.weight), cmp.Compare(a.Distance, b.Distance))
	})
	m.Candidates = nearest[:min(len(nearest), maxCandidates)]
	first := ""
	if len(nearest) > 0 {
		first = nearest[0].Person
	}
	covered := len(looks) > 0 && !slices.ContainsFunc(looks, func(l look) bool { return !l.masked })
	m.Threshold = cfg.person(first, covered).Known
	return m
}

// maxCandidates is how many people a match lists.
const maxCandidates = 5
