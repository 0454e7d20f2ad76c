package evidence

import (
	"cmp"
	"time"

	"menshen"
)

// liveness gathers what the looks of a finding say about a living face.
type liveness struct {
	looks  [maxLooks]*look
	n      int
	faces  int // checked by the networks
	scores float64
}

func (v *liveness) add(l *look) {
	v.looks[v.n] = l
	v.n++
	if l.checked {
		v.faces++
		v.scores += l.live
	}
}

// sum gives the signal as it is kept with the pass; zero where nothing was checked.
func (v *liveness) sum() menshen.Liveness {
	if v.faces == 0 {
		return menshen.Liveness{}
	}
	change, _ := v.change()
	return menshen.Liveness{Faces: v.faces, Score: v.scores / float64(v.faces), Change: change}
}

// change gives the largest distance between two looks, and the time between the first and the last.
func (v *liveness) change() (most float64, span time.Duration) {
	for i, a := range v.looks[:v.n] {
		for _, b := range v.looks[:i] {
			most = max(most, a.descriptor.Distance(b.descriptor))
			span = max(span, a.captured.Sub(b.captured).Abs())
		}
	}
	return most, span
}

// doubtful says that what was checked speaks for a picture: the networks do, or the face did not change although there
// was time to. A person breathes, blinks and moves; a print held still does not.
func (v *liveness) doubtful(cfg *Config) bool {
	if v.faces == 0 {
		return false
	}
	if v.scores/float64(v.faces) < cfg.MinLive {
		return true
	}
	change, span := v.change()
	return span >= cfg.StaticSpan && change < cmp.Or(cfg.MinChange, staticShare*cfg.Known)
}

// staticShare is which part of Known the descriptors of a living face must differ by. Re-encodings of one still picture
// stay below it.
const staticShare = 0.02
