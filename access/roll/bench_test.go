package roll_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"menshen"
	"menshen/access/policy"
	"menshen/access/roll"
)

// mustTown fills a roll with people who have three permits each.
func mustTown(tb testing.TB, people int) (*roll.Roll, []string) {
	tb.Helper()
	r := roll.New(mustSite(tb))
	mustApply(tb, r, mode(menshen.ModeClosed))
	var ids []string
	for i := range people {
		id := fmt.Sprintf("%032x-%03x", i*7919, i%4096)
		ids = append(ids, id)
		mustApply(tb, r, person(string([]byte(id)), fmt.Sprintf("household-%d", i/3)))
		for k := range 3 {
			p := permit(fmt.Sprintf("permit-%030d", i*3+k), id, menshen.PermitResident)
			if k == 1 {
				p.Permit.Revoked = monday(0)
			}
			if k == 2 && i%4 == 0 {
				p.Permit.Quota = menshen.Quota{Outings: 1, Days: 2, Household: true}
			}
			mustApply(tb, r, p)
		}
	}
	return r, ids
}

func TestDecideAllocatesNothing(t *testing.T) {
	r, ids := mustTown(t, 100)
	match := menshen.Match{Verdict: menshen.VerdictKnown, Faces: 2, Candidates: []menshen.Candidate{{}}}
	var q policy.Request
	i := 0
	ask := func() {
		id := ids[i%len(ids)]
		match.Candidates[0].Person = id
		q = policy.Request{Means: menshen.MeansFace, Match: &match, Seen: true, Direction: menshen.DirectionOut, At: monday(12)}
		if d := r.Decide(&q, id, "east"); d.Decision.Outcome != menshen.OutcomeAllow {
			t.Fatalf("%+v", d)
		}
		i++
	}
	if n := testing.AllocsPerRun(1000, ask); n != 0 {
		t.Errorf("%.2f allocations a decision", n)
	}
}

func BenchmarkDecide(b *testing.B) {
	r, ids := mustTown(b, 100_000)
	at := monday(12)
	order := rand.New(rand.NewPCG(1, 2)).Perm(len(ids))
	match := menshen.Match{Verdict: menshen.VerdictKnown, Faces: 2, Candidates: []menshen.Candidate{{}}}
	b.ReportAllocs()
	var q policy.Request
	for i := 0; b.Loop(); i++ {
		id := ids[order[i%len(order)]]
		match.Candidates[0].Person = id
		q = policy.Request{Means: menshen.MeansFace, Match: &match, Seen: true, Direction: menshen.DirectionOut, At: at}
		r.Decide(&q, id, "east")
	}
}
