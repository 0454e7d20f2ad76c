package enrolment_test

import (
	"math"
	"testing"
	"time"

	"menshen"
	"menshen/enrolment"
	"menshen/recognizer/gallery"
)

const day = 24 * time.Hour

// adapting is a house that learns, with one person enrolled who is identity 1.
func adapting(t *testing.T) (h *house, person string) {
	t.Helper()
	h = &house{analyser: &drawn{}, registry: MustRegistry(t), gallery: gallery.New(synthetic)}
	cfg := config()
	cfg.Adaptation.On = true
	var err error
	if h.Enroller, err = enrolment.New(h.analyser, h.registry, h.gallery, now, cfg); err != nil {
		t.Fatal(err)
	}
	r, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1})))
	if err != nil || r.Accepted() != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	return h, r.Person
}

// apart is a face of identity 1 at the distance from its enrolled photograph, in one of eight directions.
func apart(distance float64, direction int) menshen.Descriptor {
	d := face(1, 0)
	cos := 1 - distance*distance/2
	for i := range d {
		d[i] *= float32(cos)
	}
	d[9+direction] += float32(math.Sqrt(1 - cos*cos))
	return d
}

func lesson(person string, d menshen.Descriptor, after time.Duration) menshen.Lesson {
	return menshen.Lesson{Person: person, Engine: synthetic, Descriptor: d, Quality: 0.9, Captured: today.Add(after)}
}

func TestAdaptWhat(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*menshen.Lesson)
		want   bool
	}{
		"sure and new":         {func(*menshen.Lesson) {}, true},
		"as the photograph":    {func(l *menshen.Lesson) { l.Descriptor = apart(0.3, 0) }, false},
		"too far":              {func(l *menshen.Lesson) { l.Descriptor = apart(0.75, 0) }, false},
		"poor":                 {func(l *menshen.Lesson) { l.Quality = 0.6 }, false},
		"covered":              {func(l *menshen.Lesson) { l.Masked = true }, false},
		"of another engine":    {func(l *menshen.Lesson) { l.Engine.Name = "other" }, false},
		"no descriptor at all": {func(l *menshen.Lesson) { l.Descriptor = nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			h, person := adapting(t)
			l := lesson(person, apart(0.5, 0), 0)
			c.change(&l)
			learnt, err := h.Adapt(t.Context(), l)
			if err != nil || learnt != c.want {
				t.Fatalf("%t, %v", learnt, err)
			}
			n := 1
			if c.want {
				n = 2
			}
			h.inStep(t, 1, n)
		})
	}
}

func TestAdaptNearSomebodyElse(t *testing.T) {
	h, person := adapting(t)
	if err := h.gallery.Insert(menshen.Template{ID: "x", Person: "other", Engine: synthetic, Descriptor: apart(0.9, 0)}); err != nil {
		t.Fatal(err)
	}
	if learnt, err := h.Adapt(t.Context(), lesson(person, apart(0.5, 0), 0)); learnt || err != nil {
		t.Errorf("learnt a face that is near somebody else's: %v", err)
	}
}

// TestAdaptSlowly: one lesson a week, three kept, and never next to what was learnt alone, so nobody wanders off.
func TestAdaptSlowly(t *testing.T) {
	h, person := adapting(t)
	learn := func(d menshen.Descriptor, after time.Duration, want bool) {
		t.Helper()
		if learnt, err := h.Adapt(t.Context(), lesson(person, d, after)); err != nil || learnt != want {
			t.Fatalf("%t, %v", learnt, err)
		}
	}
	learn(apart(0.6, 0), 0, true)
	learn(apart(0.6, 1), 6*day, false) // too soon
	learn(apart(0.6, 1), 7*day, true)
	learn(apart(0.98, 0), 14*day, false) // near a lesson, far from the photograph
	learn(apart(0.6, 2), 14*day, true)
	h.inStep(t, 1, 4)
	learn(apart(0.6, 3), 21*day, true) // the oldest makes room
	h.inStep(t, 1, 4)
	for tp, err := range h.registry.TemplatesOf(t.Context(), synthetic, person) {
		if err != nil || tp.Adapted && tp.Created.Equal(today) {
			t.Errorf("the oldest lesson is still there: %+v, %v", tp, err)
		}
	}

	if all, err := h.Forget(t.Context(), person); len(all) != 3 || err != nil {
		t.Errorf("%d forgotten, %v", len(all), err)
	}
	h.inStep(t, 1, 1)
	if _, err := h.Forget(t.Context(), "nobody"); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Error(err)
	}
	learn(apart(0.6, 4), 22*day, true)
	if all, err := h.Forget(t.Context(), ""); len(all) != 1 || err != nil {
		t.Errorf("%d forgotten of everybody, %v", len(all), err)
	}
	h.inStep(t, 1, 1)
}

func TestAdaptationIsOffByDefault(t *testing.T) {
	h := MustHouse(t)
	r, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1})))
	if err != nil {
		t.Fatal(err)
	}
	if learnt, err := h.Adapt(t.Context(), lesson(r.Person, apart(0.5, 0), 0)); learnt || err != nil {
		t.Errorf("%t, %v", learnt, err)
	}
}

func TestBestTemplatesAreKept(t *testing.T) {
	h := &house{analyser: &drawn{}, registry: MustRegistry(t), gallery: gallery.New(synthetic)}
	cfg := config()
	cfg.MaxTemplates = 2
	var err error
	if h.Enroller, err = enrolment.New(h.analyser, h.registry, h.gallery, now, cfg); err != nil {
		t.Fatal(err)
	}
	r, err := h.Enroll(t.Context(), request(t, "王芳",
		draw(drawnFace{Who: 1, Variant: 1, Sharp: 0.8}), draw(drawnFace{Who: 1, Variant: 2, Sharp: 0.7}), draw(drawnFace{Who: 1, Variant: 3, Sharp: 0.9})))
	if err != nil || r.Accepted() != 3 {
		t.Fatalf("%+v %v", r, err)
	}
	h.inStep(t, 1, 2)
	for tp, err := range h.registry.TemplatesOf(t.Context(), synthetic, r.Person) {
		if err != nil || tp.Descriptor.Distance(face(1, 2)) < 0.01 {
			t.Errorf("the worst one was kept: %v", err)
		}
	}
}
