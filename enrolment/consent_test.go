package enrolment_test

import (
	"context"
	"testing"
	"time"

	"menshen"
	"menshen/enrolment"
	"menshen/recognizer/gallery"
)

// TestNoTemplateWithoutConsent goes every way on which a template is made, of somebody without a consent that counts: none makes one,
// no photograph is looked at where that can be known before, and nothing of a face is kept.
func TestNoTemplateWithoutConsent(t *testing.T) {
	said := &consents{without: map[string]bool{}}
	h := &house{analyser: &drawn{}, registry: MustRegistry(t), gallery: gallery.New(synthetic)}
	cfg := config()
	cfg.Consents, cfg.KeepPhotographs, cfg.Adaptation = said, true, enrolment.Adaptation{On: true}
	e, err := enrolment.New(h.analyser, h.registry, h.gallery, now, cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.Enroller = e
	refused := func(what string, err error) {
		t.Helper()
		if menshen.ErrorCode(err) != menshen.CodeMissing {
			t.Errorf("%s: %v", what, err)
		}
	}

	// Somebody new of whom nothing is known, and of whom the office keeps no consent in the end.
	r := request(t, "王芳", draw(drawnFace{Who: 1}))
	r.Consent = nil
	_, err = e.Enroll(t.Context(), r)
	refused("new, without a word", err)
	if n := h.analyser.calls.Load(); n != 0 {
		t.Errorf("%d photographs were looked at", n)
	}
	r.Consent = func(_ context.Context, person string) error { said.without[person] = true; return nil }
	_, err = e.Enroll(t.Context(), r)
	refused("new, with a consent that does not count", err)
	h.inStep(t, 1, 0) // a record without a face, and inactive
	for p, err := range h.registry.People(t.Context()) {
		if err != nil || p.State != menshen.PersonInactive {
			t.Errorf("%+v, %v", p, err)
		}
	}

	// Somebody enrolled whose consent ends: neither more photographs, nor a lesson, nor another engine make a template.
	r = request(t, "李强", draw(drawnFace{Who: 2}))
	done, err := e.Enroll(t.Context(), r)
	if err != nil || done.Accepted() != 1 {
		t.Fatal(done, err)
	}
	h.inStep(t, 2, 1)
	said.without[done.Person] = true
	_, err = e.Enroll(t.Context(), enrolment.Request{Person: done.Person, Photos: []enrolment.Photo{{Name: "b.jpg", Data: draw(drawnFace{Who: 2, Variant: 1})}}})
	refused("more photographs", err)
	learnt, err := e.Adapt(t.Context(), menshen.Lesson{Person: done.Person, Engine: synthetic, Descriptor: face(2, 3), Quality: 1, Captured: today.Add(30 * 24 * time.Hour)})
	if learnt || err != nil {
		t.Errorf("a gate taught: %v, %v", learnt, err)
	}
	other := synthetic
	other.ModelHash = "ff"
	cfg.Engine = other
	next, err := enrolment.New(&rebranded{drawn: &drawn{}, id: other}, h.registry, gallery.New(other), now, cfg)
	if err != nil {
		t.Fatal(err)
	}
	renewed := -1
	if err := next.Renew(t.Context(), []string{done.Person}, func(r enrolment.Renewed) error { renewed = r.Templates; return nil }); err != nil || renewed != 0 {
		t.Errorf("renewed with %d templates, %v", renewed, err)
	}
	if n, err := h.registry.TemplateEngines(t.Context()); err != nil || n[other] != 0 {
		t.Errorf("templates %v, %v", n, err)
	}
	// The same with the consent back, so that the refusals above were for it.
	said.without[done.Person] = false
	learnt, err = e.Adapt(t.Context(), menshen.Lesson{Person: done.Person, Engine: synthetic, Descriptor: face(2, 3), Quality: 1, Captured: today.Add(30 * 24 * time.Hour)})
	if !learnt || err != nil {
		t.Errorf("a gate taught nothing: %v, %v", learnt, err)
	}
	if err := next.Renew(t.Context(), []string{done.Person}, func(r enrolment.Renewed) error { renewed = r.Templates; return nil }); err != nil || renewed != 1 {
		t.Errorf("renewed with %d templates, %v", renewed, err)
	}
}

// TestImportNeedsSigners: rows without a signer are refused, and say so; the others are enrolled.
func TestImportNeedsSigners(t *testing.T) {
	h, folder := MustHouse(t), t.TempDir()
	MustWrite(t, folder+"/王芳.jpg", draw(drawnFace{Who: 1}))
	MustWrite(t, folder+"/李强.jpg", draw(drawnFace{Who: 2}))
	const table = "姓名,住址,签字人\n王芳,3-2-14-1402,王芳\n李强,3-2-14-1403,\n"
	to := &office{h.Enroller, h.registry}
	r, err := enrolment.ImportCSV(t.Context(), to, stringReader(table), folder, enrolment.ImportOptions{})
	if err != nil || r.Enrolled != 1 || r.Refused != 1 || len(r.Refusals) != 1 || r.Refusals[0].Line != 3 {
		t.Fatalf("%+v, %v", r, err)
	}
	h.inStep(t, 1, 1)
	r, err = enrolment.ImportCSV(t.Context(), to, stringReader(table), folder, enrolment.ImportOptions{Consented: true})
	if err != nil || r.Enrolled != 1 || r.Skipped != 1 || r.Refused != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
}
