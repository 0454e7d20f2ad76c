package enrolment_test

import (
	"context"
	"testing"

	"menshen"
	"menshen/enrolment"
	"menshen/recognizer/gallery"
)

// rebranded makes the drawn analyses as another engine.
type rebranded struct {
	*drawn
	id menshen.EngineID
}

func (a *rebranded) Analyse(ctx context.Context, data []byte) (menshen.Analysis, error) {
	found, err := a.drawn.Analyse(ctx, data)
	found.Engine = a.id
	return found, err
}

// TestRenew enrols with one engine and renews with another: who has photographs that it can use is recognised by it.
func TestRenew(t *testing.T) {
	registry := MustRegistry(t)
	old := synthetic
	old.ModelHash = "ff"
	cfg := config()
	cfg.Engine, cfg.KeepPhotographs = old, true
	g := gallery.New(old)
	e, err := enrolment.New(&rebranded{drawn: &drawn{}, id: old}, registry, g, now, cfg)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i, pictures := range [][][]byte{
		{draw(drawnFace{Who: 1}), draw(drawnFace{Who: 1, Variant: 1})},
		{draw(drawnFace{Who: 2})},
	} {
		r, err := e.Enroll(t.Context(), request(t, []string{"王芳", "李强"}[i], pictures...))
		if err != nil || r.Accepted() != len(pictures) {
			t.Fatalf("%+v %v", r, err)
		}
		ids = append(ids, r.Person)
	}
	ids = append(ids, "gone")

	// The next engine runs, and the registry has no photograph of one who was enrolled before any were kept.
	h := &house{analyser: &drawn{}, registry: registry, gallery: gallery.New(synthetic)}
	cfg.Engine = synthetic
	if h.Enroller, err = enrolment.New(h.analyser, registry, h.gallery, now, cfg); err != nil {
		t.Fatal(err)
	}
	p := menshen.Person{ID: "bare", Name: "赵敏", State: menshen.PersonActive, Created: today}
	bare := menshen.Template{ID: "b", Person: "bare", Engine: old, Descriptor: face(3, 0)}
	if err := registry.AddPerson(t.Context(), p, []menshen.Template{bare}); err != nil {
		t.Fatal(err)
	}
	waiting := map[string]int{}
	for u, err := range registry.Untemplated(t.Context(), synthetic) {
		if err != nil {
			t.Fatal(err)
		}
		waiting[u.Person] = u.Photographs
	}
	if len(waiting) != 3 || waiting[ids[0]] != 2 || waiting[ids[1]] != 1 || waiting["bare"] != 0 {
		t.Fatalf("waiting: %v", waiting)
	}
	got := map[string]int{}
	each := func(r enrolment.Renewed) error { got[r.Person] = r.Templates; return nil }
	for range 2 { // again: nothing changes
		if err := h.Renew(t.Context(), append(ids, "bare"), each); err != nil {
			t.Fatal(err)
		}
		h.inStep(t, 3, 3)
	}
	if got["bare"] != 0 || got["gone"] != 0 {
		t.Errorf("renewed: %v", got)
	}
	left := 0
	for u, err := range registry.Untemplated(t.Context(), synthetic) {
		if left++; err != nil || u.Person != "bare" {
			t.Errorf("%+v, %v", u, err)
		}
	}
	if left != 1 {
		t.Errorf("%d people still wait", left)
	}
}
