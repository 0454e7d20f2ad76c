package gallery_test

import (
	"fmt"
	"math"
	"testing"

	"menshen"
	"menshen/recognizer/gallery"
)

func BenchmarkSearch(b *testing.B) {
	for _, people := range []int{10_000, 100_000} {
		f, g := newFaces(10), gallery.New(engine)
		places, err := f.fill(g, people)
		if err != nil {
			b.Fatal(err)
		}
		queries := map[string][]menshen.Descriptor{}
		for i := range 64 {
			queries["known"] = append(queries["known"], f.photograph(places[i*people/64]))
			queries["unknown"] = append(queries["unknown"], f.photograph(f.person()))
		}
		for _, kind := range []string{"known", "unknown"} {
			for _, within := range []float64{math.Inf(1), 0.5} {
				b.Run(fmt.Sprintf("people=%d/%s/within=%g", people, kind, within), func(b *testing.B) {
					b.ReportAllocs()
					for i := 0; b.Loop(); i++ {
						if _, err := g.SearchWithin(queries[kind][i%64], 3, within); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

func BenchmarkInsertRemove(b *testing.B) {
	f, g := newFaces(11), gallery.New(engine)
	if _, err := f.fill(g, 100_000); err != nil {
		b.Fatal(err)
	}
	x := template("new", "new", f.photograph(f.person()))
	b.ReportAllocs()
	for b.Loop() {
		if err := g.Insert(x); err != nil {
			b.Fatal(err)
		}
		g.RemovePerson("new")
	}
}
