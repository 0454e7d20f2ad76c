package menshen_test

import (
	"testing"

	"menshen"
)

func TestEdits(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"gate", "gate", 0}, {"", "gate", 4}, {"lisen", "listen", 1}, {"gaet", "gate", 2}, {"kitten", "sitting", 3},
		{"东门", "西门", 1}, {"东门", "东北门", 1},
	} {
		if got, back := menshen.Edits(x.a, x.b), menshen.Edits(x.b, x.a); got != x.want || back != x.want {
			t.Errorf("%q and %q: %d and back %d, not %d", x.a, x.b, got, back, x.want)
		}
	}
}
