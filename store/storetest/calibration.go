package storetest

import (
	"math"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

func sampleCalibration(e menshen.EngineID) menshen.Calibration {
	return menshen.Calibration{
		Engine: e, At: start(), People: 1200, Templates: 3400, FPIR: 0.003, Known: 0.8631000000000001, Unsure: 1.02, MinMargin: 0.05,
		Basis:   menshen.CalibrationSite,
		Figures: menshen.CalibrationFigures{Probed: 1200, Nearest1: 0.81, Taken: 0.0030000000000000005, Several: 7, Refused: 0.25},
	}
}

func templatesOf(t *testing.T, s Store) {
	ctx := t.Context()
	a, b := Engine("opencv"), Engine("dlib")
	for _, id := range []string{"p-1", "p-2"} {
		must(t, s.AddPerson(ctx, samplePerson(id, "A", ""), nil))
	}
	ts := []menshen.Template{sampleTemplate("t-2", "p-1", a, 1), sampleTemplate("t-1", "p-2", a, 1), sampleTemplate("t-0", "p-1", a, 2), sampleTemplate("t-3", "p-1", b, 1)}
	must(t, s.AddTemplates(ctx, ts))
	wantEqual(t, MustCollect(t, s.TemplatesOf(ctx, a, "p-1")), []menshen.Template{ts[0], ts[2]})
	wantEqual(t, MustCollect(t, s.TemplatesOf(ctx, b, "p-1")), ts[3:])
	for _, nobody := range []string{"", "p-9", "' OR 1=1 --"} {
		wantEqual(t, MustCollect(t, s.TemplatesOf(ctx, a, nobody)), []menshen.Template(nil))
	}
}

func calibration(t *testing.T, s Store) {
	ctx := t.Context()
	a, b := Engine("opencv"), Engine("opencv")
	b.ModelHash = "another"
	_, err := s.Calibration(ctx, a)
	wantCode(t, err, menshen.CodeNotFound)
	first, other := sampleCalibration(a), sampleCalibration(b)
	first.At = first.At.In(time.FixedZone("CST", 8*3600))
	other.Known, other.Basis = 0.4, menshen.CalibrationPublished
	must(t, s.SetCalibration(ctx, first))
	must(t, s.SetCalibration(ctx, other))
	first.At = start()
	got, err := s.Calibration(ctx, a)
	must(t, err)
	wantEqual(t, got, first)

	second := menshen.Calibration{Engine: a, At: start().Add(time.Hour), Known: 1, Unsure: 1, Basis: menshen.CalibrationBounded}
	must(t, s.SetCalibration(ctx, second)) // a few zeros are as good as other numbers
	got, err = s.Calibration(ctx, a)
	must(t, err)
	wantEqual(t, got, second)
	got, err = s.Calibration(ctx, b)
	must(t, err)
	wantEqual(t, got, other)

	// No template comes into being by it.
	engines, err := s.TemplateEngines(ctx)
	must(t, err)
	wantEqual(t, engines, map[menshen.EngineID]int{})
	c, err := s.Counts(ctx)
	must(t, err)
	wantEqual(t, c, store.Counts{})
}

func calibrationRefuses(t *testing.T, s Store) {
	ctx := t.Context()
	for name, change := range map[string]func(*menshen.Calibration){
		"no engine":         func(c *menshen.Calibration) { c.Engine = menshen.EngineID{} },
		"no time":           func(c *menshen.Calibration) { c.At = time.Time{} },
		"a time far away":   func(c *menshen.Calibration) { c.At = time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"known 0":           func(c *menshen.Calibration) { c.Known = 0 },
		"known is none":     func(c *menshen.Calibration) { c.Known = math.NaN() },
		"unsure below":      func(c *menshen.Calibration) { c.Unsure = 0.1 },
		"unsure infinite":   func(c *menshen.Calibration) { c.Unsure = math.Inf(1) },
		"margin":            func(c *menshen.Calibration) { c.MinMargin = -1 },
		"fpir":              func(c *menshen.Calibration) { c.FPIR = 2 },
		"people":            func(c *menshen.Calibration) { c.People = -1 },
		"basis":             func(c *menshen.Calibration) { c.Basis = "guess" },
		"a figure of none":  func(c *menshen.Calibration) { c.Figures.Taken = math.NaN() },
		"figures unlimited": func(c *menshen.Calibration) { c.Figures.Nearest50 = math.Inf(1) },
	} {
		c := sampleCalibration(Engine("opencv"))
		change(&c)
		if err := s.SetCalibration(ctx, c); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.Calibration(ctx, Engine("opencv"))
	wantCode(t, err, menshen.CodeNotFound)
}
