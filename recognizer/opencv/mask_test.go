package opencv_test

import (
	"os"
	"path/filepath"
	"testing"

	"menshen/evaluation"
	"menshen/recognizer/enginetest"
	"menshen/recognizer/mask"
)

// TestCovered tries the detection of covered faces on people that it did not learn from, under masks that it did not learn
// from either; the points are found anew under the mask. go run ./recognizer/mask/fit has the whole figures.
func TestCovered(t *testing.T) {
	e := mustEngine(t)
	folder := enginetest.MustShared(t, "testdata", "faces")
	people, err := evaluation.People(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	var bare, alarms, covered, found int
	for i, person := range people {
		if i%2 == 0 {
			continue // learned from
		}
		image := person.Images[i%len(person.Images)]
		p := mustPhotograph(t, filepath.FromSlash(image))
		all, err := e.Detect(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		d, ok := evaluation.MainFace(p.Width, p.Height, all)
		if !ok {
			t.Fatalf("no face in %s", image)
		}
		bare++
		if mask.Covered(p, d.Landmarks) >= 0.5 {
			alarms++
		}
		for _, kind := range mask.HeldOut() {
			q := mask.Draw(p, d.Landmarks, kind, uint64(i))
			all, err := e.Detect(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if m, ok := evaluation.MainFace(q.Width, q.Height, all); ok && m.Box.IoU(d.Box) > 0.2 {
				covered++
				if mask.Covered(q, m.Landmarks) >= 0.5 {
					found++
				}
			}
		}
	}
	if covered < 90 || float64(found) < 0.9*float64(covered) || alarms > 1 {
		t.Errorf("of %d covered faces %d are found, of %d bare ones %d are taken for covered", covered, found, bare, alarms)
	}
}
