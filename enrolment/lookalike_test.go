package enrolment_test

import (
	"math"
	"slices"
	"testing"

	"menshen"
	"menshen/enrolment"
)

// A twin is refused as somebody enrolled already, unless whoever asks has made sure.
func TestLookAlike(t *testing.T) {
	h := MustHouse(t)
	first, err := h.Enroll(t.Context(), request(t, "王一", draw(drawnFace{Who: 1})))
	if err != nil || first.Person == "" {
		t.Fatal(first, err)
	}
	twin := request(t, "王二", draw(drawnFace{Who: 1, Variant: 1}), draw(drawnFace{Who: 1, Variant: 2}))
	r, err := h.Enroll(t.Context(), twin)
	if err != nil || r.Person != "" {
		t.Fatal(r, err)
	}
	twin.LookAlike = true
	r, err = h.Enroll(t.Context(), twin)
	if err != nil || !r.Created || r.Person == first.Person || r.Accepted() != 2 {
		t.Fatal(r, err)
	}
	again, err := h.Enroll(t.Context(), twin) // the same request makes no third person
	if err != nil || again.Person != r.Person || again.Accepted() != 0 {
		t.Fatal(again, err)
	}
	h.inStep(t, 2, 3)

	// It excuses the likeness alone.
	mixed := request(t, "王三", draw(drawnFace{Who: 1, Variant: 3}), draw(drawnFace{Who: 2}), draw(drawnFace{Who: 1, Variant: 4, Sharp: 0.1}))
	mixed.LookAlike = true
	r, err = h.Enroll(t.Context(), mixed)
	if want := []enrolment.Code{"", enrolment.CodeUnlikeOthers, enrolment.CodeBlurred}; err != nil || !slices.Equal(codes(r), want) {
		t.Errorf("%v, %v", codes(r), err)
	}
}

func TestSetKnown(t *testing.T) {
	h := MustHouse(t)
	if _, err := h.Enroll(t.Context(), request(t, "王一", draw(drawnFace{Who: 1}))); err != nil {
		t.Fatal(err)
	}
	other := request(t, "王二", draw(drawnFace{Who: 1, Variant: 1}), draw(drawnFace{Who: 1, Variant: 2})) // 0.4 away
	for _, bad := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if err := h.SetKnown(bad); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if r, err := h.Enroll(t.Context(), other); err != nil || r.Person != "" {
		t.Fatal(r, err)
	}
	if err := h.SetKnown(0.3); err != nil {
		t.Fatal(err)
	}
	// Within 0.3 there is nobody now; the two photographs, 0.4 apart, still are of one person.
	if r, err := h.Enroll(t.Context(), other); err != nil || r.Accepted() != 2 {
		t.Fatal(r, err)
	}
}
