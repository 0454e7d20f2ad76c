package enrolment_test

import (
	"testing"

	"menshen"
	"menshen/enrolment"
	"menshen/recognizer/gallery"
)

// TestMaskedTemplates: one template for covered faces is made of all photographs together; one that shows a real mask is
// one too, beside at least one that does not.
func TestMaskedTemplates(t *testing.T) {
	registry, faces := MustRegistry(t), gallery.NewFaces(synthetic)
	e := MustEnroller(t, &drawn{}, registry, faces)
	r, err := e.Enroll(t.Context(), request(t, "王芳",
		draw(drawnFace{Who: 1, Drawn: 3}), draw(drawnFace{Who: 1, Variant: 1, Drawn: 3}), draw(drawnFace{Who: 1, Variant: 6, Masked: true})))
	if err != nil || r.Accepted() != 3 {
		t.Fatalf("%+v %v", r, err)
	}
	var masked []menshen.Template
	bare := 0
	for tp, err := range registry.Templates(t.Context(), synthetic) {
		if err != nil {
			t.Fatal(err)
		}
		if tp.Masked {
			masked = append(masked, tp)
		} else {
			bare++
		}
	}
	if bare != 2 || len(masked) != 2 || faces.Bare.Len() != 2 || faces.Masked.Len() != 2 {
		t.Fatalf("%d bare and %d masked templates, %d and %d in the galleries", bare, len(masked), faces.Bare.Len(), faces.Masked.Len())
	}
	want := menshen.MeanDescriptor([]menshen.Descriptor{
		face(1, 0), face(1, 1), face(1, 2), face(1, 3), face(1, 1), face(1, 2), face(1, 3), face(1, 4),
	})
	if d := masked[1].Descriptor.Distance(want); d > 1e-6 {
		t.Errorf("the mean is off by %g", d)
	}
	if d := masked[0].Descriptor.Distance(face(1, 6)); d > 1e-6 {
		t.Errorf("the template of the real mask is off by %g", d)
	}

	if err := e.Remove(t.Context(), r.Person); err != nil || faces.Bare.Len()+faces.Masked.Len() != 0 {
		t.Errorf("after removal %d and %d templates are left, %v", faces.Bare.Len(), faces.Masked.Len(), err)
	}
}

func TestOnlyMasks(t *testing.T) {
	h := MustHouse(t)
	covered := draw(drawnFace{Who: 1, Masked: true})
	r, err := h.Enroll(t.Context(), request(t, "王芳", covered))
	if err != nil || r.Person != "" || r.Photos[0].Code != enrolment.CodeCovered {
		t.Errorf("%+v %v", r, err)
	}
	h.inStep(t, 0, 0)
	r, err = h.Enroll(t.Context(), request(t, "王芳", draw(drawnFace{Who: 1, Variant: 1})))
	if err != nil {
		t.Fatal(err)
	}
	more := enrolment.Request{Person: r.Person, Photos: []enrolment.Photo{{Name: "m.jpg", Data: covered}}}
	if r, err = h.Enroll(t.Context(), more); err != nil || r.Accepted() != 1 {
		t.Errorf("a mask added to somebody: %+v %v", r, err)
	}
}
