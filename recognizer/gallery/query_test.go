package gallery_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"menshen"
	"menshen/recognizer/gallery"
)

// district is a gallery of so many people, two templates each, with all that was put in.
func district(tb testing.TB, kernel string, people int) (*faces, *gallery.Gallery, naive) {
	tb.Helper()
	f, g, n := newFaces(20), gallery.NewWith(engine, kernel), naive{}
	var batch []menshen.Template
	for i := range people {
		person := f.person()
		for j := range 2 {
			x := template(fmt.Sprintf("p%05d", i), fmt.Sprintf("t%05d-%d", i, j), f.photograph(person))
			n[x.ID] = x
			batch = append(batch, x)
		}
	}
	if err := g.Insert(batch...); err != nil {
		tb.Fatal(err)
	}
	return f, g, n
}

// TestQuery asks for people within a radius, of a permitted kind, and for many; one by one and all at once.
func TestQuery(t *testing.T) {
	for _, kernel := range gallery.Kernels() {
		t.Run(kernel, func(t *testing.T) {
			f, g, n := district(t, kernel, 1200)
			third := func(person string) bool { return person[len(person)-1]%3 == 0 }
			nobody := func(string) bool { return false }
			var queries []gallery.Query
			var answers [][]menshen.Candidate
			for i := range 6 {
				d := f.photograph(uint64(1 + i*400)) // from the fourth on nobody's
				for _, q := range []gallery.Query{
					{K: 1}, {K: 3}, {K: 3, Within: 0.5}, {K: 200}, {K: 5000}, {Within: 0.8}, {}, {K: 2, Permitted: third},
					{K: 40, Permitted: third}, {Within: 0.9, Permitted: third}, {K: 1, Permitted: nobody}, {Permitted: nobody},
				} {
					q.Descriptor = d
					got, err := g.SearchQuery(q)
					k, within := q.K, q.Within
					if k == 0 {
						k = math.MaxInt
					}
					if within == 0 {
						within = math.Inf(1)
					}
					if want := n.search(d, k, within, q.Permitted); err != nil || !slices.Equal(got, want) {
						t.Fatalf("%d within %g: %d people instead of %d, or others; error %v", q.K, q.Within, len(got), len(want), err)
					}
					queries, answers = append(queries, q), append(answers, got)
				}
			}
			got, err := g.SearchBatch(queries)
			if err != nil || len(got) != len(answers) {
				t.Fatalf("%d answers to %d queries, error %v", len(got), len(queries), err)
			}
			for i := range got {
				if !slices.Equal(got[i], answers[i]) {
					t.Errorf("query %d of a batch is answered otherwise: %v, %v", i, got[i], answers[i])
				}
			}
			if _, err := g.SearchBatch(append(queries, gallery.Query{})); menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Errorf("a bad query in a batch: %v", err)
			}
		})
	}
}

func TestQueryRefuses(t *testing.T) {
	f, g, _ := district(t, gallery.Kernels()[0], 3)
	d := f.photograph(1)
	for _, q := range []gallery.Query{
		{}, {Descriptor: d[:127]}, {Descriptor: d, K: -1}, {Descriptor: d, Within: -0.1}, {Descriptor: d, Within: math.NaN()},
	} {
		if found, err := g.SearchQuery(q); menshen.ErrorCode(err) != menshen.CodeInvalid || len(found) > 0 {
			t.Errorf("%v: %v, error %v", q, found, err)
		}
	}
}

// TestAllEqual has nothing but one vector, so that every row is as near as any other.
func TestAllEqual(t *testing.T) {
	for _, kernel := range gallery.Kernels() {
		f, g := newFaces(21), gallery.NewWith(engine, kernel)
		d := f.photograph(1)
		for i := range 3000 {
			if err := g.Insert(template(fmt.Sprintf("p%04d", (i*7919)%3000), "t"+fmt.Sprint(i), d)); err != nil {
				t.Fatal(err)
			}
		}
		for _, q := range []menshen.Descriptor{d, f.photograph(2)} {
			found, err := g.Search(q, 5)
			if err != nil || len(found) != 5 {
				t.Fatalf("%v, error %v", found, err)
			}
			for i, c := range found {
				if c.Person != fmt.Sprintf("p%04d", i) || c.Distance != q.Distance(d) {
					t.Errorf("%d is %v", i, c)
				}
			}
		}
	}
}

// TestAllocations: a search makes nothing but its answer.
func TestAllocations(t *testing.T) {
	f, g, _ := district(t, gallery.Kernels()[0], 2000)
	d := f.photograph(1000)
	if _, err := g.Search(d, 1); err != nil {
		t.Fatal(err)
	}
	n := math.Inf(1)
	for range 20 { // the collector may empty the pool of probes meanwhile
		n = min(n, testing.AllocsPerRun(1, func() {
			if _, err := g.Search(d, 1); err != nil {
				t.Error(err)
			}
		}))
	}
	if n > 3 { // the list and two ids
		t.Errorf("%g allocations", n)
	}
}

// FuzzSearch takes a few people out of bytes, some of them many times, and asks for one.
func FuzzSearch(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, uint8(3), 0.5)
	f.Add([]byte{255, 0, 255, 0, 128, 127, 126, 1, 1, 1, 1, 1}, uint8(1), 1e9)
	f.Fuzz(func(t *testing.T, data []byte, k uint8, within float64) {
		const dim = 4
		if len(data) < dim || math.IsNaN(within) {
			return
		}
		id := engine
		id.Dim = dim
		take := func(i int) menshen.Descriptor {
			d := make(menshen.Descriptor, dim)
			for j := range d {
				d[j] = float32(data[(i+j)%len(data)])*float32(math.Exp2(float64(data[(i+j+1)%len(data)])/8)) + 1
			}
			return d
		}
		n := naive{}
		var batch []menshen.Template
		for i := range 1100 {
			x := template(fmt.Sprint("p", i%400), fmt.Sprint("t", i), take(i%(2*len(data))*i%997))
			x.Engine = id
			batch = append(batch, x)
			n[x.ID] = x
		}
		q := take(len(data) / 2)
		want := n.search(q, int(k), within, nil)
		for _, kernel := range gallery.Kernels() {
			g := gallery.NewWith(id, kernel)
			if err := g.Insert(batch...); err != nil {
				return // too large
			}
			if got, err := g.SearchWithin(q, int(k), within); err != nil || !slices.Equal(got, want) {
				t.Fatalf("%s: %v instead of %v, error %v", kernel, got, want, err)
			}
		}
	})
}
