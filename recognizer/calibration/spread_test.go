package calibration_test

import (
	"math"
	"testing"

	"menshen/recognizer/calibration"
)

// TestSpreadOfRealFaces: the distributions are whole, the curve rises, and it passes through what the calibration says.
func TestSpreadOfRealFaces(t *testing.T) {
	people := MustReadReal(t, true)
	sample := MustProbe(t, MustFill(t, people), people, noHousehold)
	cfg := calibration.Config{Engine: engine, Network: loose, FPIR: 0.01}
	c, err := calibration.Calibrate(sample, cfg)
	must(t, err)
	s := calibration.SpreadOf(sample, cfg)
	for name, bars := range map[string][]calibration.Bar{"strangers": s.Strangers, "own": s.Own} {
		sum := 0.0
		for i, b := range bars {
			sum += b.Share
			if b.To <= b.From || i > 0 && math.Abs(b.From-bars[i-1].To) > 1e-9 {
				t.Errorf("%s: bar %+v after %+v", name, b, bars[max(0, i-1)])
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%s: all bars together are %v", name, sum)
		}
	}
	if len(s.Curve) < 30 {
		t.Fatalf("the curve has %d points", len(s.Curve))
	}
	for i, p := range s.Curve[1:] {
		before := s.Curve[i]
		if p.Known <= before.Known || p.Taken < before.Taken || p.Missed > before.Missed {
			t.Errorf("after %+v comes %+v", before, p)
		}
		if before.Known <= c.Known && c.Known < p.Known && (c.Figures.Taken < before.Taken || c.Figures.Taken > p.Taken || c.Figures.Missed < p.Missed-0.02 || c.Figures.Missed > before.Missed+0.02) {
			t.Errorf("the calibration says %v and %v between %+v and %+v", c.Figures.Taken, c.Figures.Missed, before, p)
		}
	}
	if first, last := s.Curve[0], s.Curve[len(s.Curve)-1]; first.Known > c.Known || last.Known < c.Known {
		t.Errorf("the curve from %v to %v does not reach %v", first.Known, last.Known, c.Known)
	}
}

func TestSpreadOfNobody(t *testing.T) {
	s := calibration.SpreadOf(calibration.Sample{}, calibration.Config{Engine: engine, Network: loose})
	if len(s.Strangers) != 0 || len(s.Own) != 0 || len(s.Curve) != 0 {
		t.Errorf("nobody gives %+v", s)
	}
}
