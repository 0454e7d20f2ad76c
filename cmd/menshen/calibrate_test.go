package main_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
)

// mobileFaceNet is the network of ../shared/models, which a simulated community may use.
var mobileFaceNet = menshen.EngineID{
	Name: "opencv", ModelHash: "793362600dda59069b6dee06d3adb3461de37e14784442a0a5a54e4a69e1d57c", Dim: 128, Metric: menshen.MetricEuclidean,
}

type calibrationAnswer struct {
	People, Templates, Probed, Several          int
	FPIR, Known, Unsure, Taken, Missed, Refused float64
	NetworkKnown                                float64 `json:"network_known"`
	Basis                                       string
	InUse                                       bool `json:"in_use"`
	LookAlikes                                  []struct {
		A, B     struct{ ID, Name, Dwelling string }
		Distance float64
		KnownA   float64 `json:"known_a"`
	} `json:"look_alikes"`
}

// TestCalibrate has 250 people with made-up templates, two of them alike, and calibrates with them as an operator would.
func TestCalibrate(t *testing.T) {
	c := newCommunity(t, fmt.Sprintf("engine: {models: %q}\nsimulation: {people: 250, days: 0}", mustShared(t, "models")))
	s := c.serve()
	if a := mustJSON[calibrationAnswer](c, "calibrate", "--dry-run"); a.People != 0 || a.Basis != "published" || a.Known != 1 || a.InUse {
		t.Errorf("with nobody enrolled: %+v", a)
	}
	s.stop(t)
	twins := enrolMadeUp(t, filepath.Join(c.dir, "data/simulated/site.db"), 250)

	c.serve()
	var a calibrationAnswer
	eventually(t, "it has calibrated at its start and found the twins", func() bool {
		a = mustJSON[calibrationAnswer](c, "calibrate", "--dry-run")
		return len(a.LookAlikes) == 1
	})
	if a.People != 250 || a.Templates != 500 || a.Probed != 250 || a.Several != 250 || a.Basis != "site" || a.FPIR != 0.003 || a.InUse ||
		a.Known >= a.NetworkKnown || math.Abs(a.Taken-0.003) > 0.0003 || a.NetworkKnown != 1 {
		t.Errorf("got %+v", a)
	}
	if p := a.LookAlikes[0]; !slices.Contains(twins, p.A.ID) || !slices.Contains(twins, p.B.ID) || p.A.Name == "" || p.B.Dwelling == "" || p.KnownA >= p.Distance {
		t.Errorf("look-alikes %+v, want %v", p, twins)
	}
	if out := c.must("status"); !strings.Contains(out, "look-alikes") || !strings.Contains(out, twins[0]) || strings.Contains(out, "calibration-") {
		t.Errorf("status says\n%s", out)
	}
	out := c.must("calibrate", "--fpir", "1%")
	for _, want := range []string{"people 250, templates 500", "aimed at 10.00", "from the people enrolled here", a.LookAlikes[0].A.Name, "kept, and in use"} {
		if !strings.Contains(out, want) {
			t.Errorf("the answer lacks %q:\n%s", want, out)
		}
	}
	db := mustSite(t, filepath.Join(c.dir, "data/simulated/site.db"))
	kept, err := db.Calibration(t.Context(), mobileFaceNet)
	if err != nil || kept.FPIR != 0.01 || kept.Known <= a.Known {
		t.Errorf("kept %+v, %v", kept, err)
	}
	// What was told about the twins is on record.
	for _, id := range twins {
		entries := 0
		for e, err := range db.AuditEntries(t.Context(), store.AuditFilter{Action: "calibration.look_alike", Subject: id}) {
			if err != nil || e.Actor != "operator@terminal" {
				t.Errorf("%+v, %v", e, err)
			}
			entries++
		}
		if entries < 2 {
			t.Errorf("%d entries about %s", entries, id)
		}
	}
	// Their end when one of them leaves.
	c.must("people", "remove", twins[0])
	eventually(t, "the pair is no more", func() bool { return !strings.Contains(c.must("status"), twins[0]) })
}

// enrolMadeUp gives everybody two templates that lie like those of faces; the first two people are alike.
func enrolMadeUp(t *testing.T, path string, people int) (twins []string) {
	t.Helper()
	db := mustSite(t, path)
	rnd := rand.New(rand.NewPCG(1, 2))
	norm := 0.0
	for j := range mobileFaceNet.Dim {
		norm += math.Exp(-float64(j) / 16)
	}
	point := func(variance float64) []float64 {
		z := make([]float64, mobileFaceNet.Dim)
		for j := range z {
			z[j] = math.Sqrt(variance*math.Exp(-float64(j)/16)/norm) * rnd.NormFloat64()
		}
		return z
	}
	var templates []menshen.Template
	var first []float64
	for p, err := range db.People(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		who := point(0.36)
		switch len(twins) {
		case 0:
			first, twins = who, append(twins, p.ID)
		case 1:
			for j, v := range point(0.02) {
				who[j] = first[j] + v
			}
			twins = append(twins, p.ID)
		}
		for k := range 2 {
			d := make(menshen.Descriptor, len(who))
			for j, v := range point(0.05) {
				d[j] = float32(who[j] + v)
			}
			templates = append(templates, menshen.Template{ID: fmt.Sprint(p.ID, k), Person: p.ID, Engine: mobileFaceNet, Descriptor: d, Quality: 1, Created: time.Now()})
		}
	}
	if len(templates) != 2*people {
		t.Fatalf("%d templates", len(templates))
	}
	if err := db.AddTemplates(t.Context(), templates); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return twins
}

func mustSite(t *testing.T, path string) *sqlite.Site {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(path), "site.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(context.Background(), path, sqlite.Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // closed before, where that matters
	return db
}
