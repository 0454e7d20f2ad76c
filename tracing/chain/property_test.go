package chain_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"menshen/tracing/chain"
)

// generated makes contacts on so short a time that many are at equal times and many overlap.
func generated(r *rand.Rand, people, contacts, seconds int) []chain.Contact {
	var out []chain.Contact
	instants := r.IntN(3) // 0: none, 1: some, 2: all
	for range contacts {
		a, b := r.IntN(people), r.IntN(people-1)
		if b >= a {
			b++
		}
		start, length := r.IntN(seconds), 0
		if instants == 0 || instants == 1 && r.IntN(2) == 0 {
			length = r.IntN(4)
		}
		out = append(out, met(fmt.Sprint("p", a), fmt.Sprint("p", b), start, start+length))
	}
	return out
}

func optioned(r *rand.Rand, seconds int) chain.Options {
	o := chain.Options{Generations: r.IntN(6), TiesIncluded: r.IntN(2) == 0, Directed: r.IntN(2) == 0, Backward: r.IntN(2) == 0}
	if r.IntN(3) == 0 {
		o.From = second(r.IntN(seconds))
	}
	if r.IntN(3) == 0 {
		o.To = second(seconds/2 + r.IntN(seconds))
	}
	if !o.From.IsZero() && !o.To.IsZero() && !o.From.Before(o.To) {
		o.To = time.Time{}
	}
	return o
}

// meeting is a contact in one direction, in whole seconds, cut to the options.
type meeting struct {
	a, b       string
	start, end int
}

// meetings cuts contacts to the span of options, second by second: an instant must lie within, of an interval that which does.
func meetings(contacts []chain.Contact, o chain.Options) []meeting {
	from, to := -1_000_000, 1_000_000
	if !o.From.IsZero() {
		from = int(o.From.Sub(second(0)).Seconds())
	}
	if !o.To.IsZero() {
		to = int(o.To.Sub(second(0)).Seconds())
	}
	var out []meeting
	for _, c := range contacts {
		m := meeting{c.A, c.B, int(c.Start.Sub(second(0)).Seconds()), int(c.End.Sub(second(0)).Seconds())}
		if m.start == m.end {
			if m.start < from || m.start >= to {
				continue
			}
		} else {
			m.start, m.end = max(m.start, from), min(m.end, to)
			if m.start >= m.end {
				continue
			}
		}
		out = append(out, m)
		if !o.Directed {
			out = append(out, meeting{m.b, m.a, m.start, m.end})
		}
	}
	return out
}

// reached is what is told of a person.
type reached struct{ generation, at int }

// byEveryPath walks every path without a person twice, one contact after the other as the infection goes, and keeps for
// each other end the fewest hops and, of those, the best time: forward the earliest exposure of the end, backward the
// latest time at which its beginning can have passed it on, which is before all ends of contacts of the path.
func byEveryPath(contacts []chain.Contact, o chain.Options, root string, people []string) map[string]reached {
	all, out := meetings(contacts, o), map[string]reached{}
	tell := func(person string, r reached) {
		old, ok := out[person]
		better := r.at < old.at
		if o.Backward {
			better = r.at > old.at
		}
		if !ok || r.generation < old.generation || r.generation == old.generation && better {
			out[person] = r
		}
	}
	const before = -1 << 40
	for _, start := range people {
		if !o.Backward && start != root || o.Backward && start == root {
			continue
		}
		var walk func(at string, exposed, latest, hops int, visited []string)
		walk = func(at string, exposed, latest, hops int, visited []string) {
			switch {
			case !o.Backward && at != root:
				tell(at, reached{hops, exposed})
			case o.Backward && at == root:
				tell(start, reached{hops, latest})
				return
			}
			if o.Generations != 0 && hops == o.Generations {
				return
			}
			for _, m := range all {
				if m.a == at && !slices.Contains(visited, m.b) && (m.end > exposed || o.TiesIncluded && m.end == exposed) {
					walk(m.b, max(m.start, exposed), min(latest, m.end), hops+1, append(slices.Clone(visited), m.b))
				}
			}
		}
		walk(start, before, 1<<40, 0, []string{start})
	}
	return out
}

// byRounds keeps for every number of hops and every person the best time at exactly so many, and goes over all contacts until
// nothing is new. It is for graphs that have too many paths. Backward it turns time around.
func byRounds(contacts []chain.Contact, o chain.Options, root string, people int) map[string]reached {
	all := meetings(contacts, o)
	if o.Backward {
		for i, m := range all {
			all[i] = meeting{m.b, m.a, -m.end, -m.start}
		}
	}
	rounds := people
	if o.Generations != 0 {
		rounds = min(rounds, o.Generations)
	}
	const before = -1 << 40
	out, last := map[string]reached{}, map[string]int{root: before}
	for hops := 1; hops <= rounds; hops++ {
		next := map[string]int{}
		for _, m := range all {
			exposed, ok := last[m.a]
			if !ok || m.end < exposed || m.end == exposed && !o.TiesIncluded {
				continue
			}
			at := max(m.start, exposed)
			if old, ok := next[m.b]; !ok || at < old {
				next[m.b] = at
			}
		}
		for p, at := range next {
			if _, ok := out[p]; !ok && p != root {
				if o.Backward {
					at = -at
				}
				out[p] = reached{hops, at}
			}
		}
		last = next
	}
	return out
}

// told gives an answer in the terms of the slow ones.
func told(a chain.Answer) map[string]reached {
	out := map[string]reached{}
	for _, p := range a.People {
		out[p.Person] = reached{p.Generation, int(p.ExposedAt.Sub(second(0)).Seconds())}
	}
	return out
}

// checkPaths goes along every path, contact by contact.
func checkPaths(t *testing.T, contacts []chain.Contact, o chain.Options, a chain.Answer) {
	t.Helper()
	for i, p := range a.People {
		if i > 0 {
			q := a.People[i-1]
			if q.Generation > p.Generation || q.Generation == p.Generation && (q.ExposedAt.After(p.ExposedAt) || q.ExposedAt.Equal(p.ExposedAt) && q.Person >= p.Person) {
				t.Fatalf("%v stands before %v", q, p)
			}
		}
		if len(p.Path) != p.Generation+1 || len(p.Hops) != p.Generation || p.Path[0] != a.Root || p.Path[p.Generation] != p.Person || !p.Hops[p.Generation-1].ExposedAt.Equal(p.ExposedAt) {
			t.Fatalf("%+v is no path", p)
		}
		seen := map[string]bool{}
		for _, x := range p.Path {
			if seen[x] {
				t.Fatalf("%+v has %s twice", p, x)
			}
			seen[x] = true
		}
		var before time.Time
		for k, h := range p.Hops {
			near, far := h.From, h.To
			if o.Backward {
				near, far = far, near
			}
			there := slices.ContainsFunc(contacts, func(c chain.Contact) bool {
				return c.Start.Equal(h.Start) && c.End.Equal(h.End) && (c.A == h.From && c.B == h.To || !o.Directed && c.A == h.To && c.B == h.From)
			})
			good := there && near == p.Path[k] && far == p.Path[k+1] && !h.ExposedAt.Before(h.Start) && !h.ExposedAt.After(h.End)
			switch {
			case k == 0:
			case o.Backward:
				good = good && !h.ExposedAt.After(before) && (h.Start.Before(before) || o.TiesIncluded && h.Start.Equal(before))
			default:
				good = good && !h.ExposedAt.Before(before) && (h.End.After(before) || o.TiesIncluded && h.End.Equal(before))
			}
			if !good {
				t.Fatalf("hop %d of %+v does not hold", k, p)
			}
			before = h.ExposedAt
		}
	}
}

func TestAgainstEveryPath(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	found, deep := 0, 0
	for i := range 6000 {
		people, seconds := 2+r.IntN(5), 1+r.IntN(12)
		contacts, o := generated(r, people, 1+r.IntN(11), seconds), optioned(r, seconds)
		g := mustGraph(t, contacts, o)
		for _, root := range g.People() {
			a := mustReach(t, g, root)
			if want := byEveryPath(contacts, o, root, g.People()); !reflect.DeepEqual(told(a), want) {
				t.Fatalf("graph %d, %+v, root %s: %v, want %v\n%v", i, o, root, told(a), want, contacts)
			}
			checkPaths(t, contacts, o, a)
			found += len(a.People)
			for _, p := range a.People {
				if p.Generation > 2 {
					deep++
				}
			}
		}
	}
	if found < 10_000 || deep < 1000 {
		t.Errorf("only %d people were reached, %d beyond the second generation: the graphs say little", found, deep)
	}
}

func TestAgainstEveryRound(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2))
	for i := range 2000 {
		people, seconds := 5+r.IntN(20), 5+r.IntN(60)
		contacts, o := generated(r, people, 10+r.IntN(90), seconds), optioned(r, seconds)
		g := mustGraph(t, contacts, o)
		for _, root := range g.People() {
			a := mustReach(t, g, root)
			if want := byRounds(contacts, o, root, people); !reflect.DeepEqual(told(a), want) {
				t.Fatalf("graph %d, %+v, root %s: %v, want %v\n%v", i, o, root, told(a), want, contacts)
			}
			checkPaths(t, contacts, o, a)
		}
	}
}

// The order of the list means nothing, the paths included.
func TestOrderOfTheList(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	for range 500 {
		contacts, o := generated(r, 8, 40, 20), optioned(r, 20)
		other := slices.Clone(contacts)
		r.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		g, h := mustGraph(t, contacts, o), mustGraph(t, other, o)
		for _, root := range g.People() {
			if a, b := mustReach(t, g, root), mustReach(t, h, root); !reflect.DeepEqual(a, b) {
				t.Fatalf("%+v\n%+v", a, b)
			}
		}
	}
}

// sameBothWays checks that who reaches whom is the same forward and backward.
func sameBothWays(t *testing.T, contacts []chain.Contact, o chain.Options) {
	t.Helper()
	type pair struct{ from, to string }
	ways := [2]map[pair]int{{}, {}}
	for i := range ways {
		o.Backward = i == 1
		g := mustGraph(t, contacts, o)
		for _, root := range g.People() {
			for _, p := range mustReach(t, g, root).People {
				if o.Backward {
					ways[i][pair{p.Person, root}] = p.Generation
				} else {
					ways[i][pair{root, p.Person}] = p.Generation
				}
			}
		}
	}
	if !reflect.DeepEqual(ways[0], ways[1]) {
		t.Fatalf("%+v: forward %d pairs, backward %d, or other generations", o, len(ways[0]), len(ways[1]))
	}
}

func TestBackwardIsForwardTurnedAround(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 4))
	for range 500 {
		sameBothWays(t, generated(r, 10, 60, 30), optioned(r, 30))
	}
}
