package proto_test

import (
	"math/rand/v2"
	"strings"
	"time"

	"menshen"
)

// sampler makes values of the root package at random, all of them valid. The same seed gives the same values.
type sampler struct{ *rand.Rand }

func newSampler(seed uint64) sampler { return sampler{rand.New(rand.NewPCG(seed, 1))} }

// pick gives one of the values.
func pick[T any](s sampler, of ...T) T { return of[s.IntN(len(of))] }

func (s sampler) slug() string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, 1+s.IntN(48))
	for i := range b {
		b[i] = letters[s.IntN(len(letters))]
		if i > 0 && i < len(b)-1 && s.IntN(6) == 0 {
			b[i] = '-'
		}
	}
	return string(b)
}

func (s sampler) text() string {
	return pick(s, "", "a", "门卫 guard", "line\nbreak", "\x00", "😀", strings.Repeat("长", 40))
}

func (s sampler) texts() menshen.Text { return menshen.Text{ZH: s.text(), EN: s.text()} }

// time gives a time with nanoseconds in UTC, between 2000 and 2200.
func (s sampler) time() time.Time {
	from := time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC)
	return from.Add(time.Duration(s.Int64N(int64(199 * 365 * 24 * time.Hour))))
}

func (s sampler) span() menshen.Span {
	from := s.time()
	return menshen.Span{From: from, To: from.Add(time.Duration(s.Int64N(int64(100 * time.Hour))))}
}

func (s sampler) number() float64 { return pick(s, 0, -1, 1e-300, 1e300, s.Float64()*2000-1000) }

func (s sampler) box() menshen.Box {
	return menshen.Box{X: s.number(), Y: s.number(), W: s.Float64() * 100, H: s.Float64() * 100}
}

func (s sampler) point() menshen.Point { return menshen.Point{X: s.number(), Y: s.number()} }

func (s sampler) quality() menshen.Quality {
	return menshen.Quality{Size: s.Float64(), Sharpness: s.Float64(), Pose: pick(s, 0, 1, s.Float64()), Light: s.Float64()}
}

func (s sampler) detection() menshen.Detection {
	d := menshen.Detection{Box: s.box(), Score: pick(s, 0, 1, s.Float64())}
	for i := range d.Landmarks {
		d.Landmarks[i] = s.point()
	}
	return d
}

func (s sampler) bytes() []byte {
	b := make([]byte, 1+s.IntN(300))
	for i := range b {
		b[i] = byte(s.Uint32())
	}
	return b
}

func (s sampler) sighting() menshen.Sighting {
	x := menshen.Sighting{
		Camera: s.slug(), Track: "t" + s.text(), Sequence: 1 + s.IntN(1000), Captured: s.time(), Quality: s.quality(), Last: s.IntN(4) == 0,
	}
	if x.Last && s.IntN(2) == 0 {
		return x
	}
	x.Face, x.Origin = s.detection(), s.point()
	if !x.Last {
		x.Crop = s.bytes()
	}
	return x
}

func (s sampler) engine() menshen.EngineID {
	return menshen.EngineID{Name: pick(s, "opencv", "dlib"), ModelHash: "0ba9fbfa", Dim: pick(s, 1, 128, 512), Metric: menshen.MetricEuclidean}
}

func (s sampler) descriptor(e menshen.EngineID) menshen.Descriptor {
	d := make(menshen.Descriptor, e.Dim)
	for i := range d {
		d[i] = float32(s.NormFloat64())
	}
	d[0] = 1
	return d
}

func (s sampler) face() menshen.Face {
	x := menshen.Face{
		Camera: s.slug(), Track: "t" + s.text(), Sequence: 1 + s.IntN(1000), Captured: s.time(), Quality: s.quality(), Box: s.box(),
	}
	switch s.IntN(3) {
	case 0:
		x.Engine = s.engine()
		x.Descriptor = s.descriptor(x.Engine)
		x.Liveness, x.Masked = s.liveness(), s.IntN(2) == 0
	case 1:
		x.Refusal = "blurred"
	default:
		x.Last = true
	}
	return x
}

func (s sampler) liveness() menshen.Liveness {
	if s.IntN(2) == 0 {
		return menshen.Liveness{}
	}
	return menshen.Liveness{Faces: 1 + s.IntN(20), Score: s.Float64(), Change: s.Float64()}
}

func (s sampler) match() menshen.Match {
	if s.IntN(3) == 0 {
		return menshen.Match{}
	}
	m := menshen.Match{
		Verdict: pick(s, menshen.VerdictKnown, menshen.VerdictUnsure, menshen.VerdictUnknown),
		Faces:   s.IntN(20), Agreeing: s.IntN(20), Threshold: s.Float64(), Liveness: s.liveness(),
	}
	for range s.IntN(4) {
		m.Candidates = append(m.Candidates, menshen.Candidate{Person: s.text(), Template: s.text(), Distance: s.Float64()})
	}
	return m
}

func (s sampler) pass() menshen.Pass {
	p := menshen.Pass{
		ID:   menshen.PassID{Gate: s.slug(), Sequence: pick(s, 1, s.Uint64N(1<<40)+1, 1<<64-1)},
		Site: s.slug(), Person: "p" + s.text(),
		Direction: pick(s, menshen.DirectionIn, menshen.DirectionOut), Captured: s.time(), Decided: s.time(),
		Means:    pick(s, menshen.MeansFace, menshen.MeansQR, menshen.MeansCard, menshen.MeansPIN, menshen.MeansGuard),
		Decision: menshen.Decision{Outcome: pick(s, menshen.OutcomeAllow, menshen.OutcomeDeny, menshen.OutcomeReview)},
		Match:    s.match(), Camera: s.text(), Track: s.text(),
	}
	if s.IntN(3) == 0 {
		p.Decided = time.Time{}
	}
	if s.IntN(2) == 0 {
		p.Permit, p.Credential, p.By, p.Answers = s.text(), "c-1@1772352000", s.text(), "east-1:41"
		p.Confidence = pick(s, 0, s.Float64(), 1)
	}
	for range s.IntN(3) {
		p.Decision.Reasons = append(p.Decision.Reasons, pick(s, menshen.ReasonActiveResident, menshen.ReasonUnsureFace, "of_a_newer_gate"))
	}
	return p
}

func (s sampler) report() menshen.Report {
	r := menshen.Report{Component: "camera-" + s.slug(), At: s.time(), OK: s.IntN(2) == 0, Message: s.text(), Hint: s.text()}
	if n := s.IntN(4); n > 0 {
		r.Figures = map[string]float64{}
		for range n {
			r.Figures[s.slug()] = s.number()
		}
	}
	return r
}

func (s sampler) analysis() menshen.Analysis {
	a := menshen.Analysis{Engine: s.engine(), Width: 1 + s.IntN(4000), Height: 1 + s.IntN(4000)}
	for range s.IntN(4) {
		f := menshen.AnalysedFace{Detection: s.detection(), Quality: s.quality()}
		if s.IntN(2) == 0 {
			f.Descriptor = s.descriptor(a.Engine)
		} else {
			f.Refusal = "too small"
		}
		a.Faces = append(a.Faces, f)
	}
	return a
}

func (s sampler) command() menshen.DoorCommand {
	if s.IntN(2) == 0 {
		return menshen.DoorCommand{Gate: s.slug(), At: s.time(), Track: s.text(), Action: pick(s, menshen.DoorHold, menshen.DoorLock, menshen.DoorNormal, menshen.DoorEmergency)}
	}
	return s.opening()
}

func (s sampler) opening() menshen.DoorCommand {
	return menshen.DoorCommand{
		Gate: s.slug(), Direction: pick(s, menshen.DirectionIn, menshen.DirectionOut), At: s.time(), Track: s.text(),
		Hold: time.Duration(s.IntN(60_000)) * time.Millisecond,
	}
}

func (s sampler) exposure() menshen.Exposure {
	e := menshen.Exposure{Kind: menshen.ExposureZone, Zone: s.slug(), Span: s.span(), Inferred: s.IntN(2) == 0}
	if s.IntN(2) == 0 {
		e.Kind, e.Zone, e.Gate = menshen.ExposureGate, "", s.slug()
	}
	return e
}
