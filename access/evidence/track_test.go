package evidence_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"menshen"
	"menshen/access/evidence"
)

var start = time.Date(2022, 11, 20, 8, 0, 0, 0, time.UTC)

func config() *evidence.Config {
	c := evidence.Config{OperatingPoint: evidence.OperatingPoint{Known: 0.4, Unsure: 0.6, MinMargin: 0.05}}.WithDefaults()
	return &c
}

// shot is a face with what the gallery said about it.
type shot struct {
	seq     int
	at      time.Duration // of capture and of arrival
	quality float64
	people  []menshen.Candidate
	none    bool // the recognizer made no template
}

func near(pairs ...any) []menshen.Candidate {
	var all []menshen.Candidate
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, menshen.Candidate{Person: pairs[i].(string), Template: "t", Distance: pairs[i+1].(float64)})
	}
	return all
}

func (s shot) face() *menshen.Face {
	q := s.quality
	f := &menshen.Face{
		Camera: "cam", Track: "t", Sequence: s.seq, Captured: start.Add(s.at),
		Quality: menshen.Quality{Size: q, Sharpness: q, Pose: q, Light: q}, Descriptor: menshen.Descriptor{1, float32(s.seq)},
	}
	if s.none {
		f.Descriptor, f.Refusal = nil, "blurred"
	}
	return f
}

func last(seq int) *menshen.Face {
	return &menshen.Face{Camera: "cam", Track: "t", Sequence: seq, Captured: start, Last: true}
}

// play adds shots as they come and gives all findings; the clock then runs on until and, where ended is set, the track
// ends after the last shot.
func play(cfg *evidence.Config, shots []shot, ended bool, until time.Duration) []evidence.Finding {
	var t evidence.Track
	var all []evidence.Finding
	judge := func(now time.Time) {
		if f, ok := t.Judge(cfg, now); ok {
			all = append(all, f)
		}
	}
	now, high := start, 0
	for _, s := range shots {
		now = start.Add(s.at)
		t.Add(cfg, s.face(), s.people, now)
		judge(now)
		high = max(high, s.seq)
	}
	if ended {
		t.Add(cfg, last(high+1), nil, now)
		judge(now)
	}
	for end := start.Add(until); now.Before(end); now = now.Add(50 * time.Millisecond) {
		judge(now)
	}
	return all
}

// series makes shots 200 ms apart, all with the same people.
func series(from, n int, quality float64, people []menshen.Candidate) []shot {
	var all []shot
	for i := range n {
		all = append(all, shot{seq: from + i, at: time.Duration(from+i) * 200 * time.Millisecond, quality: quality, people: people})
	}
	return all
}

func join(parts ...[]shot) []shot {
	var all []shot
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func TestFindings(t *testing.T) {
	ann, bob := near("ann", 0.30, "bob", 0.55), near("bob", 0.31, "ann", 0.57)
	twins := near("ann", 0.30, "amy", 0.32)
	perhaps := near("ann", 0.5, "bob", 0.58)
	nobody := near("ann", 0.9, "bob", 0.95)
	one := func(c *evidence.Config) { c.MinAgreeing = 1 }
	for _, tc := range []struct {
		name   string
		shots  []shot
		change func(*evidence.Config)
		ended  bool
		until  time.Duration
		want   string
	}{
		{"two agree", series(1, 2, 0.8, ann), nil, false, 0, "known ann 2/2;"},
		{"a lone excellent face", series(1, 1, 1, near("ann", 0.0)), nil, true, 10 * time.Second, "unsure ann 1/1;"},
		{"a lone face where configured", series(1, 1, 0.8, ann), one, false, 0, "known ann 1/1;"},
		{"two poor faces weigh too little", series(1, 2, 0.15, ann), nil, false, 0, ""},
		{"many poor faces", series(1, 3, 0.15, ann), nil, false, 0, "known ann 3/3;"},
		{"faces too poor to look at", series(1, 9, 0.05, ann), nil, true, 10 * time.Second, "unreadable;"},
		{"no templates", []shot{{seq: 1, none: true}, {seq: 2, none: true}}, nil, true, time.Second, "unreadable;"},
		{"no shots at all", nil, nil, true, 10 * time.Second, ""},
		{"the end got lost", series(1, 1, 0.8, nobody), nil, false, 10 * time.Second, "unknown ann 0/1;"},
		{"twins", series(1, 6, 0.9, twins), nil, true, 0, "unsure ann 0/6;"},
		{"the only person enrolled", series(1, 2, 0.9, near("ann", 0.3)), nil, false, 0, "known ann 2/2;"},
		{"the same person twice is no runner-up", series(1, 2, 0.9, near("ann", 0.31, "ann", 0.3, "bob", 0.6)), nil, false, 0, "known ann 2/2;"},
		{"candidates out of order", series(1, 2, 0.9, near("bob", 0.6, "ann", 0.3)), nil, false, 0, "known ann 2/2;"},
		{"perhaps, at the end", series(1, 2, 0.8, perhaps), nil, true, 0, "unsure ann 0/2;"},
		{"perhaps, out of patience", series(1, 2, 0.8, perhaps), nil, false, 4 * time.Second, "unsure ann 0/2;"},
		{"perhaps, still patient", series(1, 2, 0.8, perhaps), nil, false, 2 * time.Second, ""},
		{"perhaps, then known", join(series(1, 3, 0.5, perhaps), series(4, 2, 0.8, ann)), nil, false, 0, "known ann 2/5;"},
		{"a stranger before the end", series(1, 9, 0.8, nobody), nil, false, 0, "unknown ann 0/9;"},
		{"a stranger too quick to tell", series(1, 5, 0.8, nobody), nil, false, time.Second, ""},
		{"a stranger at the end", series(1, 1, 0.8, nobody), nil, true, 0, "unknown ann 0/1;"},
		{"a stranger in poor light", series(1, 9, 0.3, nobody), nil, false, 3 * time.Second, ""},
		{"an empty gallery", series(1, 9, 0.8, nil), nil, false, 0, "unknown - 0/9;"},
		{"denied, then known", join(series(1, 9, 0.8, nobody), series(10, 5, 0.9, ann)), nil, false, 0, "unknown ann 0/9;known ann 5/14;"},
		{"two people, one face each", join(series(1, 1, 0.8, ann), series(2, 1, 0.8, bob)), nil, true, 0, "unsure ann 1/2;"},
		{"people swapped under a track", join(series(1, 2, 0.8, ann), series(3, 2, 0.8, bob)), nil, true, 10 * time.Second, "known ann 2/2;known bob 2/2;"},
		{"known, then turned away", join(series(1, 2, 0.8, ann), series(3, 3, 0.4, nobody), series(6, 1, 0.4, perhaps)), nil, true, 10 * time.Second, "known ann 2/2;"},
		{"known, then somebody else for a moment", join(series(1, 2, 0.8, ann), series(3, 1, 0.8, bob)), nil, true, 0, "known ann 2/2;unsure bob 1/1;"},
		{"known, then a stranger", join(series(1, 2, 0.8, ann), series(3, 9, 0.8, nobody)), nil, false, 0, "known ann 2/2;unsure ann 0/9;"},
		{"two agree among many contrary", join(series(1, 7, 0.8, nobody), series(8, 2, 0.8, ann)), nil, true, 0, "unsure ann 2/9;"},
		{"one frame sent twice", []shot{{seq: 1, quality: 0.8, people: ann}, {seq: 2, quality: 0.9, people: ann}}, nil, true, 0, "unsure ann 1/1;"},
		{"one sequence sent twice", []shot{{seq: 1, quality: 0.8, people: ann}, {seq: 1, at: time.Second, quality: 0.9, people: ann}}, nil, true, 0, "unsure ann 1/1;"},
		{"a distance that is none", series(1, 3, 0.9, near("ann", -1.0, "bob", math.NaN())), nil, true, 0, "unknown - 0/3;"},
		{"quality that is none", series(1, 3, math.NaN(), ann), nil, true, 0, "unreadable;"},
		{"out of order", []shot{{seq: 2, at: 400 * time.Millisecond, quality: 0.8, people: ann}, {seq: 1, quality: 0.8, people: ann}}, nil, true, 0, "known ann 2/2;"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := config()
			if tc.change != nil {
				tc.change(cfg)
			}
			got := ""
			for _, f := range play(cfg, tc.shots, tc.ended, tc.until) {
				if f.Match.Faces == 0 {
					got += "unreadable;"
					continue
				}
				nearest := "-"
				if len(f.Match.Candidates) > 0 {
					nearest = f.Match.Candidates[0].Person
				}
				got += fmt.Sprintf("%s %s %d/%d;", f.Match.Verdict, nearest, f.Match.Agreeing, f.Match.Faces)
				if f.Match.Threshold != cfg.Known || f.Descriptor == nil || f.Captured.Before(start) {
					t.Errorf("the finding is not complete: %+v", f)
				}
			}
			if got != tc.want {
				t.Errorf("found %q, want %q", got, tc.want)
			}
		})
	}
}

// The end may overtake faces: they are waited for, but not for long.
func TestEndOvertakesFaces(t *testing.T) {
	cfg := config()
	ann := near("ann", 0.3, "bob", 0.6)
	var tr evidence.Track
	tr.Add(cfg, shot{seq: 1, quality: 0.8, people: ann}.face(), ann, start)
	tr.Add(cfg, last(4), nil, start)
	if f, ok := tr.Judge(cfg, start.Add(cfg.Grace/2)); ok {
		t.Fatalf("found %+v while faces are on their way", f.Match)
	}
	s := shot{seq: 3, at: time.Second / 5, quality: 0.8, people: ann}
	tr.Add(cfg, s.face(), ann, start.Add(cfg.Grace/2))
	f, ok := tr.Judge(cfg, start.Add(cfg.Grace/2))
	if !ok || f.Match.Person() != "ann" || !f.Captured.Equal(start.Add(s.at)) {
		t.Fatalf("found %+v, %v", f, ok)
	}

	tr = evidence.Track{}
	tr.Add(cfg, shot{seq: 1, quality: 0.8}.face(), ann, start)
	tr.Add(cfg, last(4), nil, start)
	f, ok = tr.Judge(cfg, start.Add(cfg.Grace))
	if !ok || f.Match.Verdict != menshen.VerdictUnsure {
		t.Errorf("after the grace: %+v, %v", f, ok)
	}
	if tr.Add(cfg, last(4), nil, start) {
		t.Error("a second end counts as new")
	}
}

func TestSequencesCountOnce(t *testing.T) {
	cfg := config()
	var tr evidence.Track
	for i, s := range []struct {
		seq int
		new bool
	}{{1, true}, {1, false}, {3, true}, {2, true}, {2, false}, {100, true}, {37, true}, {37, false}, {36, false}, {1 << 62, true}, {100, false}, {1<<62 - 1, true}} {
		if got := tr.Add(cfg, shot{seq: s.seq, none: true}.face(), nil, start); got != s.new {
			t.Errorf("step %d, sequence %d: new is %v", i, s.seq, got)
		}
	}
}

// However faces come, somebody is known only with enough different frames that vote for them, and unsure or unknown is
// said once.
func TestKnownNeedsAgreement(t *testing.T) {
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		cfg := config()
		cfg.MinAgreeing = 1 + rng.IntN(3)
		var tr evidence.Track
		now := start
		frames := map[string]map[time.Duration]bool{}
		refusals := 0
		for range 60 {
			now = now.Add(time.Duration(rng.IntN(400)) * time.Millisecond)
			s := shot{seq: 1 + rng.IntN(40), quality: rng.Float64(), none: rng.IntN(8) == 0}
			s.at = time.Duration(s.seq/2) * 100 * time.Millisecond
			for _, p := range []string{"ann", "bob", "cat"} {
				if rng.IntN(4) > 0 {
					s.people = append(s.people, menshen.Candidate{Person: p, Distance: rng.Float64()})
				}
			}
			if tr.Add(cfg, s.face(), s.people, now) && !s.none {
				best, next := math.Inf(1), math.Inf(1)
				person := ""
				for _, c := range s.people {
					if c.Distance < best {
						best, next, person = c.Distance, best, c.Person
					} else {
						next = min(next, c.Distance)
					}
				}
				if best <= cfg.Known && next-best >= cfg.MinMargin && s.quality >= cfg.MinQuality {
					if frames[person] == nil {
						frames[person] = map[time.Duration]bool{}
					}
					frames[person][s.at] = true
				}
			}
			if rng.IntN(30) == 0 {
				tr.Add(cfg, last(41), nil, now)
			}
			f, ok := tr.Judge(cfg, now)
			switch {
			case !ok:
			case f.Match.Verdict == menshen.VerdictKnown:
				p := f.Match.Person()
				if len(frames[p]) < cfg.MinAgreeing || f.Match.Agreeing < cfg.MinAgreeing {
					t.Fatalf("seed %d: %s is known by %d frames, %d are needed", seed, p, len(frames[p]), cfg.MinAgreeing)
				}
				clear(frames)
			case f.Match.Faces > 0:
				refusals++
			}
		}
		if refusals > 1 {
			t.Fatalf("seed %d: %d refusals", seed, refusals)
		}
	}
}

func TestConfig(t *testing.T) {
	for name, change := range map[string]func(*evidence.Config){
		"no known distance":   func(c *evidence.Config) { c.Known = 0 },
		"no number":           func(c *evidence.Config) { c.Known = math.NaN() },
		"unsure below known":  func(c *evidence.Config) { c.Unsure = c.Known / 2 },
		"negative margin":     func(c *evidence.Config) { c.MinMargin = -1 },
		"too many must agree": func(c *evidence.Config) { c.MinAgreeing = 100 },
		"quality":             func(c *evidence.Config) { c.MinQuality = 2 },
		"weight":              func(c *evidence.Config) { c.MinWeight = -1 },
		"faces of a stranger": func(c *evidence.Config) { c.UnknownFaces = 100 },
		"patience":            func(c *evidence.Config) { c.Patience = time.Hour },
	} {
		c := config()
		change(c)
		err := c.Validate()
		if _, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeInvalid || hint == "" {
			t.Errorf("%s gives %v", name, err)
		}
	}
	if err := config().Validate(); err != nil {
		t.Error(err)
	}
}

func BenchmarkTrack(b *testing.B) {
	cfg := config()
	people := near("ann", 0.5, "bob", 0.58, "cat", 0.7)
	f := shot{seq: 1, quality: 0.8}.face()
	var tr evidence.Track
	b.ReportAllocs()
	for i := range b.N {
		f.Sequence = i + 1
		f.Captured = start.Add(time.Duration(i) * time.Millisecond)
		tr.Add(cfg, f, people, start)
		tr.Judge(cfg, start)
	}
}
