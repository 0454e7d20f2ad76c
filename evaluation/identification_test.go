package evaluation_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"menshen"
	"menshen/evaluation"
)

// crowd makes people with six photographs each, points on a sphere of some dimensions, and how far apart they are.
func crowd(people, dim int, noise float64) ([]evaluation.Person, evaluation.Score) {
	random := rand.New(rand.NewPCG(3, 3))
	var all []evaluation.Person
	var points [][]float64
	unit := func(v []float64) []float64 {
		n := 0.0
		for _, x := range v {
			n += x * x
		}
		for i := range v {
			v[i] /= math.Sqrt(n)
		}
		return v
	}
	for i := range people {
		middle := make([]float64, dim)
		for k := range middle {
			middle[k] = random.NormFloat64()
		}
		unit(middle)
		p := evaluation.Person{Name: fmt.Sprint(i)}
		for k := range 6 {
			own := slices.Clone(middle)
			for j := range own {
				own[j] += noise * random.NormFloat64() / math.Sqrt(float64(dim))
			}
			points = append(points, unit(own))
			p.Images = append(p.Images, fmt.Sprintf("%d/%d.jpg", i, k))
		}
		all = append(all, p)
	}
	return all, func(probe int, enrolled []int) float64 {
		best := math.Inf(1)
		for _, e := range enrolled {
			d := 0.0
			for i, x := range points[probe] {
				d += (x - points[e][i]) * (x - points[e][i])
			}
			best = min(best, math.Sqrt(d))
		}
		return best
	}
}

func TestIdentify(t *testing.T) {
	people, score := crowd(60, 24, 0.6)
	r, err := evaluation.OpenSet{Splits: 20, Seed: 5}.Identify(people, score)
	if err != nil {
		t.Fatal(err)
	}
	if r.Enrolled != 30 || r.Strangers != 30 || r.Images != 360 || len(r.Galleries) != 4 || r.Galleries[3].Size != 30 {
		t.Fatalf("%+v", r)
	}
	for i, g := range r.Galleries {
		if g.Mated != 20*3*g.Size || g.NonMated != 20*6*30 || g.NonMatedFaces > 360 {
			t.Errorf("gallery of %d: %d and %d searches", g.Size, g.Mated, g.NonMated)
		}
		if i > 0 && g.Rank1 > r.Galleries[0].Rank1+0.02 {
			t.Errorf("rank-1 grows with the gallery to %.3f", g.Rank1)
		}
		for _, p := range g.Points {
			if p.Measured > p.FPIR || p.FNIR < 1-g.Rank1-1e-9 || !(p.Interval.Low <= p.FNIR && p.FNIR <= p.Interval.High) || p.Resolved != (p.FPIR == 0.01) {
				t.Errorf("gallery of %d: %+v", g.Size, p)
			}
			// Here people are independent, so the formula must be near what was measured.
			if p.Measured > 0 && (p.Expected < p.Measured/3 || p.Expected > p.Measured*3) {
				t.Errorf("gallery of %d: FPIR %.4f measured, %.4f expected", g.Size, p.Measured, p.Expected)
			}
		}
		if g.Points[0].FNIR < g.Points[1].FNIR || g.Points[0].Threshold > g.Points[1].Threshold {
			t.Errorf("gallery of %d: a lower FPIR is easier: %+v", g.Size, g.Points)
		}
	}
	if len(r.Beyond) != 6 || !r.Beyond[4].Fitted || r.Beyond[4].Threshold >= r.Beyond[0].Threshold || r.Beyond[4].FNIR < r.Beyond[0].FNIR {
		t.Errorf("beyond: %+v", r.Beyond)
	}
	again, err := evaluation.OpenSet{Splits: 20, Seed: 5}.Identify(people, score)
	if err != nil || !reflect.DeepEqual(r, again) {
		t.Error("the same call gives other figures")
	}
	if other, err := (evaluation.OpenSet{Splits: 20, Seed: 6}).Identify(people, score); err != nil || reflect.DeepEqual(r, other) {
		t.Error("the seed counts for nothing")
	}
}

// TestIdentifyFailures: who fails is missed and, as a stranger, never taken for anybody.
func TestIdentifyFailures(t *testing.T) {
	people, score := crowd(20, 24, 0.1)
	failing := func(probe int, enrolled []int) float64 {
		if probe%6 == 0 {
			return math.Inf(1)
		}
		return score(probe, enrolled)
	}
	r, err := evaluation.OpenSet{Seed: 1}.Identify(people, failing)
	if err != nil {
		t.Fatal(err)
	}
	g := r.Galleries[len(r.Galleries)-1]
	if math.Abs(g.Rank1-5.0/6) > 0.03 || math.Abs(g.Points[0].FNIR-1.0/6) > 0.03 {
		t.Errorf("rank-1 %.3f, FNIR %.3f", g.Rank1, g.Points[0].FNIR)
	}
	all := func(int, []int) float64 { return math.Inf(1) }
	if r, err = (evaluation.OpenSet{Seed: 1}).Identify(people, all); err != nil || r.Galleries[0].Rank1 != 0 || r.Galleries[0].Points[0].FNIR != 1 {
		t.Errorf("nothing could be used: %+v, error %v", r.Galleries[0], err)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func TestIdentifyRefuses(t *testing.T) {
	people, score := crowd(6, 8, 0.1)
	single := []evaluation.Person{{Name: "a", Images: []string{"a/1.jpg"}}, {Name: "b", Images: []string{"b/1.jpg"}}}
	for name, try := range map[string]func() error{
		"nobody twice": func() error { _, err := evaluation.OpenSet{}.Identify(single, score); return err },
		"all":          func() error { _, err := evaluation.OpenSet{Enrolled: 1}.Identify(people, score); return err },
		"not a share":  func() error { _, err := evaluation.OpenSet{Enrolled: math.NaN()}.Identify(people, score); return err },
		"size":         func() error { _, err := evaluation.OpenSet{Sizes: []int{4}}.Identify(people, score); return err },
		"size 0":       func() error { _, err := evaluation.OpenSet{Sizes: []int{0, 2}}.Identify(people, score); return err },
		"splits":       func() error { _, err := evaluation.OpenSet{Splits: -1}.Identify(people, score); return err },
	} {
		if err := try(); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestTail: of a hundred thousand normally distributed distances, the fit carries to a share of 1e-6.
func TestTail(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	distances := make([]float64, 100_000)
	for i := range distances {
		distances[i] = 1.4 + 0.08*random.NormFloat64()
	}
	distances[0] = math.Inf(1)
	tail, ok := evaluation.NewTail(distances)
	if !ok {
		t.Fatal("no fit")
	}
	for z, want := range map[float64]float64{-1: 0.1587, -3.09: 1e-3, -3.719: 1e-4, -4.265: 1e-5, -4.753: 1e-6} {
		d := 1.4 + 0.08*z
		if got := tail.FMR(d); got < want/3 || got > want*3 {
			t.Errorf("at %.3f: %.2g instead of %.2g", d, got, want)
		}
		if back := tail.Threshold(tail.FMR(d)); math.Abs(back-d) > 0.002 {
			t.Errorf("the threshold of the FMR at %.4f is %.4f", d, back)
		}
	}
	if _, ok := evaluation.NewTail(distances[:30]); ok {
		t.Error("a fit on 30 distances")
	}
	if got := evaluation.ExpectedFPIR(evaluation.NeededFMR(0.003, 5000), 5000); math.Abs(got-0.003) > 1e-12 {
		t.Errorf("there and back: %g", got)
	}
}
