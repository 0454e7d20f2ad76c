package gallery_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"menshen"
	"menshen/recognizer/gallery"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestNoise has distances with all the digits that real ones have.
func TestNoise(t *testing.T) {
	f, g, n := newFaces(3), gallery.New(engine), naive{}
	places, err := f.fill(g, 2000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 500 { // more photographs of some
		x := template(fmt.Sprintf("p%07d", i), fmt.Sprintf("u%07d", i), f.photograph(places[i]))
		n[x.ID] = x
		if err := g.Insert(x); err != nil {
			t.Fatal(err)
		}
	}
	f = newFaces(3) // the same again, for the naive one
	for i := range 2000 {
		x := template(fmt.Sprintf("p%07d", i), fmt.Sprintf("t%07d", i), f.photograph(f.person()))
		n[x.ID] = x
	}
	for i := range 200 {
		d := f.photograph(f.person())
		if i%2 == 0 {
			d = f.photograph(places[i])
		}
		got, err := g.Search(d, 5)
		if want := n.search(d, 5, math.Inf(1), nil); err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v instead of %v, error %v", got, want, err)
		}
		if i%2 == 0 && got[0].Person != fmt.Sprintf("p%07d", i) {
			t.Errorf("the person %d is taken for %s", i, got[0].Person)
		}
	}
}

// TestConcurrent searches while people come and go. Those who stay are found every time, and every answer is right for
// the templates that it names.
func TestConcurrent(t *testing.T) {
	const staying, moving, photographs = 300, 600, 3
	f, g := newFaces(5), gallery.New(engine)
	places, err := f.fill(g, staying)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]menshen.Descriptor{}
	var movers [][]menshen.Template
	for i := range moving {
		person, place := fmt.Sprintf("m%04d", i), f.person()
		var all []menshen.Template
		for j := range photographs {
			x := template(person, fmt.Sprintf("%s-%d", person, j), f.photograph(place))
			known[x.ID] = x.Descriptor
			all = append(all, x)
		}
		movers = append(movers, all)
	}
	queries := make([]menshen.Descriptor, staying)
	for i := range queries {
		queries[i] = f.photograph(places[i])
	}
	var done atomic.Bool
	var running sync.WaitGroup
	for w := range 2 {
		running.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), 1))
			for range 1500 {
				i := rnd.IntN(moving/2)*2 + w
				switch rnd.IntN(3) {
				case 0, 1:
					if err := g.Insert(movers[i]...); err != nil {
						t.Error(err)
					}
				default:
					if n := g.RemovePerson(movers[i][0].Person); n != 0 && n != photographs {
						t.Errorf("%d templates of one person", n)
					}
				}
			}
		})
	}
	var readers sync.WaitGroup
	for r := range 2 {
		readers.Go(func() {
			for i := r; !done.Load() || i < 50; i++ {
				q := queries[i%staying]
				found, err := g.Search(q, 4)
				if err != nil {
					t.Error(err)
					return
				}
				if len(found) < 4 || found[0].Person != fmt.Sprintf("p%07d", i%staying) {
					t.Errorf("the person %d is taken for %v", i%staying, found)
				}
				for _, c := range found {
					if d, ok := known[c.Template]; ok && q.Distance(d) != c.Distance {
						t.Errorf("%s is %v away instead of %v", c.Template, c.Distance, q.Distance(d))
					}
				}
			}
		})
	}
	running.Wait()
	done.Store(true)
	readers.Wait()
	for i := range movers {
		g.RemovePerson(movers[i][0].Person)
	}
	if g.Len() != staying || g.People() != staying {
		t.Errorf("%d templates of %d people are left instead of %d", g.Len(), g.People(), staying)
	}
}

func TestEmpty(t *testing.T) {
	g, f := gallery.New(engine), newFaces(1)
	d := f.photograph(f.person())
	check := func() {
		t.Helper()
		found, err := g.Search(d, 3)
		if err != nil || len(found) != 0 || g.Len() != 0 || g.People() != 0 {
			t.Errorf("%v, error %v, %d templates of %d people", found, err, g.Len(), g.People())
		}
	}
	check()
	if err := g.Insert(); err != nil {
		t.Error(err)
	}
	if g.RemovePerson("nobody") != 0 || g.RemoveTemplate("none") {
		t.Error("something was removed that was not there")
	}
	check()
	if err := g.Insert(template("a", "1", d), template("a", "2", d)); err != nil {
		t.Fatal(err)
	}
	if found, err := g.Search(d, 0); err != nil || len(found) != 0 {
		t.Errorf("nobody was asked for: %v, error %v", found, err)
	}
	if g.RemovePerson("a") != 2 {
		t.Error("not both were removed")
	}
	check()
}

func TestReplace(t *testing.T) {
	g, f := gallery.New(engine), newFaces(2)
	a, b := f.photograph(f.person()), f.photograph(f.person())
	if err := g.Insert(template("ann", "1", a), template("bob", "1", b)); err != nil { // the last one counts
		t.Fatal(err)
	}
	found, err := g.Search(a, 9)
	if err != nil || len(found) != 1 || found[0].Person != "bob" || g.Len() != 1 || g.People() != 1 {
		t.Errorf("%v, error %v", found, err)
	}
	// The gallery keeps a copy.
	b[0] += 100
	if found, err = g.Search(a, 9); err != nil || found[0].Distance > 10 {
		t.Errorf("%v, error %v", found, err)
	}
}

func TestTies(t *testing.T) {
	g, f := gallery.New(engine), newFaces(4)
	d := f.photograph(f.person())
	for _, p := range []string{"dan", "ann", "cat", "bob"} {
		if err := g.Insert(template(p, p+"2", d), template(p, p+"1", d)); err != nil {
			t.Fatal(err)
		}
	}
	found, err := g.Search(d, 3)
	want := []menshen.Candidate{{Person: "ann", Template: "ann1"}, {Person: "bob", Template: "bob1"}, {Person: "cat", Template: "cat1"}}
	if err != nil || !slices.Equal(found, want) {
		t.Errorf("%v instead of %v, error %v", found, want, err)
	}
}

func TestRefuses(t *testing.T) {
	g, f := gallery.New(engine), newFaces(6)
	good := f.photograph(f.person())
	with := func(v float32) menshen.Descriptor {
		d := slices.Clone(good)
		d[77] = v
		return d
	}
	if err := g.Insert(template("a", "1", good)); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]menshen.Descriptor{
		"none": nil, "short": good[:127], "long": append(slices.Clone(good), 0), "zero": make(menshen.Descriptor, 128),
		"no number": with(float32(math.NaN())), "infinite": with(float32(math.Inf(-1))), "huge": with(1e30),
	} {
		if err := g.Insert(template("b", "2", good), template("b", "3", d)); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: inserted, error %v", name, err)
		}
		if found, err := g.Search(d, 3); menshen.ErrorCode(err) != menshen.CodeInvalid || len(found) > 0 {
			t.Errorf("%s: found %v, error %v", name, found, err)
		}
	}
	foreign := template("b", "2", good)
	foreign.Engine.ModelHash = "another"
	for name, x := range map[string]menshen.Template{"foreign": foreign, "nobody": template("", "2", good), "nameless": template("b", "", good)} {
		if err := g.Insert(x); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: inserted, error %v", name, err)
		}
	}
	if g.Len() != 1 {
		t.Errorf("%d templates: a refused insert left some", g.Len())
	}
	if _, err := g.SearchWithin(good, 1, math.NaN()); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("within no number: %v", err)
	}
	if found, err := g.SearchWithin(good, 1, -1); err != nil || len(found) > 0 {
		t.Errorf("within less than nothing: %v, error %v", found, err)
	}
}

// TestScale has numbers so small that their squares vanish in a float32, and as large as they may be.
func TestScale(t *testing.T) {
	for _, scale := range []float32{1e-25, 1e-10, 1, 1e5} {
		g, f := gallery.New(engine), newFaces(8)
		n := naive{}
		scaled := func() menshen.Descriptor {
			d := f.photograph(f.person())
			for i := range d {
				d[i] *= scale
			}
			return d
		}
		for i := range 100 {
			x := template(fmt.Sprint("p", i), fmt.Sprint("t", i), scaled())
			n[x.ID] = x
			if err := g.Insert(x); err != nil {
				t.Fatal(err)
			}
		}
		q := scaled()
		found, err := g.Search(q, 7)
		if want := n.search(q, 7, math.Inf(1), nil); err != nil || !slices.Equal(found, want) {
			t.Errorf("%g: %v instead of %v, error %v", scale, found, want, err)
		}
	}
}

// TestMemory: what people took is there again after they left.
func TestMemory(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	g := gallery.New(engine)
	before := heap()
	const people = 20_000
	for i := range people {
		d := make(menshen.Descriptor, engine.Dim)
		d[i%engine.Dim] = 1
		if err := g.Insert(template(fmt.Sprintf("p%07d", i), fmt.Sprintf("t%07d", i), d)); err != nil {
			t.Fatal(err)
		}
	}
	full := heap() - before
	if full < people*128*4 {
		t.Errorf("%d people take %d bytes only", people, full)
	}
	for i := range people - 100 {
		if g.RemovePerson(fmt.Sprintf("p%07d", i)) != 1 {
			t.Fatal("a person was not there")
		}
	}
	if now := heap(); now > before+full/2 {
		t.Errorf("100 people take %d bytes, %d took %d", now-before, people, full)
	}
	runtime.KeepAlive(g)
}
