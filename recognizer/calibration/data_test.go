package calibration_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/calibration"
	"menshen/recognizer/gallery"
)

var engine = menshen.EngineID{Name: "dlib", ModelHash: "0123", Dim: 128, Metric: menshen.MetricEuclidean}

// loose is a network whose own thresholds never stand in the way.
var loose = recognizer.OperatingPoint{Known: 3, Unsure: 3.5, MinFaces: 2}

func noHousehold(string) string { return "" }

// MustReadReal gives the real descriptors of 134 people, in order of their ids. clean leaves out photographs that are
// filed under two people (28 pairs of people have one at a distance below 0.1; the next pair is at 0.23): with them one
// of 50 strangers is "taken" at any threshold, for it is the same picture.
func MustReadReal(tb testing.TB, clean bool) []calibration.Person {
	tb.Helper()
	const path = "../../../shared/testdata/descriptors/dlib_resnet_v1.csv"
	f, err := os.Open(path)
	if err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("needs %s, and CI=true allows no skipping", path)
		}
		tb.Skipf("SKIPPED: needs %s", path)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	must(tb, err)
	all := map[string][]menshen.Descriptor{}
	for _, row := range rows[1:] {
		raw, err := base64.StdEncoding.DecodeString(row[1])
		must(tb, err)
		d := make(menshen.Descriptor, len(raw)/4)
		for i := range d {
			d[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		all[row[0]] = append(all[row[0]], d)
	}
	var people []calibration.Person
	for _, id := range slices.Sorted(maps.Keys(all)) {
		p := calibration.Person{ID: id}
		for _, d := range all[id] {
			if !clean || !filedTwice(all, id, d) {
				p.Templates = append(p.Templates, d)
			}
		}
		people = append(people, p)
	}
	return people
}

func filedTwice(all map[string][]menshen.Descriptor, person string, d menshen.Descriptor) bool {
	for other, templates := range all {
		if other != person && slices.ContainsFunc(templates, func(o menshen.Descriptor) bool { return d.Distance(o) < 0.15 }) {
			return true
		}
	}
	return false
}

// space makes descriptors like those of faces (research/gallery.md), in the basis of their principal components.
type space struct {
	rnd    *rand.Rand
	lambda [128]float64
}

func newSpace(seed uint64) *space {
	s := &space{rnd: rand.New(rand.NewPCG(seed, 1))}
	sum := 0.0
	for j := range s.lambda {
		s.lambda[j] = math.Exp(-float64(j) / 16)
		sum += s.lambda[j]
	}
	for j := range s.lambda {
		s.lambda[j] /= sum
	}
	return s
}

// identity gives somebody new; kin somebody whose distance from them is a part of that between strangers.
func (s *space) identity() []float64 {
	z := make([]float64, 128)
	for j, l := range s.lambda {
		z[j] = math.Sqrt(0.36*l) * s.rnd.NormFloat64()
	}
	return z
}

func (s *space) kin(of []float64, part float64) []float64 {
	z := s.identity()
	for j := range z {
		z[j] = math.Sqrt(1-part*part)*of[j] + part*z[j]
	}
	return z
}

func (s *space) picture(identity []float64) menshen.Descriptor {
	d := make(menshen.Descriptor, 128)
	for j, l := range s.lambda {
		d[j] = float32(identity[j] + math.Sqrt(0.072*(0.5*l+0.5/128))*s.rnd.NormFloat64())
	}
	return d
}

func (s *space) person(id string, identity []float64, pictures int) calibration.Person {
	p := calibration.Person{ID: id}
	for range pictures {
		p.Templates = append(p.Templates, s.picture(identity))
	}
	return p
}

func (s *space) people(n, pictures int) []calibration.Person {
	all := make([]calibration.Person, n)
	for i := range all {
		all[i] = s.person(fmt.Sprintf("p%05d", i), s.identity(), pictures)
	}
	return all
}

func MustFill(tb testing.TB, people []calibration.Person) *gallery.Gallery {
	tb.Helper()
	g := gallery.New(engine)
	var batch []menshen.Template
	for _, p := range people {
		for i, d := range p.Templates {
			batch = append(batch, menshen.Template{ID: fmt.Sprint(p.ID, "-", i), Person: p.ID, Engine: engine, Descriptor: d, Quality: 1})
		}
	}
	must(tb, g.Insert(batch...))
	return g
}

// MustCalibrate calibrates on all of the people.
func MustCalibrate(tb testing.TB, people []calibration.Person, household func(string) string, cfg calibration.Config) menshen.Calibration {
	tb.Helper()
	cfg.Engine = engine
	c, err := calibration.Calibrate(MustProbe(tb, MustFill(tb, people), people, household), cfg)
	must(tb, err)
	must(tb, c.Validate())
	return c
}

// crowd is strangers before a gallery: the distance of each of their pictures to the nearest person enrolled.
type crowd [][]float64

func MustMeet(tb testing.TB, g *gallery.Gallery, strangers []calibration.Person) crowd {
	tb.Helper()
	var c crowd
	for _, p := range strangers {
		var distances []float64
		for _, d := range p.Templates {
			found, err := g.Search(d, 1)
			must(tb, err)
			distances = append(distances, found[0].Distance)
		}
		if len(distances) > 0 {
			c = append(c, distances)
		}
	}
	return c
}

// taken is the share of strangers whom somebody enrolled is within a distance of; each weighs the same.
func (c crowd) taken(known float64) float64 {
	sum := 0.0
	for _, distances := range c {
		for _, d := range distances {
			if d <= known {
				sum += 1 / float64(len(distances))
			}
		}
	}
	return sum / float64(len(c))
}

// MustProbe probes a gallery with all of the people in it.
func MustProbe(tb testing.TB, g *gallery.Gallery, people []calibration.Person, household func(string) string) calibration.Sample {
	tb.Helper()
	s, err := calibration.Probe(context.Background(), people, g.People(), g.Len(), g, household, nil)
	must(tb, err)
	return s
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
