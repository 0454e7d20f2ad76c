package enrolment_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"menshen"
)

func TestCalib(t *testing.T) {
	e := MustEngine(t)
	people, files := photographs(t)
	for _, p := range people {
		for i, f := range files[p] {
			data, _ := os.ReadFile(f)
			for _, s := range []float64{0, 2, 3, 4} {
				if s > 0 && i > 1 {
					continue
				}
				d := data
				if s > 0 {
					d = blurred(t, data, s)
				}
				a, err := e.Analyse(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				best, bi := math.Inf(-1), -1
				for k, f := range a.Faces {
					c := f.Box.Center()
					dx, dy := c.X-125, c.Y-125
					if v := f.Box.W*f.Box.H - 2*(dx*dx+dy*dy); v > best {
						best, bi = v, k
					}
				}
				if bi < 0 {
					fmt.Println("CAL", s, "noface", f)
					continue
				}
				m := a.Faces[bi]
				dom := 99.0
				for k, f := range a.Faces {
					if k != bi {
						dom = min(dom, m.Box.W*m.Box.H/(f.Box.W*f.Box.H))
					}
				}
				fmt.Printf("CAL %v %.1f sharp %.3f pose %.3f light %.3f dom %.2f main %d desc %d %s\n", s, m.Landmarks.EyeDistance(), m.Quality.Sharpness, m.Quality.Pose, m.Quality.Light, dom, bi, len(m.Descriptor), filepath.Base(f))
			}
		}
	}
	_ = menshen.Text{}
}
