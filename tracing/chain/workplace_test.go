package chain_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"

	"menshen/tracing/chain"
)

// expected is workplace_expected.json: figures that were made independently of this project.
type expected struct {
	Contacts    int
	People      int
	Generations int
	Strict      map[string]int     `json:"reach_strict"`
	Ties        map[string]int     `json:"reach_ties_included"`
	Blind       map[string]int     `json:"reach_time_blind"`
	Mean        map[string]float64 `json:"mean"`
}

// blind makes every contact last for the whole time, so that order means nothing.
func blind(contacts []chain.Contact) []chain.Contact {
	out := make([]chain.Contact, len(contacts))
	for i, c := range contacts {
		c.Start, c.End = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
		out[i] = c
	}
	return out
}

func TestWorkplace(t *testing.T) {
	data, err := os.ReadFile(mustShared(t, "workplace_expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want expected
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	contacts := mustContacts(t, mustShared(t, "workplace_contacts.csv"))
	if len(contacts) != want.Contacts || len(want.Strict) != want.People || want.People == 0 {
		t.Fatalf("%d contacts, %d people", len(contacts), len(want.Strict))
	}
	for name, c := range map[string]struct {
		contacts []chain.Contact
		o        chain.Options
		reach    map[string]int
	}{
		"strict": {contacts, chain.Options{Generations: want.Generations}, want.Strict},
		"ties":   {contacts, chain.Options{Generations: want.Generations, TiesIncluded: true}, want.Ties},
		"blind":  {blind(contacts), chain.Options{Generations: want.Generations}, want.Blind},
	} {
		g := mustGraph(t, c.contacts, c.o)
		if len(g.People()) != want.People {
			t.Errorf("%s: %d people", name, len(g.People()))
		}
		sum := 0
		for _, root := range g.People() {
			got := len(mustReach(t, g, root).People)
			sum += got
			if reach, ok := c.reach[root]; !ok || got != reach {
				t.Errorf("%s: %s reaches %d, want %d", name, root, got, reach)
			}
		}
		t.Logf("%s: mean %.3f", name, float64(sum)/float64(len(g.People())))
		if mean := float64(sum) / float64(want.People); name == "strict" && math.Abs(mean-68.457) > 0.001 {
			t.Errorf("mean %f", mean)
		}
	}
}

// Whom somebody reaches forward, they are reached by backward, in as many generations.
func TestWorkplaceBackward(t *testing.T) {
	contacts := mustContacts(t, mustShared(t, "workplace_contacts.csv"))
	for _, ties := range []bool{false, true} {
		sameBothWays(t, contacts, chain.Options{TiesIncluded: ties})
	}
}

func BenchmarkAllRoots(b *testing.B) {
	contacts := mustContacts(b, mustShared(b, "workplace_contacts.csv"))
	for b.Loop() {
		g := mustGraph(b, contacts, chain.Options{})
		for _, root := range g.People() {
			mustReach(b, g, root)
		}
	}
}
