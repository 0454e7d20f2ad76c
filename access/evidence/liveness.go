package evidence

import (
	"cmp"
	"time"

	"menshen"
)

// life is what the looks of a whole track say about living faces. Unlike the tally it does not begin anew when somebody is
// known: who holds up a print must not get a fresh try with every second face.
type life struct {
	looks   [maxLooks]glance
	n, next int
}

// glance is what is remembered of a look.
type glance struct {
	person     string // whom the look votes for
	captured   time.Time
	descriptor menshen.Descriptor
	checked    bool    // by the networks
	live       float64 // 0 … 1
}

func (v *life) add(l *look, person string) {
	v.looks[v.next] = glance{person: person, captured: l.captured, descriptor: l.descriptor, checked: l.checked, live: l.live}
	v.next = (v.next + 1) % maxLooks
	v.n = min(v.n+1, maxLooks)
}

// vital is what speaks for a living face of one person.
type vital struct {
	menshen.Liveness

	span time.Duration // between the first and the last look
}

// of sums up the looks that vote for a person; zero where nothing was checked.
func (v *life) of(person string) (s vital) {
	scores := 0.0
	for i := range v.n {
		a := &v.looks[i]
		if a.person != person {
			continue
		}
		if a.checked {
			s.Faces++
			scores += a.live
		}
		for j := range i {
			if b := &v.looks[j]; b.person == person {
				s.Change = max(s.Change, a.descriptor.Distance(b.descriptor))
				s.span = max(s.span, a.captured.Sub(b.captured).Abs())
			}
		}
	}
	if s.Faces == 0 {
		return vital{}
	}
	s.Score = scores / float64(s.Faces)
	return s
}

// doubtful says that what was checked speaks for a picture: the networks do, or the face did not change although there
// was time to. A person breathes, blinks and moves; a print held still does not.
func (s *vital) doubtful(cfg *Config) bool {
	if s.Faces == 0 {
		return false
	}
	return s.Score < cfg.MinLive || s.seen(cfg) && s.Change < cmp.Or(cfg.MinChange, staticShare*cfg.Known)
}

// seen says that the face was in view long enough to see it change.
func (s *vital) seen(cfg *Config) bool { return s.Faces > 0 && s.span >= cfg.StaticSpan }

// staticShare is which part of Known the descriptors of a living face must differ by. Re-encodings of one still picture
// stay below it.
const staticShare = 0.02
