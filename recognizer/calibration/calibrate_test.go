package calibration_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/calibration"
)

// TestAchievedOnRealFaces calibrates on a random half of 134 real people and measures how many pictures of the other half
// are taken for somebody, over many halves. Run with -v for the figures.
func TestAchievedOnRealFaces(t *testing.T) {
	people := MustReadReal(t, true)
	const splits = 50
	aims := []struct{ aim, least, most float64 }{{0.003, 0.0005, 0.004}, {0.01, 0.006, 0.014}, {0.05, 0.04, 0.065}}
	achieved, thresholds, found := make([][]float64, len(aims)), make([][]float64, len(aims)), make([][]menshen.Calibration, len(aims))
	var everybody crowd // before all the galleries
	rnd := rand.New(rand.NewPCG(1, 1))
	for range splits {
		halves := slices.Clone(people)
		rnd.Shuffle(len(halves), func(i, j int) { halves[i], halves[j] = halves[j], halves[i] })
		enrolled, strangers := halves[:len(halves)/2], halves[len(halves)/2:]
		g := MustFill(t, enrolled)
		sample, crowd := MustProbe(t, g, enrolled, noHousehold), MustMeet(t, g, strangers)
		everybody = append(everybody, crowd...)
		for i, c := range aims {
			got, err := calibration.Calibrate(sample, calibration.Config{Engine: engine, Network: loose, FPIR: c.aim, Resamples: 60})
			must(t, err)
			achieved[i], thresholds[i], found[i] = append(achieved[i], crowd.taken(got.Known)), append(thresholds[i], got.Known), append(found[i], got)
			if math.Abs(got.Figures.Taken-c.aim) > 0.05*c.aim {
				t.Errorf("aimed at an FPIR of %v, expects %v", c.aim, got.Figures.Taken)
			}
		}
	}
	for i, c := range aims {
		a, th := achieved[i], thresholds[i]
		slices.Sort(a)
		slices.Sort(th)
		covered := 0
		for _, c := range found[i] {
			if truth := everybody.taken(c.Known); truth >= c.Figures.TakenLow && truth <= c.Figures.TakenHigh {
				covered++
			}
		}
		t.Logf("aimed at %.2f %%: achieved %.2f %% (of splits p10 %.2f, p50 %.2f, p90 %.2f); threshold %.3f (p10 %.3f, p90 %.3f); its interval holds what all strangers show %d times of %d",
			100*c.aim, 100*mean(a), 100*a[splits/10], 100*a[splits/2], 100*a[splits*9/10], th[splits/2], th[splits/10], th[splits*9/10], covered, splits)
		if covered < splits*8/10 {
			t.Errorf("the interval holds the truth %d times of %d", covered, splits)
		}
		if m := mean(a); m < c.least || m > c.most {
			t.Errorf("aimed at an FPIR of %v, achieved %v", c.aim, m)
		}
	}
}

// TestPicturesFiledTwice: the real set as it is, with 28 pairs of people who share a photograph, gives the threshold that
// it gives without those photographs.
func TestPicturesFiledTwice(t *testing.T) {
	cfg := calibration.Config{Network: loose}
	dirty := MustCalibrate(t, MustReadReal(t, false), noHousehold, cfg)
	clean := MustCalibrate(t, MustReadReal(t, true), noHousehold, cfg)
	t.Logf("known %.4f with, %.4f without them; %d people set aside", dirty.Known, clean.Known, dirty.Figures.Kin)
	if math.Abs(dirty.Known-clean.Known) > 0.02*clean.Known || dirty.Figures.Kin < 20 || clean.Figures.Kin > 2 {
		t.Errorf("with the photographs %+v, without %+v", dirty, clean)
	}
}

// TestGrowth calibrates at 1,000 people for 10,000 and measures with that many enrolled.
func TestGrowth(t *testing.T) {
	s := newSpace(7)
	all := s.people(10_000, 1)
	crowd := MustMeet(t, MustFill(t, all), s.people(2_000, 1))
	sample := MustProbe(t, MustFill(t, all[:1000]), all[:1000], noHousehold)
	for _, c := range []struct{ aim, least, most float64 }{{0.003, 0.0001, 0.006}, {0.01, 0.001, 0.015}, {0.05, 0.02, 0.07}} {
		now, err := calibration.Calibrate(sample, calibration.Config{Network: loose, FPIR: c.aim, Resamples: 20})
		must(t, err)
		then, err := calibration.Calibrate(sample, calibration.Config{Network: loose, FPIR: c.aim, People: 10_000, Resamples: 20})
		must(t, err)
		a, old := crowd.taken(then.Known), crowd.taken(now.Known)
		t.Logf("aimed at %.2f %% of 10,000 from 1,000: threshold %.3f achieves %.2f %%; the one for 1,000, %.3f, would take %.2f %%",
			100*c.aim, then.Known, 100*a, now.Known, 100*old)
		if a < c.least || a > c.most || then.Known >= now.Known {
			t.Errorf("aimed at %v, achieved %v with %v; before %v", c.aim, a, then.Known, now.Known)
		}
	}
}

func TestFewPeople(t *testing.T) {
	s := newSpace(3)
	network := recognizer.OperatingPoint{Known: 0.5, Unsure: 0.6, MinFaces: 2, MinMargin: 0.01}
	wide, narrow := network, network
	wide.Known, wide.Unsure = 0.9, 1
	narrow.Known, narrow.Unsure = 0.3, 0.35
	for _, c := range []struct {
		people  int
		network recognizer.OperatingPoint
		basis   menshen.CalibrationBasis
		known   float64 // 0: the site's own
	}{
		{0, network, menshen.CalibrationPublished, 0.5},
		{1, network, menshen.CalibrationPublished, 0.5},
		{2, network, menshen.CalibrationPublished, 0.5},
		{49, wide, menshen.CalibrationPublished, 0.9},
		{60, wide, menshen.CalibrationTightened, 0},
		{60, narrow, menshen.CalibrationTightened, 0.3},
		{300, wide, menshen.CalibrationSite, 0},
		{300, narrow, menshen.CalibrationBounded, 0.3 * calibration.MaxLoosening},
	} {
		t.Run(fmt.Sprint(c.people, c.basis), func(t *testing.T) {
			got := MustCalibrate(t, s.people(c.people, 2), noHousehold, calibration.Config{Network: c.network, Resamples: 20})
			if got.Basis != c.basis || c.known > 0 && math.Abs(got.Known-c.known) > 1e-12 || got.MinMargin != 0.01 {
				t.Errorf("got %+v", got)
			}
			if c.known == 0 && (got.Known >= c.network.Known || math.Abs(got.Figures.Taken-0.003) > 1e-4) {
				t.Errorf("the site's own: %+v", got)
			}
			if f := got.Figures; c.people >= 49 && (f.Several != c.people || f.TakenLow > f.Taken || f.TakenHigh < f.Taken || f.Nearest1 <= 0 || f.Nearest50 < f.Nearest1) {
				t.Errorf("figures %+v", f)
			}
		})
	}
}

// TestHouseholds: brothers and sisters are no strangers, so that families do not tighten the site's threshold.
func TestHouseholds(t *testing.T) {
	s := newSpace(4)
	single := s.people(300, 2)
	homes := map[string]string{}
	families := slices.Clone(single)
	for i, p := range single[:150] {
		id := fmt.Sprintf("q%d", i)
		home := "home-" + p.ID
		homes[p.ID], homes[id] = home, home
		families[i].Household = home
		// Each has a sibling half as far away as strangers are: three quarters of all people have the nearest at home.
		sibling := calibration.Person{ID: id, Household: home}
		for _, d := range p.Templates {
			z := make([]float64, len(d))
			for j, v := range d {
				z[j] = float64(v)
			}
			sibling.Templates = append(sibling.Templates, s.picture(s.kin(z, 0.4)))
		}
		families = append(families, sibling)
	}
	cfg := calibration.Config{Network: loose, Resamples: 20}
	without := MustCalibrate(t, single, noHousehold, cfg)
	with := MustCalibrate(t, families, func(id string) string { return homes[id] }, cfg)
	blind := MustCalibrate(t, families, noHousehold, cfg)
	t.Logf("without families %.3f, with %.3f, families taken for strangers %.3f", without.Known, with.Known, blind.Known)
	if math.Abs(with.Known-without.Known) > 0.06*without.Known || blind.Known > with.Known {
		t.Errorf("known %v without families, %v with, %v where they count as strangers", without.Known, with.Known, blind.Known)
	}
}

func TestAllAlike(t *testing.T) {
	var people []calibration.Person
	d := newSpace(1).picture(make([]float64, 128))
	for i := range 80 {
		people = append(people, calibration.Person{ID: fmt.Sprint(i), Templates: []menshen.Descriptor{d}})
	}
	got := MustCalibrate(t, people, noHousehold, calibration.Config{Network: loose})
	if got.Basis != menshen.CalibrationPublished || got.Known != loose.Known {
		t.Errorf("eighty times the same face gave %+v", got)
	}
}

func TestCalibrateRefuses(t *testing.T) {
	for _, c := range []calibration.Config{{}, {Network: loose, FPIR: -1}, {Network: loose, FPIR: 0.6}, {Network: loose, FPIR: math.NaN()}, {Network: loose, People: -1}} {
		if _, err := calibration.Calibrate(calibration.Sample{}, c); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestProbeStops(t *testing.T) {
	people := newSpace(1).people(3, 1)
	g := MustFill(t, people)
	stop := errors.New("stop")
	if _, err := calibration.Probe(t.Context(), people, 3, 3, g, noHousehold, func() error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := calibration.Probe(ctx, people, 3, 3, g, noHousehold, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestChoose(t *testing.T) {
	s := newSpace(9)
	var all []menshen.Template
	for i := range 3 { // interleaved, as people add photographs later
		for _, p := range s.people(1000, 1) {
			all = append(all, menshen.Template{ID: fmt.Sprint(p.ID, i), Person: p.ID, Descriptor: p.Templates[0], Masked: i == 2})
		}
	}
	stream := func(yield func(menshen.Template, error) bool) {
		for _, x := range all {
			if !yield(x, nil) {
				return
			}
		}
	}
	chosen, people, templates, err := calibration.Choose(stream, 100, func(id string) string { return "of " + id })
	must(t, err)
	again, _, _, err := calibration.Choose(stream, 100, noHousehold)
	must(t, err)
	if people != 1000 || templates != 3000 || len(chosen) < 40 || len(chosen) > 100 || len(again) != len(chosen) {
		t.Fatalf("%d of %d people, %d templates; again %d", len(chosen), people, templates, len(again))
	}
	for i, p := range chosen {
		if len(p.Templates) != 2 || p.Household != "of "+p.ID || again[i].ID != p.ID {
			t.Fatalf("chosen %+v", p)
		}
	}
	failure := errors.New("disk")
	_, _, _, err = calibration.Choose(func(yield func(menshen.Template, error) bool) { yield(menshen.Template{}, failure) }, 100, noHousehold)
	if !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
