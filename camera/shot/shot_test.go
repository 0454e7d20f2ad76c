package shot_test

import (
	"image"
	"math"
	"testing"
	"time"

	"menshen"
	"menshen/camera/shot"
)

var start = time.Date(2020, 2, 1, 8, 0, 0, 0, time.UTC)

func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

func newSelector() *shot.Selector { return shot.NewSelector(shot.Config{}.WithDefaults()) }

func TestSmallAndBadAreNotSent(t *testing.T) {
	s := newSelector()
	if _, ok := s.Take(at(0), 39, 0.9); ok {
		t.Error("a face of 39 px was taken")
	}
	if _, ok := s.Take(at(0), 80, 0.2); ok {
		t.Error("a face of quality 0.2 was taken")
	}
	if n, ok := s.Take(at(0), 40, 0.3); !ok || n != 1 {
		t.Errorf("a good face is number %d, %v", n, ok)
	}
}

func TestFirstShotsNeedOnlyAPause(t *testing.T) {
	s := newSelector()
	var when []int
	for ms := 0; ms <= 3000; ms += 100 {
		if _, ok := s.Take(at(ms), 80, 0.8); ok {
			when = append(when, ms)
		}
	}
	if len(when) != 5 || when[0] != 0 || when[1] != 200 || when[4] != 800 {
		t.Errorf("shots at %v ms", when)
	}
	if n, ok := s.Take(at(4000), 80, 0.83); ok {
		t.Errorf("number %d improved by 4 %%", n)
	}
	if n, ok := s.Take(at(4100), 80, 0.85); !ok || n != 6 {
		t.Errorf("number %d, %v improved by 6 %%", n, ok)
	}
}

// TestBudgetLastsUntilTheBest has somebody walk up for a minute, ever better: the best picture is still sent, more or
// less, and never more than twelve.
func TestBudgetLastsUntilTheBest(t *testing.T) {
	for _, seconds := range []int{2, 10, 60, 600} {
		s := newSelector()
		best, steps := 0.0, seconds*5
		for i := range steps + 1 {
			score := 0.25 + 0.75*float64(i)/float64(steps)
			if _, ok := s.Take(at(i*200), 80, score); ok {
				best = score
			}
		}
		if s.Sent() > 12 || best < 0.75 {
			t.Errorf("in %d s: %d shots, the best of %.2f", seconds, s.Sent(), best)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	if err := (shot.Config{}).WithDefaults().Validate(); err != nil {
		t.Error(err)
	}
	for _, cfg := range []shot.Config{{MinFace: 5}, {MinScore: 2}, {Gain: -1}, {MinShots: 9, MaxShots: 3}, {MaxShots: 1000}, {Pause: time.Hour}} {
		err := cfg.WithDefaults().Validate()
		if _, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeInvalid || hint == "" {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func TestCrop(t *testing.T) {
	for _, c := range []struct {
		name string
		face menshen.Box
		want image.Rectangle
	}{
		{"with margin", menshen.Box{X: 500, Y: 300, W: 100, H: 120}, image.Rect(440, 228, 660, 492)},
		{"clipped", menshen.Box{X: 10, Y: -20, W: 100, H: 120}, image.Rect(0, 0, 170, 172)},
		{"large: less margin", menshen.Box{X: 300, Y: 50, W: 400, H: 500}, image.Rect(180, 0, 820, 620)},
		{"outside", menshen.Box{X: 5000, Y: 50, W: 40, H: 50}, image.Rectangle{}},
		{"no number", menshen.Box{X: math.NaN(), Y: math.Inf(1), W: 40, H: 50}, image.Rectangle{}},
	} {
		if got := shot.Crop(c.face, shot.Margin, 1280, 720); got != c.want && !(got.Empty() && c.want.Empty()) {
			t.Errorf("%s: %v instead of %v", c.name, got, c.want)
		}
	}
}

func TestWhole(t *testing.T) {
	for _, c := range []struct {
		face menshen.Box
		want bool
	}{
		{menshen.Box{X: 10, Y: 10, W: 50, H: 60}, true},
		{menshen.Box{X: -1, Y: 10, W: 50, H: 60}, false},
		{menshen.Box{X: 1240, Y: 10, W: 50, H: 60}, false},
		{menshen.Box{X: 10, Y: -5, W: 50, H: 60}, true},
		{menshen.Box{X: 10, Y: -7, W: 50, H: 60}, false},
		{menshen.Box{X: 10, Y: 680, W: 50, H: 60}, false},
	} {
		if got := shot.Whole(c.face, 1280, 720); got != c.want {
			t.Errorf("%+v: %v", c.face, got)
		}
	}
}

func FuzzCrop(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 4.0)
	f.Add(-1e308, 1e308, 1e308, 600.0)
	f.Fuzz(func(t *testing.T, x, y, w, h float64) {
		r := shot.Crop(menshen.Box{X: x, Y: y, W: w, H: h}, shot.Margin, 1920, 1080)
		if !r.In(image.Rect(0, 0, 1920, 1080)) {
			t.Fatalf("%v lies outside", r)
		}
		if w >= 0 && h >= 0 && w < 600 && h < 600 && (r.Dx() > shot.MaxSide || r.Dy() > shot.MaxSide) {
			t.Fatalf("%v is too large", r)
		}
	})
}
