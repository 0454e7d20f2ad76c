package enrolment_test

import (
	"slices"
	"testing"

	"menshen/enrolment"
)

func TestFind(t *testing.T) {
	h := MustHouse(t)
	for i, name := range []string{"王芳", "李雷"} {
		if _, err := h.Enroll(t.Context(), request(t, name, draw(drawnFace{Who: i + 1}))); err != nil {
			t.Fatal(err)
		}
	}
	known, none := func(string) float64 { return 0 }, []enrolment.Code(nil)
	for name, c := range map[string]struct {
		picture []byte
		unsure  float64
		limit   func(string) float64
		found   int
		sure    bool
		doubts  []enrolment.Code
		refused enrolment.Code
	}{
		"another of hers":              {draw(drawnFace{Who: 1, Variant: 1}), 1.2, known, 1, true, none, ""},
		"blurred":                      {draw(drawnFace{Who: 1, Variant: 1, Sharp: 0.3}), 1.2, known, 1, false, []enrolment.Code{enrolment.CodeBlurred}, ""},
		"covered":                      {draw(drawnFace{Who: 1, Variant: 1, Masked: true}), 1.2, known, 1, false, []enrolment.Code{enrolment.CodeCovered}, ""},
		"a stranger":                   {draw(drawnFace{Who: 5}), 1.2, known, 0, false, none, ""},
		"somebody who has look-alikes": {draw(drawnFace{Who: 1, Variant: 1}), 1.2, func(string) float64 { return 0.1 }, 1, false, none, ""},
		"as far as both":               {draw(drawnFace{Who: 1, Variant: 1}), 2, known, 2, true, none, ""},
		"nobody on it":                 {draw(), 1.2, known, 0, false, none, enrolment.CodeNoFace},
		"several":                      {draw(drawnFace{Who: 1}, drawnFace{Who: 2, X: 130}), 1.2, known, 0, false, none, enrolment.CodeSeveralFaces},
		"too small":                    {draw(drawnFace{Who: 1, Eyes: 10}), 1.2, known, 0, false, none, enrolment.CodeTooSmall},
		"no picture":                   {[]byte("\xff"), 1.2, known, 0, false, none, enrolment.CodeUnreadable},
		"no template":                  {draw(drawnFace{Who: 1, NoTemplate: true}), 1.2, known, 0, false, none, enrolment.CodeNoTemplate},
		"blurred, and no template":     {draw(drawnFace{Who: 1, NoTemplate: true, Sharp: 0.3}), 1.2, known, 0, false, none, enrolment.CodeNoTemplate},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := h.Find(t.Context(), c.picture, c.unsure, c.limit, 5)
			if err != nil || len(f.People) != c.found || f.Refused != c.refused || c.refused == "" && !slices.Equal(f.Doubts, c.doubts) {
				t.Fatalf("%+v %v", f, err)
			}
			if c.found > 0 && (f.People[0].Name != "王芳" || f.People[0].Sure != c.sure) {
				t.Errorf("%+v", f.People[0])
			}
			h.inStep(t, 2, 2) // nothing of it is kept
		})
	}
	if f, err := h.Find(t.Context(), draw(drawnFace{Who: 1, Variant: 1}), 2, known, 1); err != nil || len(f.People) != 1 {
		t.Errorf("%+v %v", f, err)
	}
}
