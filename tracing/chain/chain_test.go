package chain_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/tracing/chain"
)

// lines writes an answer in short: generation, second, path.
func lines(a chain.Answer) string {
	var out []string
	for _, p := range a.People {
		out = append(out, fmt.Sprintf("%d@%d %s", p.Generation, int(p.ExposedAt.Sub(second(0)).Seconds()), strings.Join(p.Path, "-")))
	}
	return strings.Join(out, ", ")
}

func TestChains(t *testing.T) {
	strict, ties := chain.Options{}, chain.Options{TiesIncluded: true}
	directed, back := chain.Options{Directed: true}, chain.Options{Backward: true}
	backTies := chain.Options{Backward: true, TiesIncluded: true}
	limit := func(n int) chain.Options { return chain.Options{Generations: n} }
	span := func(from, to int) chain.Options { return chain.Options{From: second(from), To: second(to)} }
	for name, c := range map[string]struct {
		contacts []chain.Contact
		o        chain.Options
		want     string // from a
	}{
		"one after the other":         {[]chain.Contact{met("a", "b", 1, 1), met("b", "c", 2, 2)}, strict, "1@1 a-b, 2@2 a-b-c"},
		"the wrong way round in time": {[]chain.Contact{met("a", "b", 2, 2), met("b", "c", 1, 1)}, strict, "1@2 a-b"},
		// Equal times.
		"two instants at one time":              {[]chain.Contact{met("a", "b", 1, 1), met("b", "c", 1, 1)}, strict, "1@1 a-b"},
		"two instants at one time, ties":        {[]chain.Contact{met("a", "b", 1, 1), met("b", "c", 1, 1)}, ties, "1@1 a-b, 2@1 a-b-c"},
		"four instants, last first, ties":       {[]chain.Contact{met("d", "e", 1, 1), met("c", "d", 1, 1), met("b", "c", 1, 1), met("a", "b", 1, 1)}, ties, "1@1 a-b, 2@1 a-b-c, 3@1 a-b-c-d, 4@1 a-b-c-d-e"},
		"an interval that begins then":          {[]chain.Contact{met("a", "b", 1, 1), met("b", "c", 1, 3)}, strict, "1@1 a-b, 2@1 a-b-c"},
		"an interval that ends then":            {[]chain.Contact{met("a", "b", 3, 3), met("b", "c", 1, 3)}, strict, "1@3 a-b"},
		"an interval that ends then, ties":      {[]chain.Contact{met("a", "b", 3, 3), met("b", "c", 1, 3)}, ties, "1@3 a-b, 2@3 a-b-c"},
		"an interval that ended before, ties":   {[]chain.Contact{met("a", "b", 4, 4), met("b", "c", 1, 3)}, ties, "1@4 a-b"},
		"an interval around is cut":             {[]chain.Contact{met("a", "b", 3, 3), met("b", "c", 1, 9)}, strict, "1@3 a-b, 2@3 a-b-c"},
		"three that overlap pass it on at once": {[]chain.Contact{met("a", "b", 1, 9), met("b", "c", 0, 9), met("c", "d", 5, 6)}, strict, "1@1 a-b, 2@1 a-b-c, 3@5 a-b-c-d"},
		"an instant at the end of an interval":  {[]chain.Contact{met("a", "b", 1, 3), met("b", "c", 1, 1)}, strict, "1@1 a-b"},
		"a later contact of the same two":       {[]chain.Contact{met("a", "b", 3, 3), met("b", "c", 1, 1), met("b", "c", 7, 7), met("b", "c", 5, 8)}, strict, "1@3 a-b, 2@5 a-b-c"},
		"the very first contact":                {[]chain.Contact{met("a", "b", 0, 0)}, strict, "1@0 a-b"},
		// Generations.
		"earlier by more hops":              {[]chain.Contact{met("a", "c", 9, 9), met("a", "b", 1, 1), met("b", "c", 2, 2)}, strict, "1@1 a-b, 1@9 a-c"},
		"but it counts for who comes after": {[]chain.Contact{met("a", "c", 9, 9), met("a", "b", 1, 1), met("b", "c", 2, 2), met("c", "d", 5, 5)}, strict, "1@1 a-b, 1@9 a-c, 3@5 a-b-c-d"},
		"and not beyond the limit":          {[]chain.Contact{met("a", "c", 9, 9), met("a", "b", 1, 1), met("b", "c", 2, 2), met("c", "d", 5, 5)}, limit(2), "1@1 a-b, 1@9 a-c"},
		"within the limit the shorter":      {[]chain.Contact{met("a", "c", 4, 4), met("a", "b", 1, 1), met("b", "c", 2, 2), met("c", "d", 3, 3), met("c", "d", 5, 5)}, strict, "1@1 a-b, 1@4 a-c, 2@5 a-c-d"},
		"the earlier of two of as many":     {[]chain.Contact{met("a", "b", 2, 2), met("a", "c", 1, 1), met("b", "d", 3, 3), met("c", "d", 4, 4)}, strict, "1@1 a-c, 1@2 a-b, 2@3 a-b-d"},
		"as early: who was exposed first":   {[]chain.Contact{met("a", "b", 2, 2), met("a", "c", 1, 1), met("b", "d", 3, 3), met("c", "d", 3, 3)}, strict, "1@1 a-c, 1@2 a-b, 2@3 a-c-d"},
		"as early: the first by id":         {[]chain.Contact{met("a", "c", 1, 1), met("a", "b", 1, 1), met("c", "d", 3, 3), met("b", "d", 3, 3)}, strict, "1@1 a-b, 1@1 a-c, 2@3 a-b-d"},
		"limit 1":                           {[]chain.Contact{met("a", "b", 1, 1), met("b", "c", 2, 2)}, limit(1), "1@1 a-b"},
		"limit beyond all":                  {[]chain.Contact{met("a", "b", 1, 1), met("b", "c", 2, 2)}, limit(9), "1@1 a-b, 2@2 a-b-c"},
		"the root is nobody's contact":      {[]chain.Contact{met("a", "b", 1, 1), met("b", "a", 2, 2), met("b", "c", 3, 3), met("c", "a", 4, 4)}, directed, "1@1 a-b, 2@3 a-b-c"},
		"ids are words, not numbers":        {[]chain.Contact{met("a", "9", 1, 1), met("a", "10", 1, 1)}, strict, "1@1 a-10, 1@1 a-9"},
		"with themselves":                   {[]chain.Contact{met("a", "a", 1, 1), met("a", "b", 2, 2)}, strict, "1@2 a-b"},
		"nobody":                            {[]chain.Contact{met("b", "c", 1, 1), met("a", "b", 2, 2)}, span(0, 1), ""},
		// Direction.
		"directed":                                  {[]chain.Contact{met("a", "b", 1, 1), met("c", "b", 2, 2), met("b", "d", 3, 3)}, directed, "1@1 a-b, 2@3 a-b-d"},
		"backward":                                  {[]chain.Contact{met("c", "b", 1, 1), met("b", "a", 2, 2), met("d", "b", 3, 3)}, back, "1@2 a-b, 2@1 a-b-c"},
		"backward: the latest counts":               {[]chain.Contact{met("b", "a", 2, 2), met("b", "a", 6, 8), met("c", "b", 3, 7)}, back, "1@8 a-b, 2@7 a-b-c"},
		"backward: cut at the end":                  {[]chain.Contact{met("b", "a", 2, 4), met("c", "b", 1, 9)}, back, "1@4 a-b, 2@4 a-b-c"},
		"backward: begins as the other ends":        {[]chain.Contact{met("b", "a", 2, 4), met("c", "b", 4, 9)}, back, "1@4 a-b"},
		"backward: begins as the other ends, ties":  {[]chain.Contact{met("b", "a", 2, 4), met("c", "b", 4, 9)}, backTies, "1@4 a-b, 2@4 a-b-c"},
		"backward: instants at one time":            {[]chain.Contact{met("b", "a", 2, 2), met("c", "b", 2, 2)}, back, "1@2 a-b"},
		"backward: instants at one time, ties":      {[]chain.Contact{met("b", "a", 2, 2), met("c", "b", 2, 2)}, backTies, "1@2 a-b, 2@2 a-b-c"},
		"backward, directed":                        {[]chain.Contact{met("b", "a", 2, 2), met("a", "c", 3, 3)}, chain.Options{Backward: true, Directed: true}, "1@2 a-b"},
		"backward: later by more hops counts after": {[]chain.Contact{met("c", "a", 1, 1), met("b", "a", 9, 9), met("c", "b", 8, 8), met("d", "c", 5, 5)}, back, "1@1 a-c, 1@9 a-b, 3@5 a-b-c-d"},
		// Caps.
		"from is within":                      {[]chain.Contact{met("a", "b", 3, 3), met("a", "c", 2, 2)}, span(3, 9), "1@3 a-b"},
		"to is without":                       {[]chain.Contact{met("a", "b", 8, 8), met("a", "c", 9, 9)}, span(3, 9), "1@8 a-b"},
		"an interval is cut at from":          {[]chain.Contact{met("a", "b", 1, 5)}, span(3, 9), "1@3 a-b"},
		"an interval is cut at to":            {[]chain.Contact{met("a", "b", 8, 20), met("b", "c", 5, 12)}, span(3, 9), "1@8 a-b, 2@8 a-b-c"},
		"an interval up to from is none":      {[]chain.Contact{met("a", "b", 1, 3)}, chain.Options{From: second(3), TiesIncluded: true}, ""},
		"an interval from to on is none":      {[]chain.Contact{met("a", "b", 9, 12)}, span(3, 9), ""},
		"an interval around it all":           {[]chain.Contact{met("a", "b", 0, 20)}, span(3, 9), "1@3 a-b"},
		"backward an interval is cut at to":   {[]chain.Contact{met("a", "b", 1, 20), met("b", "c", 8, 12)}, chain.Options{From: second(3), To: second(9), Backward: true}, "1@9 a-b, 2@9 a-b-c"},
		"exposed where from cuts, an instant": {[]chain.Contact{met("a", "b", 1, 5), met("b", "c", 3, 3)}, span(3, 9), "1@3 a-b"},
	} {
		for range 2 {
			if got := lines(mustReach(t, mustGraph(t, c.contacts, c.o), "a")); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
			slices.Reverse(c.contacts)
		}
	}
}

func TestAnswerAsJSON(t *testing.T) {
	half := chain.Contact{A: "a", B: "b", Start: second(1).Add(500 * time.Millisecond).In(time.FixedZone("", 8*3600)), End: second(3)}
	contacts := []chain.Contact{half, met("c", "b", 0, 2)}
	for _, c := range []struct {
		o    chain.Options
		root string
		want string
	}{
		{chain.Options{}, "a", `{"root":"a","people":[` +
			`{"person":"b","generation":1,"exposed_at":"2020-03-01T08:00:01.5Z","path":["a","b"],"hops":[{"from":"a","to":"b","start":"2020-03-01T08:00:01.5Z","end":"2020-03-01T08:00:03Z","exposed_at":"2020-03-01T08:00:01.5Z"}]},` +
			`{"person":"c","generation":2,"exposed_at":"2020-03-01T08:00:01.5Z","path":["a","b","c"],"hops":[{"from":"a","to":"b","start":"2020-03-01T08:00:01.5Z","end":"2020-03-01T08:00:03Z","exposed_at":"2020-03-01T08:00:01.5Z"},` +
			`{"from":"b","to":"c","start":"2020-03-01T08:00:00Z","end":"2020-03-01T08:00:02Z","exposed_at":"2020-03-01T08:00:01.5Z"}]}]}`},
		{chain.Options{Backward: true, Generations: 1}, "a", `{"root":"a","people":[` +
			`{"person":"b","generation":1,"exposed_at":"2020-03-01T08:00:03Z","path":["a","b"],"hops":[{"from":"b","to":"a","start":"2020-03-01T08:00:01.5Z","end":"2020-03-01T08:00:03Z","exposed_at":"2020-03-01T08:00:03Z"}]}]}`},
		{chain.Options{From: second(9)}, "a", `{"root":"a","people":[]}`},
	} {
		got, err := json.Marshal(mustReach(t, mustGraph(t, contacts, c.o), c.root))
		if err != nil || string(got) != c.want {
			t.Errorf("%s\nwant\n%s (%v)", got, c.want, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	contacts := []chain.Contact{met("a", "b", 1, 1)}
	for _, o := range []chain.Options{{Generations: -1}, {From: second(2), To: second(2)}, {From: second(2), To: second(1)}, {From: time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)}} {
		if _, err := chain.New(contacts, o); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := mustGraph(t, contacts, chain.Options{}).Reach("c"); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("%v", err)
	}
	if got := mustGraph(t, nil, chain.Options{}).People(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func BenchmarkMillion(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	contacts := make([]chain.Contact, 1_000_000)
	for i := range contacts {
		start := r.IntN(14 * 86400)
		contacts[i] = met(fmt.Sprint("p", r.IntN(100_000)), fmt.Sprint("q", r.IntN(100_000)), start, start+r.IntN(2)*r.IntN(3600))
	}
	b.Run("arrange", func(b *testing.B) {
		for b.Loop() {
			mustGraph(b, contacts, chain.Options{})
		}
	})
	g := mustGraph(b, contacts, chain.Options{})
	b.Run("reach", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			mustReach(b, g, g.People()[i%1000])
		}
	})
}
