package enrolment_test

import (
	"context"
	"testing"

	"menshen"
	"menshen/enrolment"
	"menshen/recognizer/gallery"
	"menshen/store/sqlite"
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
		if u.MaskedOnly {
			continue // this analyser draws no masks
		}
		if left++; err != nil || u.Person != "bare" {
			t.Errorf("%+v, %v", u, err)
		}
	}
	if left != 1 {
		t.Errorf("%d people still wait", left)
	}
}

// fullDisk keeps no photographs.
type fullDisk struct {
	*sqlite.Site
	full bool
}

func (f *fullDisk) AddPhotographs(ctx context.Context, person string, photos []menshen.Photograph) error {
	if f.full {
		return menshen.Errorf(menshen.CodeExhausted, "test", "no space is left")
	}
	return f.Site.AddPhotographs(ctx, person, photos)
}

// TestPhotographsFail: whoever is stored is known at the gates, whatever fails after, and asking again makes no second
// person.
func TestPhotographsFail(t *testing.T) {
	h := &house{analyser: &drawn{}, registry: MustRegistry(t), gallery: gallery.New(synthetic)}
	disk := &fullDisk{Site: h.registry, full: true}
	cfg := config()
	cfg.KeepPhotographs = true
	var err error
	if h.Enroller, err = enrolment.New(h.analyser, disk, h.gallery, now, cfg); err != nil {
		t.Fatal(err)
	}
	r, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1})))
	if menshen.ErrorCode(err) != menshen.CodeExhausted || r.Person == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	h.inStep(t, 1, 1)
	disk.full = false
	again, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1}), draw(drawnFace{Who: 1, Variant: 1})))
	if err != nil || again.Person != r.Person {
		t.Errorf("%+v, %v", again, err)
	}
	h.inStep(t, 1, 2)
}

// TestRenewBringsNobodyBack: who was removed stays away.
func TestRenewBringsNobodyBack(t *testing.T) {
	h := &house{analyser: &drawn{}, registry: MustRegistry(t), gallery: gallery.New(synthetic)}
	cfg := config()
	cfg.KeepPhotographs = true
	var err error
	if h.Enroller, err = enrolment.New(h.analyser, h.registry, h.gallery, now, cfg); err != nil {
		t.Fatal(err)
	}
	r, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1})))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.registry.SetPersonState(t.Context(), r.Person, menshen.PersonInactive); err != nil {
		t.Fatal(err)
	}
	made := -1
	if err := h.Renew(t.Context(), []string{r.Person}, func(x enrolment.Renewed) error { made = x.Templates; return nil }); err != nil || made != 0 {
		t.Errorf("%d templates, %v", made, err)
	}
	if p, err := h.registry.Person(t.Context(), r.Person); err != nil || p.State != menshen.PersonInactive {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestLookAlikeOfTheSamePhotograph: a twin may be like somebody, but not bring that person's very photograph.
func TestLookAlikeOfTheSamePhotograph(t *testing.T) {
	h := MustHouse(t)
	if _, err := h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1}))); err != nil {
		t.Fatal(err)
	}
	req := request(t, "王莉", drawing{Faces: []drawnFace{{Who: 1}}, Note: "another file"}.bytes())
	req.LookAlike = true
	if r, err := h.Enroll(t.Context(), req); err != nil || r.Photos[0].Code != enrolment.CodeAlreadyEnrolled {
		t.Errorf("%+v, %v", r, err)
	}
	req = request(t, "王莉", draw(drawnFace{Who: 1, Variant: 1}))
	req.LookAlike = true
	if r, err := h.Enroll(t.Context(), req); err != nil || r.Accepted() != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestRenewForMasks: who was enrolled before there were templates for covered faces gets one of the photographs kept.
func TestRenewForMasks(t *testing.T) {
	registry, faces := MustRegistry(t), gallery.NewFaces(synthetic)
	cfg := config()
	cfg.KeepPhotographs = true
	e, err := enrolment.New(&drawn{}, registry, faces, now, cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1, Drawn: 3}), draw(drawnFace{Who: 1, Variant: 1, Drawn: 3})))
	if err != nil {
		t.Fatal(err)
	}
	var masked []string
	for tp, err := range registry.TemplatesOf(t.Context(), synthetic, r.Person) {
		if err != nil {
			t.Fatal(err)
		}
		if tp.Masked {
			masked = append(masked, tp.ID)
			faces.RemoveTemplate(tp.ID)
		}
	}
	if err := registry.RemoveTemplates(t.Context(), masked); err != nil || len(masked) != 1 {
		t.Fatalf("%d masked templates, %v", len(masked), err)
	}
	for _, want := range []int{1, 0} { // the second time there is nothing to do
		made := -1
		if err := e.Renew(t.Context(), []string{r.Person}, func(x enrolment.Renewed) error { made = x.Templates; return nil }); err != nil || made != want {
			t.Errorf("%d templates instead of %d, %v", made, want, err)
		}
		if faces.Bare.Len() != 2 || faces.Masked.Len() != 1 {
			t.Errorf("%d bare and %d masked templates", faces.Bare.Len(), faces.Masked.Len())
		}
	}
}
