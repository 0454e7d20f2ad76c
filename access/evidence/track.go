package evidence

import (
	"time"

	"menshen"
)

// Finding is a conclusion about a track.
type Finding struct {
	Match      menshen.Match      // Faces is 0 where no usable face came
	Captured   time.Time          // of the frame that decided
	Descriptor menshen.Descriptor // of the best face; nil where no usable face came
	Quality    float64            // of the best face
	Masked     bool               // the best face is covered
	NotLive    bool               // what was checked (Match.Liveness) speaks for a picture of a face
	Seen       bool               // the face was checked, and in view long enough to see it change
}

// Track is the evidence of one track. The zero value is an empty track. It is not safe for concurrent use; its size is
// fixed, about 6 KB, and adding and judging allocate only for a finding.
type Track struct {
	arrived window
	total   int // shots sent, once the end says so; -1 after End
	closed  time.Time
	touched time.Time // when the latest face came
	faces   int       // faces that came, usable or not
	newest  time.Time // latest capture of any face

	// The segment: what came since the start or since the last known finding.
	looks   [maxLooks]look
	n, next int
	since   time.Time // when its first usable face came
	pending bool      // looks came since the last judgement

	life   life
	person string // whom the last known finding named; "" before it
	told   rank
}

// rank says which finding other than known was given. A track gives each once, in this order.
type rank int

const (
	toldNothing rank = iota
	toldUnreadable
	toldRefused
)

// Add takes a face and the people found for its descriptor, and says whether it is new: a sequence counts once, a
// frame counts once, in any order of arrival. now is the clock's time. The descriptor is kept, not copied.
func (t *Track) Add(cfg *Config, f *menshen.Face, found []menshen.Candidate, now time.Time) bool {
	if f.Last {
		if t.Ended() {
			return false
		}
		t.total, t.closed = f.Sequence-1, now
	} else if !t.arrived.add(f.Sequence) {
		return false
	}
	t.touched = now
	if f.Captured.After(t.newest) {
		t.newest = f.Captured
	}
	if !f.Last {
		t.faces++
	}
	if len(f.Descriptor) == 0 {
		return true
	}
	quality := f.Quality.Score()
	if !(quality >= cfg.MinQuality) {
		return true
	}
	l := look{
		captured: f.Captured, quality: min(quality, 1), masked: f.Masked, descriptor: f.Descriptor,
		checked: f.Liveness.Faces > 0, live: f.Liveness.Score,
	}
	l.fill(found)
	t.life.add(&l, l.vote(&cfg.OperatingPoint))
	t.put(l, now)
	return true
}

// put keeps a look. Two looks of one instant are one frame: the better stays, for a frame must not agree with itself.
func (t *Track) put(l look, now time.Time) {
	t.pending = true
	for i := range t.n {
		if t.looks[i].captured.Equal(l.captured) {
			if l.quality > t.looks[i].quality {
				t.looks[i] = l
			}
			return
		}
	}
	if t.n == 0 {
		t.since = now
	}
	t.looks[t.next] = l
	t.next = (t.next + 1) % maxLooks
	t.n = min(t.n+1, maxLooks)
}

// Ended says that the end of the track is known, though faces may still be on their way.
func (t *Track) Ended() bool { return !t.closed.IsZero() }

// End closes a track whose end will not come.
func (t *Track) End(now time.Time) {
	if !t.Ended() {
		t.total, t.closed = -1, now
	}
}

// Touched is when the latest face came.
func (t *Track) Touched() time.Time { return t.touched }

// over says that no more faces are to be waited for.
func (t *Track) over(cfg *Config, now time.Time) bool {
	if t.Ended() {
		return t.arrived.count >= t.total || now.Sub(t.closed) >= cfg.Grace
	}
	return now.Sub(t.touched) >= cfg.Idle
}

// Judge gives a finding where there is a new one. It is called after each face and from time to time. A track can be
// found known many times (each time by fresh faces), unreadable once, and unsure or unknown once.
func (t *Track) Judge(cfg *Config, now time.Time) (Finding, bool) {
	if !t.pending && t.told == toldRefused {
		return Finding{}, false
	}
	looks := t.looks[:t.n]
	s := count(cfg, looks, t.person)
	t.pending = false
	if person, ok := s.known(cfg); ok {
		f := t.finding(cfg, &s, menshen.VerdictKnown, person)
		t.person, t.n, t.next = person, 0, 0
		clear(t.looks[:])
		return f, true
	}
	verdict, rank := t.conclude(cfg, &s, now)
	if rank <= t.told {
		return Finding{}, false
	}
	t.told = rank
	return t.finding(cfg, &s, verdict, ""), true
}

// conclude says what the looks amount to where nobody is known by them. Once the track has been known, thin evidence
// says nothing (people turn away after they passed); evidence of somebody else makes it unsure.
func (t *Track) conclude(cfg *Config, s *tally, now time.Time) (menshen.Verdict, rank) {
	over := t.over(cfg, now)
	switch {
	case s.usable == 0:
		if over && t.person == "" && t.faces > 0 {
			return menshen.VerdictUnknown, toldUnreadable
		}
	case s.near:
		if (over || now.Sub(t.since) >= cfg.Patience) && (t.person == "" || s.foreign) {
			return menshen.VerdictUnsure, toldRefused
		}
	case t.person != "":
		if s.stranger(cfg) {
			return menshen.VerdictUnsure, toldRefused
		}
	case over || s.stranger(cfg):
		return menshen.VerdictUnknown, toldRefused
	}
	return menshen.VerdictUnknown, toldNothing
}

// finding sums up. The frame that decided is the newest that votes for the person known, else the newest usable one.
func (t *Track) finding(cfg *Config, s *tally, verdict menshen.Verdict, person string) Finding {
	looks := t.looks[:t.n]
	f := Finding{Match: s.match(cfg, looks, verdict), Captured: t.newest}
	var best, newest *look
	for i := range looks {
		l := &looks[i]
		if person != "" && l.vote(&cfg.OperatingPoint) != person {
			continue
		}
		if best == nil || l.quality > best.quality {
			best = l
		}
		if newest == nil || l.captured.After(newest.captured) {
			newest = l
		}
	}
	if person != "" {
		vital := t.life.of(person)
		f.Match.Liveness, f.NotLive, f.Seen = vital.Liveness, vital.doubtful(cfg), vital.seen(cfg)
	}
	if best != nil {
		f.Descriptor, f.Quality, f.Masked, f.Captured = best.descriptor, best.quality, best.masked, newest.captured
	}
	return f
}
