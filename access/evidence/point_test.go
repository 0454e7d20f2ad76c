package evidence_test

import (
	"math"
	"testing"
	"time"

	"menshen"
	"menshen/access/evidence"
)

// verdictOf plays three good faces with the same people and the end of their track.
func verdictOf(t *testing.T, p evidence.OperatingPoint, masked bool, people []menshen.Candidate) menshen.Match {
	t.Helper()
	cfg := evidence.Config{OperatingPoint: p}.WithDefaults()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	var track evidence.Track
	now := start
	for i := range 3 {
		now = start.Add(time.Duration(i) * 200 * time.Millisecond)
		f := shot{seq: i + 1, at: now.Sub(start), quality: 0.9}.face()
		f.Masked = masked
		track.Add(&cfg, f, people, now)
		if found, ok := track.Judge(&cfg, now); ok {
			return found.Match
		}
	}
	track.Add(&cfg, last(4), nil, now)
	found, _ := track.Judge(&cfg, now)
	return found.Match
}

func TestPersonalLimits(t *testing.T) {
	p := evidence.OperatingPoint{Known: 0.4, Unsure: 0.6, MinMargin: 0.05, Personal: map[string]evidence.Limit{
		"ann": {Known: 0.2, MinMargin: 0.1}, "amy": {Known: 0.2, MinMargin: 0.1},
		"loose": {Known: 0.9}, // stale: must not loosen
	}}
	for _, c := range []struct {
		name      string
		people    []menshen.Candidate
		want      menshen.Verdict
		threshold float64
	}{
		{"a look-alike, near enough", near("ann", 0.19, "amy", 0.35), menshen.VerdictKnown, 0.2},
		{"a look-alike, not near enough", near("ann", 0.21, "amy", 0.35), menshen.VerdictUnsure, 0.2},
		{"the other one too", near("amy", 0.21, "ann", 0.35), menshen.VerdictUnsure, 0.2},
		{"a look-alike, the margin too small", near("ann", 0.15, "amy", 0.24), menshen.VerdictUnsure, 0.2},
		{"the margin counts against anybody", near("ann", 0.15, "bob", 0.24), menshen.VerdictUnsure, 0.2},
		{"somebody else as before", near("bob", 0.39, "ann", 0.45), menshen.VerdictKnown, 0.4},
		{"a stale limit does not loosen", near("loose", 0.41), menshen.VerdictUnsure, 0.4},
		{"nor the margin", near("loose", 0.3, "bob", 0.34), menshen.VerdictUnsure, 0.4},
		{"beyond unsure", near("ann", 0.7), menshen.VerdictUnknown, 0.2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m := verdictOf(t, p, false, c.people); m.Verdict != c.want || m.Threshold != c.threshold {
				t.Errorf("got %+v, want %s at %v", m, c.want, c.threshold)
			}
		})
	}
}

func TestMaskedPoint(t *testing.T) {
	p := evidence.OperatingPoint{Known: 0.4, Unsure: 0.6, MinMargin: 0.05, Masked: evidence.Thresholds{Known: 0.3, Unsure: 0.8, MinMargin: 0.1},
		Personal: map[string]evidence.Limit{"ann": {Known: 0.2}}}
	plain := p
	plain.Masked = evidence.Thresholds{}
	for _, c := range []struct {
		name      string
		point     evidence.OperatingPoint
		masked    bool
		people    []menshen.Candidate
		want      menshen.Verdict
		threshold float64
	}{
		{"uncovered", p, false, near("bob", 0.35, "amy", 0.42), menshen.VerdictKnown, 0.4},
		{"covered, within", p, true, near("bob", 0.29, "amy", 0.42), menshen.VerdictKnown, 0.3},
		{"covered, beyond", p, true, near("bob", 0.31, "amy", 0.45), menshen.VerdictUnsure, 0.3},
		{"covered, the margin", p, true, near("bob", 0.25, "amy", 0.34), menshen.VerdictUnsure, 0.3},
		{"covered, still unsure", p, true, near("bob", 0.79), menshen.VerdictUnsure, 0.3},
		{"uncovered, unknown at the same distance", p, false, near("bob", 0.79), menshen.VerdictUnknown, 0.4},
		{"a covered look-alike within half of the covered threshold", p, true, near("ann", 0.149), menshen.VerdictKnown, 0.15},
		{"a covered look-alike beyond it", p, true, near("ann", 0.16), menshen.VerdictUnsure, 0.15},
		{"covered without a point of its own", plain, true, near("bob", 0.35), menshen.VerdictKnown, 0.4},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m := verdictOf(t, c.point, c.masked, c.people); m.Verdict != c.want || math.Abs(m.Threshold-c.threshold) > 1e-12 {
				t.Errorf("got %+v, want %s at %v", m, c.want, c.threshold)
			}
		})
	}
}

func TestPointRefuses(t *testing.T) {
	good := evidence.OperatingPoint{Known: 0.4, Unsure: 0.6}
	for name, change := range map[string]func(*evidence.OperatingPoint){
		"masked unsure below known": func(p *evidence.OperatingPoint) { p.Masked = evidence.Thresholds{Known: 0.4, Unsure: 0.3} },
		"masked without known":      func(p *evidence.OperatingPoint) { p.Masked = evidence.Thresholds{Unsure: 0.3} },
		"masked margin": func(p *evidence.OperatingPoint) {
			p.Masked = evidence.Thresholds{Known: 0.1, Unsure: 0.3, MinMargin: -1}
		},
		"a limit of 0":         func(p *evidence.OperatingPoint) { p.Personal = map[string]evidence.Limit{"a": {}} },
		"a limit that is none": func(p *evidence.OperatingPoint) { p.Personal = map[string]evidence.Limit{"a": {Known: math.NaN()}} },
		"a margin that is none": func(p *evidence.OperatingPoint) {
			p.Personal = map[string]evidence.Limit{"a": {Known: 0.1, MinMargin: math.NaN()}}
		},
	} {
		p := good
		change(&p)
		if err := p.Validate(); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
}
