package gallery_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"menshen"
	"menshen/recognizer/gallery"
)

// naive is the gallery as anybody would write it first.
type naive map[string]menshen.Template

func (n naive) search(d menshen.Descriptor, k int, within float64, permitted func(string) bool) []menshen.Candidate {
	nearest := map[string]menshen.Candidate{}
	for _, t := range n {
		if permitted != nil && !permitted(t.Person) {
			continue
		}
		c := menshen.Candidate{Person: t.Person, Template: t.ID, Distance: d.Distance(t.Descriptor)}
		old, ok := nearest[c.Person]
		if c.Distance <= within && (!ok || c.Distance < old.Distance || c.Distance == old.Distance && c.Template < old.Template) {
			nearest[c.Person] = c
		}
	}
	var all []menshen.Candidate
	for _, c := range nearest {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b menshen.Candidate) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Person, b.Person))
	})
	return all[:min(max(k, 0), len(all))]
}

func (n naive) people() int {
	people := map[string]bool{}
	for _, t := range n {
		people[t.Person] = true
	}
	return len(people)
}

// TestAgainstNaive does thousands of random things to galleries and to the naive one, with every kernel and in several
// dimensions, with numbers so coarse that equal distances are common, before and after there is a rotation.
func TestAgainstNaive(t *testing.T) {
	for _, kernel := range gallery.Kernels() {
		for _, dim := range []int{1, 17, 128, 512} {
			for _, start := range []int{0, 1200} {
				t.Run(fmt.Sprintf("%s/%d/%d", kernel, dim, start), func(t *testing.T) {
					t.Parallel()
					c := newCompared(kernel, dim, uint64(dim+start))
					for c.g.Len() < start {
						c.insert(t, 1+c.rnd.IntN(400))
					}
					for range 300 {
						c.step(t)
					}
				})
			}
		}
	}
}

// compared is a gallery and a naive one to which the same is done.
type compared struct {
	g     *gallery.Gallery
	n     naive
	id    menshen.EngineID
	rnd   *rand.Rand
	steps int
}

func newCompared(kernel string, dim int, seed uint64) *compared {
	id := engine
	id.Dim = dim
	return &compared{g: gallery.NewWith(id, kernel), n: naive{}, id: id, rnd: rand.New(rand.NewPCG(7, seed))}
}

// descriptor gives coarse numbers, or fine ones far off, or one that is there already.
func (c *compared) descriptor() menshen.Descriptor {
	d := make(menshen.Descriptor, c.id.Dim)
	fine := c.rnd.IntN(8) == 0
	for i := range d {
		if d[i] = float32(c.rnd.IntN(5)-2) / 4; fine {
			d[i] = float32(c.rnd.NormFloat64() * math.Exp2(float64(c.rnd.IntN(8)-4)))
		}
	}
	d[c.rnd.IntN(len(d))] += 1.5
	return d
}

// name gives one of a few thousand ids, of every kind.
func (c *compared) name(kind string, n int) string {
	switch i := c.rnd.IntN(n); i % 4 {
	case 0:
		return fmt.Sprintf("0189%04x-ac96-774b-bcce-%012x", i, i*7919)
	case 1:
		return fmt.Sprintf("%s 号%08d", kind, i) // longer than a short one
	default:
		return fmt.Sprint(kind, i)
	}
}

func (c *compared) insert(t *testing.T, n int) {
	t.Helper()
	var batch []menshen.Template
	for range n {
		x := template(c.name("p", 500), c.name("t", 3000), c.descriptor())
		x.Engine = c.id
		batch = append(batch, x)
	}
	if err := c.g.Insert(batch...); err != nil {
		t.Fatal(err)
	}
	for _, x := range batch {
		c.n[x.ID] = x
	}
}

func (c *compared) step(t *testing.T) {
	t.Helper()
	switch r := c.rnd.IntN(10); {
	case r < 4:
		c.insert(t, 1+c.rnd.IntN(10))
	case r < 8:
		x := c.name("t", 3000)
		_, want := c.n[x]
		if got := c.g.RemoveTemplate(x); got != want {
			t.Fatalf("removing %s gives %t", x, got)
		}
		delete(c.n, x)
	case r < 9:
		p, want := c.name("p", 500), 0
		for x, y := range c.n {
			if y.Person == p {
				delete(c.n, x)
				want++
			}
		}
		if got := c.g.RemovePerson(p); got != want {
			t.Fatalf("removing %s removes %d instead of %d", p, got, want)
		}
	}
	if c.g.Len() != len(c.n) {
		t.Fatalf("%d templates instead of %d", c.g.Len(), len(c.n))
	}
	if c.steps++; c.steps%20 == 0 {
		c.search(t)
	}
}

func (c *compared) search(t *testing.T) {
	t.Helper()
	if c.g.People() != c.n.people() {
		t.Fatalf("%d people instead of %d", c.g.People(), c.n.people())
	}
	if _, fault := c.g.Inspect(); fault != "" {
		t.Fatal(fault)
	}
	d, k, within := c.descriptor(), c.rnd.IntN(6), math.Inf(1)
	if c.rnd.IntN(4) == 0 {
		k = c.rnd.IntN(100)
	}
	if c.rnd.IntN(2) == 0 {
		within = c.rnd.Float64() * math.Sqrt(float64(c.id.Dim)) / 2
	}
	got, err := c.g.SearchWithin(d, k, within)
	if want := c.n.search(d, k, within, nil); err != nil || !slices.Equal(got, want) {
		t.Fatalf("%d within %g: %v instead of %v, error %v", k, within, got, want, err)
	}
}
